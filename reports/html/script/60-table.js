// Every failure the page carries, page by page.
const PAGE = 50;
const COLUMNS = [
  { name: "t", title: "Time (UTC)", on: true }, { name: "cause", title: "Cause", on: true }, { name: "client", title: "Client", on: true },
  { name: "user", title: "User", on: true }, { name: "method", title: "Method", on: false }, { name: "endpoint", title: "Endpoint", on: true },
  { name: "status", title: "Status", on: true }, { name: "place", title: "Line", on: true }, { name: "agent", title: "User agent", on: false },
  { name: "credential", title: "Credential", on: false }, { name: "answer", title: "Success after", on: false },
];
const table = { sort: "t", down: false, page: 0, open: -1, order: null };

function cellText(name, row) {
  if (name === "t") return moment(events.t[row]);
  if (name === "answer") return Number.isNaN(events.answer[row]) ? "" : `${count(events.answer[row])} s`;
  if (name === "place") return `${events.facet.path.values[events.facet.path.codes[row]]}:${events.line[row]}`;
  return events.facet[name].values[events.facet[name].codes[row]];
}

// The rows that the filter leaves, in the order asked for; ties and what has no time keep the order of time.
function ordered() {
  const rows = new Uint32Array(found.rows);
  for (let row = 0, at = 0; row < events.rows; row++) if (found.mask[row]) rows[at++] = row;
  const { sort, down } = table;
  if (sort === "t") return down ? rows.reverse() : rows;
  if (sort === "answer") {
    const wait = (row) => (Number.isNaN(events.answer[row]) ? Infinity : events.answer[row]);
    return rows.sort((a, b) => (down ? -1 : 1) * (wait(a) === wait(b) ? 0 : wait(a) - wait(b)) || a - b);
  }
  const codes = sort === "place" ? events.facet.path.codes : events.facet[sort].codes, values = events.facet[sort]?.values;
  const rank = values && sort !== "status" ? ranks(values) : null, turn = down ? -1 : 1;
  const key = (row) => (rank ? rank[codes[row]] : codes[row]);
  return rows.sort((a, b) => turn * (key(a) - key(b) || (sort === "place" ? events.line[a] - events.line[b] : 0)) || a - b);
}

function ranks(values) {
  const { compare } = new Intl.Collator("en", { numeric: true });
  const order = [...values.keys()].sort((a, b) => compare(values[a], values[b]));
  const rank = new Uint32Array(values.length);
  order.forEach((code, at) => { rank[code] = at; });
  return rank;
}

function fill() {
  table.order ??= ordered();
  const last = Math.max(0, Math.ceil(table.order.length / PAGE) - 1);
  table.page = Math.min(table.page, last);
  const shown = COLUMNS.filter((column) => column.on), body = by("rows"), common = commonFolder(events.facet.path.values.slice(1));
  by("heads").replaceChildren(...shown.map(({ name, title }) => {
    const head = element("th", undefined, name === "status" ? "num" : ""), press = button(title, "sort", () => {
      Object.assign(table, { down: table.sort === name && !table.down, sort: name, page: 0, order: null });
      fill();
      [...by("heads").querySelectorAll("button")].find((one) => one.textContent.startsWith(title)).focus();
    });
    head.scope = "col";
    head.setAttribute("aria-sort", table.sort === name ? (table.down ? "descending" : "ascending") : "none");
    head.append(press);
    return head;
  }));
  const lines = [];
  for (const row of table.order.slice(table.page * PAGE, (table.page + 1) * PAGE)) {
    const line = element("tr");
    shown.forEach(({ name }, at) => {
      const text = cellText(name, row), cell = element("td", undefined, name === "status" ? "num" : "");
      if (at === 0) {
        const press = button(text, "row", () => { table.open = table.open === row ? -1 : row; fill(); body.querySelector(`[data-row="${row}"] button`)?.focus(); });
        press.setAttribute("aria-expanded", String(table.open === row));
        cell.append(press);
      } else cell.append(name === "place" ? placed(text, common) : element("span", text, "log"));
      line.append(cell);
    });
    line.dataset.row = row;
    lines.push(line);
    if (table.open === row) lines.push(whole(row, shown.length));
  }
  body.replaceChildren(...lines);
  const from = table.page * PAGE;
  by("page").textContent = table.order.length ? `${count(from + 1)} to ${count(Math.min(from + PAGE, table.order.length))} of ${count(table.order.length)}` : "no failure is left";
  by("before").disabled = table.page === 0;
  by("after").disabled = table.page === last;
}

