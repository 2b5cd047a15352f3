// The timeline: drawn from exact counts; under a filter from the failures that it leaves.
const tip = element("div", undefined, "tip");
tip.hidden = true;
tip.setAttribute("role", "status");

const tooltip = (panel) => (handler, event, item, value) => {
  tip.hidden = !value || !item || !item.datum || item.datum.column === undefined;
  if (tip.hidden) return;
  const column = item.datum.column;
  tip.replaceChildren(element("b", panel.columns[column].when));
  const row = (name, number) => {
    const line = element("div");
    line.append(element("span", name), element("span", count(number)));
    tip.append(line);
  };
  data.causes.forEach((cause, k) => { if (panel.now[k][column]) row(cause.title, panel.now[k][column]); });
  row("all events", panel.columns[column].events);
  const { start, end } = panel.columns[column];
  for (const note of panel.notes) if (note.start < end && note.end >= start) tip.append(element("p", note.words));
  const width = tip.offsetWidth, height = tip.offsetHeight;
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4))}px`;
  tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18}px`;
};

// One box for each cause and column, standing on the ones before it.
function boxes(panel) {
  const drawn = [], floor = panel.columns.map(() => 0);
  panel.now.forEach((counts, cause) => {
    if (!data.causes[cause].drawn) return;
    counts.forEach((failed, column) => {
      if (!failed) return;
      const { start, end } = panel.columns[column], bottom = floor[column];
      floor[column] += failed;
      drawn.push({ start, end, cause, bottom, top: floor[column], column });
    });
  });
  // The scales need one box, if only one of no height.
  return drawn.length ? drawn : [{ ...panel.columns[0], cause: 0, bottom: 0, top: 0, column: 0 }];
}

// A specification whose words are as large as those around the chart.
function scaled(given) {
  const spec = structuredClone(given), { axis } = spec.config;
  axis.labelFontSize *= parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  return spec;
}

async function draw(panel, figure) {
  const spec = scaled(data.spec), live = figure.querySelector(".live");
  spec.datasets = { failures: boxes(panel), totals: panel.columns.map((c, column) => ({ ...c, column })), spans: panel.notes.filter((note) => note.kind !== "mark"), marks: panel.notes.filter((note) => note.kind === "mark") };
  // A scale over no data has no ends, and Vega complains.
  spec.layer = spec.layer.filter(({ data: { name } }) => !["spans", "marks"].includes(name) || spec.datasets[name].length);
  spec.layer[1].encoding.color.scale = { domain: data.causes.map((_, k) => k), range: data.causes.map((c) => c.colour) };
  if (!data.causes.length) {
    spec.layer[1].encoding.y.axis = null;
    spec.layer[0].mark.color = spec.layer[0].mark.stroke = "var(--alone)"; // nothing stands in front of it
  }
  const options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: tooltip(panel) };
  live.hidden = false;
  try {
    const { view: chart } = await vegaEmbed(live, spec, options);
    figure.querySelector(".still").hidden = true;
    live.querySelector("svg").setAttribute("aria-hidden", "true"); // one picture with one name: its parts would each ask for theirs
    const made = { panel, chart, ours: 0 };
    chart.addSignalListener("brush", (_, value) => {
      if (!events || made.ours) return; // set by us, from the filter
      const range = value.start || Object.values(value)[0];
      const [from, to] = range ? [Math.min(...range), Math.max(...range)] : [null, null];
      if (from === view.from && to === view.to) return;
      Object.assign(view, { from, to });
      changed();
    });
    return made;
  } catch (fault) {
    live.hidden = true; // the drawing made without scripts stays
    throw fault;
  }
}

function legend(charts) {
  [...(by("legend")?.children || [])].forEach((item, number) => {
    item.querySelector(".quiet")?.remove(); // "not drawn": the state of the button says it
    const press = button(undefined, undefined, () => {
      data.causes[number].drawn = !data.causes[number].drawn;
      state();
      for (const { panel, chart } of charts) chart.data("failures", boxes(panel)).runAsync();
    });
    press.append(...item.childNodes);
    item.append(press);
    const state = () => {
      press.setAttribute("aria-pressed", String(data.causes[number].drawn));
      press.title = data.causes[number].drawn ? "Hide in the chart" : "Show in the chart";
      item.classList.toggle("off", !data.causes[number].drawn);
    };
    state();
  });
}

// The failures that the filter leaves, by cause and column. The time span is shown, not cut out, so that it can be moved.
function rebin(panel) {
  const now = data.causes.map(() => new Array(panel.columns.length).fill(0));
  const start = panel.columns[0].start, step = panel.columns[0].end - start, { t, facet } = events;
  for (let row = 0; row < events.rows; row++) {
    const column = Math.floor((t[row] - start) / step), series = data.cards[facet.card.codes[row]].series;
    if (found.mask[row] && series >= 0 && column >= 0 && column < panel.columns.length) now[series][column]++;
  }
  return now;
}

function followed(charts) {
  followers.push(() => {
    for (const made of charts) {
      const { panel, chart } = made;
      panel.now = found.narrowed ? rebin(panel) : panel.events;
      const x = chart.scale("x"), ends = [panel.columns[0].start, panel.columns[panel.columns.length - 1].end];
      const [low, high] = [view.from ?? 0, view.to ?? 0].map((ms) => x(Math.min(Math.max(ms, ends[0]), ends[1])));
      made.ours++;
      chart.data("failures", boxes(panel)).signal("brush_x", view.from === null || low === high ? [0, 0] : [low, high]);
      chart.runAsync().finally(() => { made.ours--; });
    }
  });
}
