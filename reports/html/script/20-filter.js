// The filter: what is asked for, which failures that leaves, and the link that says so.
const view = { words: "", from: null, to: null, chosen: new Map() };
const found = { mask: new Uint8Array(0), rows: 0, counts: {}, narrowed: false };
const followers = []; // each is called after the filter has changed
let events = null, lowered = null;

const isChosen = (facet, code) => view.chosen.get(facet)?.has(code) ?? false;

function choose(facet, code, on = !isChosen(facet, code)) {
  const codes = view.chosen.get(facet) || new Set();
  if (on) codes.add(code); else codes.delete(code);
  if (codes.size) view.chosen.set(facet, codes); else view.chosen.delete(facet);
  changed();
}

function clear() {
  Object.assign(view, { words: "", from: null, to: null });
  view.chosen.clear();
  changed();
}

// One look at every failure. A facet counts what the other facets leave, so that a second value can be chosen.
function look() {
  const { rows, facet, t } = events, names = Object.keys(facet);
  const wanted = names.map((name) => {
    const codes = view.chosen.get(name);
    if (!codes) return null;
    const allowed = new Uint8Array(facet[name].values.length);
    for (const code of codes) allowed[code] = 1;
    return allowed;
  });
  const columns = names.map((name) => facet[name].codes);
  const counts = names.map((name) => new Uint32Array(facet[name].values.length));
  const named = spoken();
  const mask = new Uint8Array(rows);
  let left = 0;
  for (let row = 0; row < rows; row++) {
    if (view.from !== null && !(t[row] >= view.from && t[row] < view.to)) continue;
    if (named && !named[row]) continue;
    let failing = -1, failed = 0;
    for (let k = 0; k < columns.length && failed < 2; k++) if (wanted[k] && !wanted[k][columns[k][row]]) { failing = k; failed++; }
    if (failed > 1) continue;
    if (failed) { counts[failing][columns[failing][row]]++; continue; }
    mask[row] = 1;
    left++;
    for (let k = 0; k < columns.length; k++) counts[k][columns[k][row]]++;
  }
  Object.assign(found, { mask, rows: left, counts: Object.fromEntries(names.map((name, k) => [name, counts[k]])) });
}

// Which failures hold every word: in their line, in what they are known by, or on the card of their finding.
function spoken() {
  const words = view.words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  const { rows, facet } = events;
  lowered ??= Array.from({ length: rows }, (_, row) => events.text(row).toLowerCase());
  const all = new Uint8Array(rows).fill(1);
  const texts = data.cards.map((card) => (by(`finding-${card.number}`)?.textContent || "").toLowerCase());
  for (const word of words) {
    const hits = Object.entries(facet).map(([name, { codes, values }]) => {
      const held = Uint8Array.from(values, (value, at) => (name === "card" ? texts[at] : value.toLowerCase()).includes(word));
      return held.some(Boolean) ? [codes, held] : null;
    }).filter(Boolean);
    for (let row = 0; row < rows; row++) {
      if (all[row] && !lowered[row].includes(word) && !hits.some(([codes, held]) => held[codes[row]])) all[row] = 0;
    }
  }
  return all;
}

function changed() {
  found.narrowed = view.words.trim() !== "" || view.from !== null || view.chosen.size > 0;
  look();
  for (const follow of followers) follow();
  const link = found.narrowed ? `#view?${asked()}` : " ";
  if (found.narrowed || location.hash.startsWith("#view?")) history.replaceState(null, "", link === " " ? location.pathname + location.search : link);
}

function asked() {
  const link = new URLSearchParams();
  if (view.words.trim()) link.set("q", view.words.trim());
  if (view.from !== null) { link.set("from", new Date(view.from).toISOString()); link.set("to", new Date(view.to).toISOString()); }
  for (const [facet, codes] of view.chosen) {
    for (const code of codes) link.append(facet, facet === "card" ? data.cards[code].id : events.facet[facet].values[code]);
  }
  return link.toString();
}

// A link may hold anything: what names nothing on this page is left out.
function follow(hash) {
  if (!hash.startsWith("#view?")) return;
  const link = new URLSearchParams(hash.slice(6));
  const from = Date.parse(link.get("from")), to = Date.parse(link.get("to"));
  Object.assign(view, { words: (link.get("q") || "").slice(0, 300), from: null, to: null });
  if (from < to) Object.assign(view, { from, to });
  view.chosen.clear();
  for (const facet of Object.keys(FACETS)) {
    for (const text of link.getAll(facet)) {
      const code = facet === "card" ? data.cards.findIndex((card) => card.id === text) : events.facet[facet].values.indexOf(text);
      if (code >= 0) view.chosen.set(facet, (view.chosen.get(facet) || new Set()).add(code));
    }
  }
  changed();
}

// The bar: words, a time span, what is chosen, how much is left.
function bar() {
  const when = (ms) => (ms === null ? "" : new Date(ms).toISOString().slice(0, 19));
  const read = (input) => (input.value ? Date.parse(`${input.value}Z`) : NaN);
  const [from, to] = [by("from"), by("to")];
  const times = events.t.filter((t) => !Number.isNaN(t));
  const [first, last] = [times[0], times[times.length - 1]];
  let later = 0;
  by("query").addEventListener("input", (typed) => {
    clearTimeout(later);
    later = setTimeout(() => { view.words = typed.target.value; changed(); }, events.rows > 20_000 ? 200 : 0);
  });
  for (const input of [from, to]) {
    input.addEventListener("change", () => {
      const [a, b] = [read(from), read(to)];
      const open = Number.isNaN(a) && Number.isNaN(b);
      Object.assign(view, open ? { from: null, to: null } : { from: Number.isNaN(a) ? first : a, to: Number.isNaN(b) ? last + 1 : b });
      if (view.from !== null && view.from >= view.to) view.to = view.from + 1000;
      changed();
    });
  }
  by("reset").addEventListener("click", clear);
  by("link").addEventListener("click", () => copy(location.href, by("link")));
  followers.push(() => {
    if (document.activeElement !== by("query")) by("query").value = view.words;
    if (document.activeElement !== from) from.value = when(view.from);
    if (document.activeElement !== to) to.value = when(view.to);
    const shown = cards.filter((card) => !card.hidden).length;
    by("shown").textContent = found.narrowed ? `${count(found.rows)} of ${many(events.rows, "failure")}, ${shown} of ${many(cards.length, "finding")}` : "";
    by("reset").hidden = by("link").hidden = !found.narrowed;
    const chips = [...view.chosen].flatMap(([facet, codes]) => [...codes].map((code) => {
      const chip = button(undefined, "chosen", () => choose(facet, code, false));
      chip.append(element("span", FACETS[facet].toLowerCase(), "quiet"), element("bdi", events.facet[facet].values[code] || "none", "v"), element("span", "×"));
      chip.setAttribute("aria-label", `Remove ${events.facet[facet].values[code] || "none"}`);
      return chip;
    }));
    by("chips").replaceChildren(...chips);
  });
  by("filter").hidden = false;
}

async function copy(text, pressed) {
  const before = pressed.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", text, "unseen");
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  pressed.textContent = "Copied";
  setTimeout(() => { pressed.textContent = before; }, 1500);
}
