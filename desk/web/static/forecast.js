// Forecast against what came; special days edited in place.
let picture = null;

async function load(day) {
  try {
    picture = await call("/forecast" + (day ? "?day=" + day : ""));
  } catch (error) {
    byId("days").replaceChildren(make("p", "notice", error.message));
    return;
  }
  if (!byId("queue").options.length) for (const queue of picture.queues) byId("queue").append(make("option", "", queue.queue));
  byId("day").replaceChildren(...picture.days.map((each) => Object.assign(make("option", "", each), { selected: each === picture.day })));
  show();
}

function show() {
  const queue = picture.queues.find((each) => each.queue === byId("queue").value) || picture.queues[0];
  byId("run").textContent = labelled(say.model, queue.models.map((name) => say.models[name] || name).join(" · "));
  const figures = queue.accuracy, tiles = [];
  if (figures) {
    const excess = figures.wape - figures.noise_floor;
    tiles.push([percent(figures.wape, 1), say.wape], [percent(figures.noise_floor, 1), say.floor], [(excess > 0 ? "+" : "") + percent(excess, 1), say.excess], [(figures.bias > 0 ? "+" : "") + percent(figures.bias, 1), say.bias]);
    if (figures.in_band !== undefined) tiles.push([percent(figures.in_band, 0), say.inBand]);
  }
  byId("accuracy").replaceChildren(...(tiles.length ? tiles.map(([value, name]) => make("div", "card tile", make("b", "", value), make("small", "", name))) : [make("p", "soft", say.unknown)]));
  dayBars(byId("days"), picture.days, queue.days.expected, queue.days.actual, picture.days.indexOf(picture.day), say, (i) => load(picture.days[i]));
  bandLines(byId("intervals"), picture.starts, picture.step, queue.intervals, say);
  needSteps(byId("staff"), picture.starts, queue.intervals.required, say);
}

byId("queue").addEventListener("change", show);
byId("day").addEventListener("change", () => load(byId("day").value));
window.addEventListener("resize", () => picture && show());

async function put(body) {
  try {
    await call("/special-days", { method: "PUT", body });
    location.reload();
  } catch (error) {
    byId("told").textContent = error.message;
  }
}

for (const row of document.querySelectorAll("#special tr")) {
  const fields = [...row.querySelectorAll("input, select")];
  const body = () => (row.classList.contains("new")
    ? { date: fields[0].value, queue: fields[1].value, factor: Number(fields[2].value), note: fields[3].value }
    : { date: row.dataset.date, queue: row.dataset.queue, factor: Number(fields[0].value), note: fields[1].value });
  row.querySelector(".save")?.addEventListener("click", () => put(body()));
  row.querySelector(".gone")?.addEventListener("click", () => put({ ...body(), factor: null }));
}

byId("again")?.addEventListener("click", async () => {
  byId("again").disabled = true;
  try {
    const done = await follow(await call("/jobs", { method: "POST", body: { kind: "forecast" } }), () => { byId("told").textContent = say.running + " …"; });
    byId("told").textContent = done.state === "done" ? say.done : labelled(say.failed, done.error);
    if (done.state === "done") load(byId("day").value);
  } catch (error) {
    byId("told").textContent = error.message;
  }
  byId("again").disabled = false;
});

load(data.day);
