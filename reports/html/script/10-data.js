// The page tells everything without these scripts; they add the chart one can point at, the filter and the table.
// Nothing on this page may turn text into markup; the chart library only ever empties its element that way.
if (window.trustedTypes) trustedTypes.createPolicy("default", { createHTML: (text) => (text === "" ? "" : null) });

const by = (id) => document.getElementById(id);
const data = JSON.parse(by("chart-data").textContent);
const cards = [...document.querySelectorAll("#findings .card")];
const count = (value) => value.toLocaleString("en");
const many = (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
const moment = (ms) => (Number.isNaN(ms) ? "no time" : new Date(ms).toISOString().slice(0, 23).replace("T", " ").replace(/\.000$/, ""));

function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function button(text, name, click) {
  const made = element("button", text, name);
  made.type = "button";
  made.addEventListener("click", click);
  return made;
}

// What a failure is known by. Each is a column of codes and the texts that they stand for.
const FACETS = {
  cause: "Causes", client: "Clients", user: "Users", endpoint: "Endpoints", status: "Status", method: "Methods",
  path: "Files", agent: "User agents", credential: "Credentials", card: "Findings",
};

function inflated(text) {
  const plain = atob(text), packed = new Uint8Array(plain.length);
  for (let k = 0; k < plain.length; k++) packed[k] = plain.charCodeAt(k);
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")));
}

// The chart library is packed, too. The policy of the page runs it by its hash: nothing else could take its place.
async function library() {
  const packed = by("chart-library");
  if (!packed) return;
  const script = document.createElement("script"), text = await inflated(packed.textContent.trim()).text();
  script.textContent = window.trustedTypes ? trustedTypes.createPolicy("logscan", { createScript: () => text }).createScript("") : text;
  document.head.append(script);
}

// The columns of report/packed.py.
async function unpack(text) {
  const buffer = await inflated(text).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const words = new TextDecoder();
  const { rows, columns } = JSON.parse(words.decode(new Uint8Array(buffer, 4, length)));
  const bytes = (name, size) => new Uint8Array(buffer, 4 + length + columns[name].at, size);
  const codes = (name) => {
    const from = bytes(name, 4 * rows), to = new Uint32Array(rows);
    for (let k = 0; k < 4; k++) for (let row = 0; row < rows; row++) to[row] += from[k * rows + row] << (8 * k);
    return to;
  };
  // Differences to the row before, of 7 bytes with a sign.
  const sums = (name) => {
    const from = bytes(name, 7 * rows), to = new Float64Array(rows);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const top = from[6 * rows + row];
      if (top === 128) { to[row] = NaN; continue; }
      let step = top < 128 ? top : top - 256;
      for (let k = 5; k >= 0; k--) step = step * 256 + from[k * rows + row];
      to[row] = sum += step;
    }
    return to;
  };
  const facet = {};
  for (const name of Object.keys(FACETS)) {
    if (columns[name]?.values) facet[name] = { codes: codes(name), values: columns[name].values };
  }
  const number = codes("card");
  const place = new Map(data.cards.map((card, at) => [card.number, at]));
  const titles = [...new Set(data.cards.map((card) => card.cause))];
  facet.card = { codes: number.map((value) => place.get(value)), values: data.cards.map((card) => card.title) };
  facet.cause = { codes: facet.card.codes.map((at) => titles.indexOf(data.cards[at].cause)), values: titles };
  const sizes = codes("text"), ends = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) ends[row + 1] = ends[row] + sizes[row];
  const lines = bytes("text").subarray(4 * rows), t = sums("t").map((us) => us / 1000);
  // What stands in a column of the row is left out of its line.
  const known = ["agent", "endpoint", "client", "user"].map((name) => (row) => facet[name].values[facet[name].codes[row]]);
  known.push((row) => new Date(t[row]).toISOString().slice(11, 19));
  const line = (row) => words.decode(lines.subarray(ends[row], ends[row + 1])).replace(/[\x01-\x05]/g, (mark) => known[mark.charCodeAt(0) - 1](row));
  const answer = new Float32Array(bytes("answer", 4 * rows).slice().buffer);
  return { rows, facet, t, answer, line: sums("line"), offset: sums("offset"), text: line };
}
