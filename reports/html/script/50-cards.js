// The findings follow the filter: those it leaves nothing of are hidden, the others count what is left.
function findings() {
  const total = by("total-failed"), whole = total?.textContent;
  const rows = rowsOf(document.querySelectorAll("#findings .place[data-line]"));
  const codes = Object.fromEntries(["client", "user", "endpoint"].map((facet) => [facet, new Map(events.facet[facet].values.map((value, code) => [value, code]))]));
  for (const card of cards) {
    const at = data.cards.findIndex((one) => `finding-${one.number}` === card.id);
    const tools = element("p", undefined, "tools"), left = element("span", "", "quiet left");
    tools.append(
      button("Its failures in the table", "tool", () => { choose("card", at, true); by("events").scrollIntoView(); }),
      button("Copy as Markdown", "tool", (press) => copy(markdown(card), press.currentTarget)),
      left,
    );
    card.querySelector("header").append(tools);
    for (const item of card.querySelectorAll(".lists [data-facet]")) {
      const { facet } = item.dataset, name = item.querySelector("code"), code = codes[facet].get(name.textContent);
      if (code === undefined) continue;
      const pick = button(undefined, "name", () => choose(facet, code));
      name.replaceWith(pick);
      pick.append(name);
    }
    for (const command of card.querySelectorAll(".command")) {
      const press = button("copy", "tool", () => copy(command.textContent, press)), held = element("div", undefined, "held");
      press.setAttribute("aria-label", "Copy the command");
      command.replaceWith(held);
      held.append(command, press);
    }
    for (const place of card.querySelectorAll(".place[data-line]")) {
      const row = rows.get(placeKey(place.dataset));
      if (row !== undefined) place.append(button("in the table", "tool", () => jump(row)));
      place.append(button("copy", "tool", (press) => copy(place.nextElementSibling.textContent, press.currentTarget)));
    }
    followers.push(() => {
      const here = found.counts.card?.[at] ?? 0, all = everything[at];
      const kept = !view.chosen.has("card") || isChosen("card", at);
      card.hidden = found.narrowed && !(here && kept);
      left.textContent = found.narrowed && here ? `${count(here)} of ${many(all, "failure")} in view` : "";
    });
  }
  const everything = new Uint32Array(data.cards.length);
  for (const code of events.facet.card.codes) everything[code]++;
  followers.push(() => {
    if (!total) return;
    const real = data.cards.reduce((sum, card, at) => sum + (card.benign || (view.chosen.has("card") && !isChosen("card", at)) ? 0 : found.counts.card[at]), 0);
    total.textContent = found.narrowed ? `${count(real)} in view` : whole;
  });
  for (const group of document.querySelectorAll("#findings .group")) {
    const inside = [...group.querySelectorAll(".card")], told = group.querySelector("h3 .who"), before = told.textContent;
    followers.push(() => {
      const left = inside.filter((card) => !card.hidden).length;
      group.hidden = !left;
      told.textContent = left < inside.length ? `${count(left)} of ${many(inside.length, "finding")} in view` : before;
    });
  }
  for (const item of document.querySelectorAll(".contents ol a")) {
    followers.push(() => { item.parentElement.hidden = document.querySelector(item.getAttribute("href")).hidden; });
  }
}

const placeKey = ({ path, line, offset }) => `${line} ${offset} ${path}`;

// Where the evidence stands in the table; all of it is looked for at once.
function rowsOf(places) {
  const wanted = new Set(), lines = new Set(), found = new Map(), { path } = events.facet;
  for (const { dataset } of places) { wanted.add(placeKey(dataset)); lines.add(+dataset.line); }
  for (let row = 0; row < events.rows; row++) {
    if (!lines.has(events.line[row])) continue;
    const key = placeKey({ path: path.values[path.codes[row]], line: events.line[row], offset: events.offset[row] });
    if (wanted.has(key) && !found.has(key)) found.set(key, row);
  }
  return found;
}

// For a ticket. What stands in a fence can end it only by more backticks than the fence has.
function markdown(card) {
  const fenced = (text) => {
    const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
    return `${"`".repeat(longest + 1)}\n${text}\n${"`".repeat(longest + 1)}`;
  };
  const plain = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>#|!~&]/g, "\\$&").replace(/^(\d*)([-+=.)])/, "$1\\$2") : "");
  const lines = [`## ${plain(card.querySelector("h3, h4"))}`, "", plain(card.querySelector(".lead")), "", plain(card.querySelector(".definition")), ""];
  for (const fact of card.querySelectorAll(".facts > div")) lines.push(`- **${plain(fact.querySelector("dt"))}**: ${plain(fact.querySelector("dd"))}`);
  for (const group of card.querySelectorAll(".lists > div")) {
    lines.push("", `**${plain(group.querySelector("h5"))}**`, "");
    for (const item of group.querySelectorAll("li")) lines.push(`- ${plain(item)}`);
  }
  const apart = card.querySelector(".apart");
  if (apart) {
    lines.push("", "### What sets them apart", "");
    for (const row of apart.querySelectorAll("tbody tr")) lines.push(`- ${[...row.children].slice(0, 4).map(plain).join("; ")}`);
    for (const item of apart.querySelectorAll("li")) lines.push(`- ${plain(item)}`);
    if (!apart.querySelector("tbody, li")) lines.push(plain(apart.querySelector("p")));
  }
  lines.push("", "### Evidence", "");
  for (const place of card.querySelectorAll(".place")) lines.push(plain(place.querySelector("code")), "", fenced(place.nextElementSibling.textContent), "");
  const again = card.querySelector(".again .command");
  if (again) lines.push("### Ask it again", "", fenced(again.textContent), "");
  const todo = card.querySelector(".todo");
  if (todo) {
    lines.push(`### ${plain(todo.querySelector("h4"))}`, "");
    [...todo.querySelectorAll("ol > li")].forEach((step, at) => {
      lines.push(`${at + 1}. ${plain(step.querySelector("p"))}`);
      const command = step.querySelector("pre");
      if (command) lines.push("", fenced(command.textContent), "");
    });
  }
  return `${lines.join("\n").replace(/\n{3,}/g, "\n\n").trim()}\n`;
}
