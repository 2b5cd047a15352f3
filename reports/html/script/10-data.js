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

// The columns of report/packed.py.
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const words = new TextDecoder();
  const { rows, columns } = JSON.parse(words.decode(new Uint8Array(buffer, 4, length)));
  const column = (name, Kind, size = rows) => new Kind(buffer, 4 + length + columns[name].at, size);
  const facet = {};
  for (const name of Object.keys(FACETS)) {
    if (columns[name]?.values) facet[name] = { codes: column(name, Uint32Array), values: columns[name].values };
  }
  const number = column("card", Uint32Array);
  const place = new Map(data.cards.map((card, at) => [card.number, at]));
  const titles = [...new Set(data.cards.map((card) => card.cause))];
  facet.card = { codes: number.map((value) => place.get(value)), values: data.cards.map((card) => card.title) };
  facet.cause = { codes: facet.card.codes.map((at) => titles.indexOf(data.cards[at].cause)), values: titles };
  const ends = column("text", Uint32Array, rows + 1);
  const first = 4 + length + columns.text.at + ends.byteLength;
  const line = (row) => words.decode(new Uint8Array(buffer, first + ends[row], ends[row + 1] - ends[row]));
  return { rows, facet, t: column("t", Float64Array), answer: column("answer", Float32Array), line: column("line", Float64Array), offset: column("offset", Float64Array), text: line };
}
