// The page tells everything without this script; it adds the chart one can point at, and the filter.
(() => {
  "use strict";
  // Nothing on this page may turn text into markup; the chart library only ever empties its element that way.
  if (window.trustedTypes) trustedTypes.createPolicy("default", { createHTML: (text) => (text === "" ? "" : null) });

  const by = (id) => document.getElementById(id);
  const data = JSON.parse(by("chart-data").textContent);
  const cards = [...document.querySelectorAll("#findings .card")];
  const filter = { words: "", from: null, to: null };

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function apply() {
    const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const text = card.textContent.toLowerCase();
      const first = Date.parse(card.dataset.first), last = Date.parse(card.dataset.last);
      const then = filter.from === null || (last >= filter.from && first <= filter.to);
      card.hidden = !(then && words.every((word) => text.includes(word)));
      shown += card.hidden ? 0 : 1;
    }
    const narrowed = words.length > 0 || filter.from !== null;
    const when = (ms) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
    const during = filter.from === null ? "" : `, ${when(filter.from)} to ${when(filter.to)} UTC`;
    by("shown").textContent = narrowed ? `${shown} of ${cards.length} findings${during}` : "";
    by("reset").hidden = !narrowed;
  }

  function tooltip() {
    const box = element("div", undefined, "tip");
    box.hidden = true;
    box.setAttribute("role", "status");
    document.body.append(box);
    return (handler, event, item, value) => {
      box.hidden = !value || !item || !item.datum || item.datum.column === undefined;
      if (box.hidden) return;
      const column = item.datum.column;
      box.replaceChildren(element("b", data.columns[column].when));
      const row = (name, number) => {
        const line = element("div");
        line.append(element("span", name), element("span", number.toLocaleString("en")));
        box.append(line);
      };
      for (const cause of data.causes) if (cause.events[column]) row(cause.title, cause.events[column]);
      row("all events", data.columns[column].events);
      const width = box.offsetWidth, height = box.offsetHeight;
      box.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4))}px`;
      box.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18}px`;
    };
  }

  // One box for each cause and column, standing on the ones before it.
  function rows() {
    const found = [], floor = data.columns.map(() => 0);
    data.causes.forEach((cause, number) => {
      if (!cause.drawn) return;
      cause.events.forEach((events, column) => {
        if (!events) return;
        const { start, end } = data.columns[column], bottom = floor[column];
        floor[column] += events;
        found.push({ start, end, cause: number, bottom, top: floor[column], column });
      });
    });
    // The scales need one box, if only one of no height.
    return found.length ? found : [{ ...data.columns[0], cause: 0, bottom: 0, top: 0, column: 0 }];
  }

  async function draw() {
    const spec = data.spec;
    spec.datasets = { failures: rows(), totals: data.columns.map((c, column) => ({ ...c, column })) };
    if (!data.causes.length) spec.layer[1].encoding.y.axis = null;
    spec.layer[1].encoding.color.scale = { domain: data.causes.map((_, k) => k), range: data.causes.map((c) => c.colour) };
    const options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: tooltip() };
    by("chart").hidden = false;
    const { view } = await vegaEmbed("#chart", spec, options);
    document.querySelector(".still").hidden = true;
    view.addSignalListener("brush", (_, value) => {
      const range = value.start || Object.values(value)[0];
      [filter.from, filter.to] = range ? [Math.min(...range), Math.max(...range)] : [null, null];
      if (cards.length) apply();
    });
    return view;
  }

  function legend(view) {
    [...(by("legend")?.children || [])].forEach((item, number) => {
      item.querySelector(".quiet")?.remove();  // "not drawn": the state of the button says it
      const button = element("button");
      button.type = "button";
      button.append(...item.childNodes);
      item.append(button);
      const state = () => {
        button.setAttribute("aria-pressed", String(data.causes[number].drawn));
        button.title = data.causes[number].drawn ? "Hide in the chart" : "Show in the chart";
        item.classList.toggle("off", !data.causes[number].drawn);
      };
      state();
      button.addEventListener("click", () => {
        data.causes[number].drawn = !data.causes[number].drawn;
        state();
        view.data("failures", rows()).runAsync();
      });
    });
  }

  function start() {
    if (cards.length) {
      by("filter").hidden = false;
      by("query").addEventListener("input", (event) => { filter.words = event.target.value; apply(); });
      by("reset").addEventListener("click", () => {
        Object.assign(filter, { words: "", from: null, to: null });
        by("query").value = "";
        apply();
      });
    }
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("details:not([open])")];
      for (const one of opened) one.open = true;
    });
    addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
    if (!data.causes) return;
    draw().then((view) => {
      legend(view);
      for (const note of document.querySelectorAll("figcaption .scripted")) note.hidden = false;
      document.documentElement.dataset.chart = "ready";
    }).catch((fault) => {
      by("chart").hidden = true;  // the drawing made without scripts stays
      document.documentElement.dataset.chart = "failed";
      console.error(fault);
    });
  }

  start();
})();
