// Who and where: what the failures have in common; a click keeps only those.
const FEW = 8, MORE = 100;

function facets() {
  const home = by("facets"), open = new Set();
  const boxes = Object.keys(FACETS).filter((name) => name !== "card").map((name) => {
    const box = element("div", undefined, "facet"), list = element("ul");
    const title = element("h3", FACETS[name]), more = button("", "more", () => {
      if (open.has(name)) open.delete(name); else open.add(name);
      draw();
    });
    box.append(title, list, more);
    home.append(box);
    return { name, box, list, more, title };
  });
  function draw() {
    for (const { name, box, list, more, title } of boxes) {
      const { values } = events.facet[name], counts = found.counts[name];
      const codes = [...counts.keys()].filter((code) => counts[code] || isChosen(name, code));
      codes.sort((a, b) => isChosen(name, b) - isChosen(name, a) || counts[b] - counts[a] || a - b);
      box.hidden = values.length < 2 || (values.length === 2 && !counts[0] && name !== "client" && name !== "cause") || !codes.length;
      if (box.hidden) continue;
      title.replaceChildren(`${FACETS[name]} `, element("span", count(codes.length), "count"));
      const most = Math.max(1, ...codes.map((code) => counts[code]));
      list.replaceChildren(...codes.slice(0, open.has(name) ? MORE : FEW).map((code) => {
        const item = element("li"), pick = button(undefined, "pick", () => choose(name, code));
        pick.setAttribute("aria-pressed", String(isChosen(name, code)));
        const share = element("i", undefined, "share");
        share.style.width = `${(counts[code] / most) * 100}%`;
        pick.append(share, element("span", values[code] || "none", values[code] ? "log" : "quiet"), element("span", count(counts[code]), "count"));
        item.append(pick);
        return item;
      }));
      more.hidden = codes.length <= FEW;
      more.textContent = open.has(name) ? "Fewer" : `${count(Math.min(codes.length, MORE) - FEW)} more`;
    }
  }
  followers.push(draw);
  by("who").hidden = false;
}
