// The heat maps: colour by the number in a cell, on a scale of its own for each of them.
const heats = [];

// In: asked: of how many each number is a part, where that is known cell by cell
function cells(kind, failed, asked) {
  const whole = Math.max(1, ...failed.flat()), { rows, columns } = kind;
  return failed.flatMap((counts, row) => counts.map((events, column) => {
    const of = kind.shares ? counts.reduce((sum, one) => sum + one, 0) : asked ? asked[row][column] : whole;
    const part = Math.min(1, events / Math.max(1, of)), known = asked ? of : 0;
    return {
      row, column, events, dark: part > 0.3, label: kind.label(events, known), words: kind.words(rows[row], columns[column]), told: kind.told(events, known),
      colour: events ? `color-mix(in oklab, var(--high) ${Math.round(18 + 82 * Math.sqrt(part))}%, var(--paper))` : known ? "color-mix(in oklab, var(--calm) 16%, var(--paper))" : "var(--sheet)",
    };
  }));
}

const failures = (events) => many(events, "failure");

// Never rounds a part to nothing or to all; as report/show.py, but all cells have their decimals alike.
function percent(part, of) {
  const value = 100 * part / of;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  if (value > 99.9 && value < 100) return "> 99.9 %";
  return value && value < 10 ? `${value.toFixed(1)} %` : `${value.toFixed(0)} %`;
}

