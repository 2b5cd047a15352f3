// The heat maps: colour by the number in a cell, on a scale of its own for each of them.
const heats = [];

function cells(kind, failed) {
  const whole = Math.max(1, ...failed.flat()), { rows, columns } = kind;
  return failed.flatMap((counts, row) => counts.map((events, column) => ({
    row, column, events, most: kind.shares ? Math.max(1, counts.reduce((sum, one) => sum + one, 0)) : whole,
  }))).map(({ row, column, events, most }) => ({
    row, column, events, label: kind.shares && events ? count(events) : "", dark: events / most > 0.3,
    colour: events ? `color-mix(in oklab, var(--high) ${Math.round(18 + 82 * Math.sqrt(events / most))}%, var(--paper))` : "var(--sheet)",
    words: kind.words(rows[row], columns[column]),
  }));
}

async function heat(home, kind, failed) {
  const spec = structuredClone(data.heat_spec);
  spec.datasets = { cells: cells(kind, failed) };
  // Places, not names: two names may be cut to one, and some are names of every object, such as __proto__.
  spec.params = [{ name: "rows", value: kind.rows }, { name: "columns", value: kind.columns }];
  spec.height = 24 * kind.rows.length + (kind.slanted ? 110 : 30); // in steps it would depend on the data, and the page on the chart
  if (kind.slanted) Object.assign(spec.encoding.x.axis, { labelAngle: -35, labelAlign: "right", labelOverlap: false, labelLimit: 150 });
  const tooltip = (handler, event, item, value) => {
    tip.hidden = !value || !item?.datum?.words;
    if (tip.hidden) return;
    tip.replaceChildren(element("b", item.datum.words), element("div", many(item.datum.events, "failure")));
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${event.clientY + 18}px`;
  };
  home.hidden = false;
  try {
    const { view: chart } = await vegaEmbed(home, spec, { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip });
    home.parentElement.querySelector(".as-table").open = false;
    heats.push({ chart, kind, failed });
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
    made.push(heat(place("matrix"), { rows: clients, columns: endpoints, words: (client, route) => `${client} on ${route}`, at, slanted: true }, data.matrix.failed));
  }
  if (data.pairing) {
    const { causes, columns, edges } = data.pairing, known = new Map(causes.map((name, k) => [name, k]));
    const at = (row) => {
      const cause = known.get(data.cards[events.facet.card.codes[row]].cause), wait = events.answer[row];
      if (cause === undefined || !events.facet.client.codes[row]) return null;
      return [cause, Number.isNaN(wait) ? edges.length : edges.findIndex((edge) => wait <= edge)];
    };
    made.push(heat(place("pairing"), { rows: causes, columns, words: (cause, wait) => `${cause}: success ${wait}`, at, shares: true, benign: true }, data.pairing.failed));
  }
  return Promise.all(made);
}

// The labels of the matrix are cut where those of the lists are not.
const shortened = (text) => (text.length > 60 ? `${text.slice(0, 60)} … (${count(text.length - 60)} more characters)` : text);

function followedHeats() {
  followers.push(() => {
    for (const { chart, kind, failed } of heats) {
      let now = failed;
      if (found.narrowed) {
        now = kind.rows.map(() => kind.columns.map(() => 0));
        for (let row = 0; row < events.rows; row++) {
          const place = found.mask[row] && (kind.benign || !data.cards[events.facet.card.codes[row]].benign) ? kind.at(row) : null;
          if (place) now[place[0]][place[1]]++;
        }
      }
      chart.data("cells", cells(kind, now)).runAsync();
    }
  });
}