// The folder that all files lie in says nothing here; of the rest of a long path the end says most, and the folder is cut.
function placed(text, common) {
  const whole = element("span", undefined, "place"), cut = text.lastIndexOf("/") + 1;
  whole.title = text;
  whole.append(element("span", text.slice(common, cut), "folder log"), element("span", text.slice(cut), "file log"));
  return whole;
}

function commonFolder(paths) {
  let shared = paths.length ? paths[0].slice(0, paths[0].lastIndexOf("/") + 1) : "";
  for (const path of paths) while (!path.startsWith(shared)) shared = shared.slice(0, shared.lastIndexOf("/", shared.length - 2) + 1);
  return shared.length;
}

function whole(row, width) {
  const line = element("tr", undefined, "opened"), cell = element("td"), facts = element("p", undefined, "quiet");
  cell.colSpan = width;
  facts.textContent = [...COLUMNS.filter(({ name }) => name !== "t").map(({ name, title }) => [title, cellText(name, row)]), ["Offset", count(events.offset[row])]]
    .filter(([, text]) => text).map(([title, text]) => `${title}: ${text}`).join(" · ");
  cell.append(element("pre", events.text(row), "log"), facts, button("copy the line", "tool", (press) => copy(events.text(row), press.currentTarget)));
  line.append(cell);
  return line;
}

function jump(row) {
  if (!found.mask[row]) clear();
  table.order ??= ordered();
  Object.assign(table, { page: Math.floor(table.order.indexOf(row) / PAGE), open: row });
  fill();
  by("rows").querySelector(`[data-row="${row}"]`).scrollIntoView({ block: "center" });
  by("rows").querySelector(`[data-row="${row}"] button`).focus({ preventScroll: true });
}

// A spreadsheet takes a cell for a formula by its first sign; a quote before it makes it text.
const cellCSV = (text) => `"${(/^[\s\u00a0]*(?:[=+@|%\uff1d\uff0b\uff0d\uff20]|-.)/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

function save(kind) {
  const names = ["time", "cause", "finding", "client", "user", "method", "endpoint", "status", "path", "line", "offset", "agent", "credential", "answer_s", "text"];
  const value = (name, row) => {
    if (name === "time") return Number.isNaN(events.t[row]) ? "" : new Date(events.t[row]).toISOString();
    if (name === "finding") return data.cards[events.facet.card.codes[row]].id;
    if (name === "line" || name === "offset") return events[name][row];
    if (name === "answer_s") return Number.isNaN(events.answer[row]) ? "" : +events.answer[row].toFixed(3);
    if (name === "text") return events.text(row);
    return events.facet[name].values[events.facet[name].codes[row]];
  };
  const rows = [...table.order ?? ordered()];
  const text = kind === "json"
    ? `[\n${rows.map((row) => JSON.stringify(Object.fromEntries(names.map((name) => [name, value(name, row)]).filter(([, held]) => held !== "")))).join(",\n")}\n]\n`
    : [names.join(","), ...rows.map((row) => names.map((name) => cellCSV(String(value(name, row)))).join(","))].join("\r\n") + "\r\n";
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kind === "json" ? "application/json" : "text/csv" }));
  link.download = `logscan-failures.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function listing() {
  by("before").addEventListener("click", () => { table.page--; fill(); });
  by("after").addEventListener("click", () => { table.page++; fill(); });
  by("save-csv").addEventListener("click", () => save("csv"));
  by("save-json").addEventListener("click", () => save("json"));
  for (const column of COLUMNS) if (events.facet[column.name]?.values.join("") === "") column.on = false;
  by("columns").append(...COLUMNS.map((column) => {
    const label = element("label"), box = element("input");
    box.type = "checkbox";
    box.checked = column.on;
    box.addEventListener("change", () => {
      column.on = box.checked || COLUMNS.filter((one) => one.on).length === 1;
      box.checked = column.on;
      fill();
    });
    label.append(box, ` ${column.title}`);
    return label;
  }));
  followers.push(() => { Object.assign(table, { page: 0, open: -1, order: null }); fill(); });
  by("events-table").hidden = false;
}