async function heat(home, given, failed, asked = null) {
  const kind = { label: () => "", told: failures, ...given };
  const spec = scaled(data.heat_spec);
  spec.datasets = { cells: cells(kind, failed, asked) };
  // Places, not names: two names may be cut to one, and some are names of every object, such as __proto__.
  spec.params = [{ name: "rows", value: kind.rows }, { name: "columns", value: kind.columns }];
  spec.height = 24 * kind.rows.length + (kind.slanted ? 110 : 30); // in steps it would depend on the data, and the page on the chart
  if (kind.slanted) Object.assign(spec.encoding.x.axis, { labelAngle: -35, labelAlign: "right", labelOverlap: false, labelLimit: 150 });
  const tooltip = (handler, event, item, value) => {
    tip.hidden = !value || !item?.datum?.words;
    if (tip.hidden) return;
    tip.replaceChildren(element("b", item.datum.words), element("div", item.datum.told));
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${event.clientY + 18}px`;
  };
  home.hidden = false;
  try {
    const { view: chart } = await vegaEmbed(home, spec, { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip });
    home.parentElement.querySelector(".as-table").open = false;
    heats.push({ chart, kind, failed, asked });
  } catch (fault) {
    home.hidden = true; // the table stays, and so does the page
    console.error(fault);
  }
}

function drawHeats() {
  const made = [];
  const place = (name) => document.querySelector(`[data-heat="${name}"]`);
  if (data.week) {
    const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
    const words = (day, hour) => `${day} ${hour}:00 to ${hour}:59 UTC`;
    const at = (row) => {
      const when = new Date(events.t[row]);
      return Number.isNaN(events.t[row]) ? null : [(when.getUTCDay() + 6) % 7, when.getUTCHours()];
    };
    made.push(heat(place("week"), { rows: data.week.days, columns: hours, words, at }, data.week.failed));
  }
  if (data.matrix) {
    const { clients, endpoints } = data.matrix, known = new Map(clients.map((name, k) => [name, k])), routes = new Map(endpoints.map((name, k) => [name, k]));
    const named = (facet, row, places) => places.get(shortened(events.facet[facet].values[events.facet[facet].codes[row]]));
    const at = (row) => {
      const place = [named("client", row, known), named("endpoint", row, routes)];
      return place.includes(undefined) ? null : place;
    };
    const roomy = place("matrix").parentElement.clientWidth > 240 + 52 * endpoints.length;
    made.push(heat(place("matrix"), {
      rows: clients, columns: endpoints, at, slanted: true, refollow: requests,
      words: (client, route) => `${client} on ${route}`,
      label: (events, of) => (roomy && events && of ? percent(events, of) : ""),
      told: (events, of) => (of ? `${count(events)} of ${requestsTold(of)} failed: ${percent(events, of)}` : events ? failures(events) : "no request"),
    }, data.matrix.failed, data.matrix.requests));
  }
  if (data.pairing) {
    const { causes, columns, edges } = data.pairing, known = new Map(causes.map((name, k) => [name, k]));
    const at = (row) => {
      const cause = known.get(data.cards[events.facet.card.codes[row]].cause), wait = events.answer[row];
      if (cause === undefined || !events.facet.client.codes[row]) return null;
      return [cause, Number.isNaN(wait) ? edges.length : edges.findIndex((edge) => wait <= edge)];
    };
    made.push(heat(place("pairing"), { rows: causes, columns, words: (cause, wait) => `${cause}: success ${wait}`, at, shares: true, benign: true, label: (events) => (events ? count(events) : "") }, data.pairing.failed));
  }
  return Promise.all(made);
}

// The labels of the matrix are cut where those of the lists are not.
const shortened = (text) => (text.length > 60 ? `${text.slice(0, 60)} … (${count(text.length - 60)} more characters)` : text);

// Requests are known by client, endpoint and part of the time: whatever else is chosen narrows the failures alone.
function requests() {
  const { clients, endpoints, parts, start, part, requests: all, whole } = data.matrix;
  if (found.narrowed && !whole) return null;
  const share = (at) => Math.max(0, Math.min(view.to, start + (at + 1) * part) - Math.max(view.from, start + at * part)) / part;
  const asked = view.from === null ? all : parts.map((row) => row.map((counts) => Math.round(counts.reduce((sum, events, at) => sum + events * share(at), 0))));
  const wanted = (facet) => {
    const codes = view.chosen.get(facet), names = codes && new Set([...codes].map((code) => shortened(events.facet[facet].values[code])));
    return (name) => !names || names.has(name);
  };
  const [client, endpoint] = [wanted("client"), wanted("endpoint")];
  return asked.map((row, k) => row.map((events, at) => (client(clients[k]) && endpoint(endpoints[at]) ? events : 0)));
}

const cut = () => view.from !== null && [view.from, view.to].some((ms) => (ms - data.matrix.start) % data.matrix.part);
const requestsTold = (of) => `${cut() ? "about " : ""}${many(of, "request")}`;

function noted() {
  const others = [...view.chosen.keys()].filter((facet) => !["client", "endpoint"].includes(facet)).map((facet) => FACETS[facet].toLowerCase());
  if (view.words.trim()) others.push("words");
  const told = [];
  if (found.narrowed && !data.matrix.whole) told.push("The page does not list every failure of this log: under a filter, cells show how many of those listed failed, and no share.");
  else if (others.length) told.push(`The filter by ${others.join(", ")} counts failures alone: shares are of all requests of a client to an endpoint.`);
  if (found.narrowed && data.matrix.whole && cut()) told.push(`Requests are known in steps of ${spanned(data.matrix.part)}: at the ends of the chosen time they are shared out evenly.`);
  by("matrix-note").textContent = told.join(" ");
  by("matrix-note").hidden = !told.length;
}

const spanned = (ms) => (ms < 7_200_000 ? `${ms / 60_000} min` : ms < 172_800_000 ? `${ms / 3_600_000} h` : `${ms / 86_400_000} d`);

function followedHeats() {
  followers.push(() => {
    for (const { chart, kind, failed, asked } of heats) {
      let now = failed, of = asked;
      if (found.narrowed) {
        now = kind.rows.map(() => kind.columns.map(() => 0));
        for (let row = 0; row < events.rows; row++) {
          const place = found.mask[row] && (kind.benign || !data.cards[events.facet.card.codes[row]].benign) ? kind.at(row) : null;
          if (place) now[place[0]][place[1]]++;
        }
        // What is shared out evenly may be less than what failed there.
        of = kind.refollow?.()?.map((row, k) => row.map((events, at) => Math.max(events, now[k][at]))) ?? null;
      }
      chart.data("cells", cells(kind, now, of)).runAsync();
    }
    if (data.matrix) noted();
  });
}
