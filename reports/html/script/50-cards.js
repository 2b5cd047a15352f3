// The findings follow the filter: those it leaves nothing of are hidden, the others count what is left.
function findings() {
  const total = by("total-failed"), whole = total?.textContent;
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
      const { facet } = item.dataset, name = item.querySelector("code"), code = events.facet[facet].values.indexOf(name.textContent);
      if (code < 0) continue;
      const pick = button(undefined, "name", () => choose(facet, code));
      name.replaceWith(pick);
      pick.append(name);
    }
    for (const place of card.querySelectorAll(".place[data-line]")) {
      const row = rowOf(place.dataset);
      if (row >= 0) place.append(button("in the table", "tool", () => jump(row)));
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
  for (const item of document.querySelectorAll(".contents ol a")) {
    followers.push(() => { item.parentElement.hidden = document.querySelector(item.getAttribute("href")).hidden; });
  }
}

function rowOf({ path, line, offset }) {
  const code = events.facet.path.values.indexOf(path);
  for (let row = 0; row < events.rows; row++) {
    if (events.facet.path.codes[row] === code && events.line[row] === +line && events.offset[row] === +offset) return row;
  }
  return -1;
}

// For a ticket. What stands in a fence can end it only by more backticks than the fence has.
function markdown(card) {
  const fenced = (text) => {
    const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
    return `${"`".repeat(longest + 1)}\n${text}\n${"`".repeat(longest + 1)}`;
  };
  const plain = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>#|!~&]/g, "\\$&").replace(/^(\d*)([-+=.)])/, "$1\\$2") : "");
  const lines = [`## ${plain(card.querySelector("h3"))}`, "", plain(card.querySelector(".lead")), "", plain(card.querySelector(".definition")), ""];
  for (const fact of card.querySelectorAll(".facts > div")) lines.push(`- **${plain(fact.querySelector("dt"))}**: ${plain(fact.querySelector("dd"))}`);
  for (const group of card.querySelectorAll(".lists > div")) {
    lines.push("", `**${plain(group.querySelector("h5"))}**`, "");
    for (const item of group.querySelectorAll("li")) lines.push(`- ${plain(item)}`);
  }
  lines.push("", "### Evidence", "");
  for (const place of card.querySelectorAll(".place")) lines.push(plain(place.querySelector("code")), "", fenced(place.nextElementSibling.textContent), "");
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
