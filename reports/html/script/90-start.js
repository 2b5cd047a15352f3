// What needs the failures starts when they are unpacked; the chart does not wait for them.
async function interactive(charts) {
  const packed = by("events-data").textContent.trim();
  if (!packed) return;
  events = await unpack(packed);
  findings();
  facets();
  listing();
  bar();
  followed(charts);
  followedHeats();
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
  found.narrowed = false;
  if (location.hash.startsWith("#view?")) follow(location.hash); else changed();
  addEventListener("hashchange", () => follow(location.hash));
}

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => { for (const one of opened) one.open = false; });

const figures = document.querySelectorAll(".timeline");
for (const panel of data.panels || []) panel.now = panel.events;
document.body.append(tip);
const drawn = library().then(() => Promise.all((data.panels || []).map((panel, k) => draw(panel, figures[k]))));
drawn.then((charts) => {
  legend(charts);
  document.documentElement.dataset.chart = "ready";
  return charts;
}).catch((fault) => {
  document.documentElement.dataset.chart = "failed";
  console.error(fault);
  return [];
}).then(async (charts) => {
  await drawHeats();
  return charts;
}).then(interactive).then(() => { document.documentElement.dataset.page = "ready"; }).catch((fault) => {
  document.documentElement.dataset.page = "failed";
  console.error(fault);
});
