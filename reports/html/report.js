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

  const box = element("div", undefined, "tip");
  box.hidden = true;
  box.setAttribute("role", "status");

  const tooltip = (panel) => (handler, event, item, value) => {
    box.hidden = !value || !item || !item.datum || item.datum.column === undefined;
    if (box.hidden) return;
    const column = item.datum.column;
    box.replaceChildren(element("b", panel.columns[column].when));
    const row = (name, number) => {
      const line = element("div");
      line.append(element("span", name), element("span", number.toLocaleString("en")));
      box.append(line);
    };
    data.causes.forEach((cause, k) => { if (panel.events[k][column]) row(cause.title, panel.events[k][column]); });
    row("all events", panel.columns[column].events);
    const width = box.offsetWidth, height = box.offsetHeight;
    box.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4))}px`;
    box.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18}px`;
  };

  // One box for each cause and column, standing on the ones before it.
  function rows(panel) {
    const found = [], floor = panel.columns.map(() => 0);
    panel.events.forEach((counts, cause) => {
      if (!data.causes[cause].drawn) return;
      counts.forEach((events, column) => {
        if (!events) return;
        const { start, end } = panel.columns[column], bottom = floor[column];
        floor[column] += events;
        found.push({ start, end, cause, bottom, top: floor[column], column });
      });
    });
    // The scales need one box, if only one of no height.
    return found.length ? found : [{ ...panel.columns[0], cause: 0, bottom: 0, top: 0, column: 0 }];
  }

  async function draw(panel, figure) {
    const spec = structuredClone(data.spec), live = figure.querySelector(".live");
    spec.datasets = { failures: rows(panel), totals: panel.columns.map((c, column) => ({ ...c, column })) };
    spec.layer[1].encoding.color.scale = { domain: data.causes.map((_, k) => k), range: data.causes.map((c) => c.colour) };
    if (!data.causes.length) spec.layer[1].encoding.y.axis = null;
    const options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: tooltip(panel) };
    live.hidden = false;
    try {
      const { view } = await vegaEmbed(live, spec, options);
      figure.querySelector(".still").hidden = true;
      view.addSignalListener("brush", (_, value) => {
        const range = value.start || Object.values(value)[0];
        [filter.from, filter.to] = range ? [Math.min(...range), Math.max(...range)] : [null, null];
        if (cards.length) apply();
      });
      return { panel, view };
    } catch (fault) {
      live.hidden = true;  // the drawing made without scripts stays
      throw fault;
    }
  }

  function legend(charts) {
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
        for (const { panel, view } of charts) view.data("failures", rows(panel)).runAsync();
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
    if (!data.panels) return;
    document.body.append(box);
    const figures = document.querySelectorAll(".timeline");
    Promise.all(data.panels.map((panel, k) => draw(panel, figures[k]))).then((charts) => {
      legend(charts);
      for (const note of document.querySelectorAll("#timeline .scripted")) note.hidden = false;
      document.documentElement.dataset.chart = "ready";
    }).catch((fault) => {
      document.documentElement.dataset.chart = "failed";
      console.error(fault);
    });
  }

  start();
})();
