// Sliders, and an answer while they move; a roster takes longer and says how it goes.
const form = byId("form"), fields = form.elements;
const FREE = { target: 0.49, within_s: -5, patience_s: -10, unplanned_shrinkage: -0.01 };  // the left end leaves it as it is
let lastRoster = null, waiting = 0;

const valueOf = (name) => (name in FREE && Number(fields[name].value) <= FREE[name] + 1e-9 ? null : Number(fields[name].value));

function wanted() {
  const headcount = {};
  for (const input of form.querySelectorAll("[name=head]")) if (Number(input.value)) headcount[input.dataset.queue] = Number(input.value);
  const chosen = [...form.querySelectorAll("[name=shift]:checked")].map((box) => box.value);
  const found = { name: fields.name.value || "?", over: fields.over.value, headcount, shifts: chosen.length === data.shifts.length ? [] : chosen };
  for (const name of ["volume", "handle_time", ...Object.keys(FREE)]) found[name] = valueOf(name);
  return found;
}

function outputs() {
  for (const range of form.querySelectorAll("input[type=range]")) {
    const value = valueOf(range.name);
    const text = value === null ? say.unchanged : range.name.endsWith("_s") ? fill(say.seconds, { count: value }) : percent(value);
    range.parentElement.querySelector("output").textContent = text;
    range.setAttribute("aria-valuetext", text);
  }
}

function changed() {
  outputs();
  lastRoster = null;
  clearTimeout(waiting);
  waiting = setTimeout(answer, 150);
}

let aborted = null;
async function answer() {
  if (aborted) aborted.abort();
  aborted = new AbortController();
  const began = performance.now();
  try {
    const said = await call("/what-if/staffing", { method: "POST", body: wanted(), signal: aborted.signal });
    byId("took").textContent = fill(say.seconds, { count: number((performance.now() - began) / 1000, 2) });
    byId("answer").replaceChildren(table(said));
  } catch (error) {
    if (error.name !== "AbortError") byId("answer").replaceChildren(make("p", "notice bad", error.message));
  }
}

function change(now, then, digits = 0) {
  const apart = now ? (then - now) / now : 0;
  const cell = make("td", "n", number(then, digits));
  if (Math.abs(apart) > 0.0005) cell.append(" ", make("small", apart > 0 ? "diff-up" : "diff-down", `${apart > 0 ? "▲ +" : "▼ "}${(apart * 100).toFixed(1)}%`));
  return cell;
}

function table(said) {
  const head = make("tr", "", ...[say.queue, say.contacts, say.hours, "", say.peak, "", say.level].map((text) => make("th", "n", text)));
  const sides = make("tr", "", ...["", say.then, say.now, say.then, say.now, say.then, say.then].map((text) => make("th", "n", text)));
  const rows = said.queues.map(({ queue, now, then }) => make("tr", "", make("th", "", queue), make("td", "n", number(then.contacts)), make("td", "n", number(now.gross_hours)), change(now.gross_hours, then.gross_hours), make("td", "n", number(now.peak)), change(now.peak, then.peak), make("td", "n", percent(then.service_level, 1))));
  rows.push(make("tr", "", make("th", "", say.sum), make("td"), make("td", "n", number(said.gross_hours[0])), change(...said.gross_hours), make("td"), make("td"), make("td")));
  rows.push(make("tr", "", make("th", "", say.people), make("td"), make("td", "n", number(said.people[0], 1)), change(said.people[0], said.people[1], 1), make("td"), make("td"), make("td")));
  return make("table", "plain", make("thead", "", head, sides), make("tbody", "", ...rows));
}

let shownJob = null;
function showJob(job) {
  if (job.state === "failed") byId("job").replaceChildren(make("p", "notice bad", labelled(say.failed, job.error)));
  else if (job.state === "cancelled") byId("job").replaceChildren(make("p", "soft", say.cancelled));
  else if (job.state === "done") byId("job").replaceChildren(result(job));
  else {
    if (!shownJob || shownJob.job !== job.job) shownJob = atWork(job);
    shownJob.show(job);
  }
}

// Made once for a job, so that its button keeps the focus while the figures change.
function atWork({ job, settings }) {
  const text = make("p", "soft"), end = make("button", ""), bar = Object.assign(document.createElement("progress"), { max: settings.seconds || 30 });
  end.type = "button";
  bar.setAttribute("aria-label", say.running);
  end.addEventListener("click", () => call("/jobs/" + job, { method: "DELETE" }).then(show, (error) => { text.textContent = error.message; }));
  byId("job").replaceChildren(text, make("div", "bar", bar, end));
  function show({ state, stopping, progress }) {
    const some = (value) => value !== null && value !== undefined;
    const told = progress.phase ? `${number(progress.seconds)} s · ${progress.phase}${some(progress.gap) ? ` · ${say.gap} ${percent(progress.gap, 1)}` : ""}` : "";
    text.textContent = state === "waiting" ? say.waiting : `${stopping ? say.stopping : say.running} ${told}`;
    end.textContent = some(progress.objective) && !stopping ? say.enough : say.cancel;
    if (progress.seconds) bar.value = Math.min(progress.seconds, bar.max);
  }
  return { job, show };
}

function result(job) {
  const figures = job.result, coverage = figures.coverage;
  const tiles = [[number(coverage.short_hours, 1), say.short], [number(coverage.surplus_hours, 1), say.spare], [percent(figures.gap, 1), say.gap], [number(figures.objective, 1), say.cost]];
  for (const [queue, level] of Object.entries(coverage.predicted_service_level)) tiles.push([percent(level, 1), queue]);
  const box = make("div", "", make("div", "tiles", ...tiles.map(([value, name]) => make("div", "card tile", make("b", "", value), make("small", "", name)))));
  if (figures.version) {
    const link = make("a", "button main", say.look);
    link.href = "/month?version=" + figures.version;
    box.prepend(make("p", "notice good", fill(say.draft, { version: figures.version }), " ", link));
  }
  return box;
}

async function job(body) {
  try {
    const done = await follow(await call("/jobs", { method: "POST", body }), showJob);
    return done.state === "done" ? done.result : null;
  } catch (error) {
    byId("job").replaceChildren(make("p", "notice bad", error.message));
    return null;
  }
}

form.addEventListener("input", changed);
form.addEventListener("submit", (event) => event.preventDefault());
byId("roster").addEventListener("click", async () => { lastRoster = await job({ kind: "scenario", seconds: Number(byId("seconds").value), scenario: wanted() }); });
byId("draft")?.addEventListener("click", () => job({ kind: "draft", seconds: Number(byId("seconds").value), weeks: Number(byId("weeks").value), first: byId("first").value || null }));
byId("keep").addEventListener("click", async () => {
  try {
    await call("/what-if/scenarios", { method: "POST", body: { scenario: wanted(), roster: lastRoster } });
    location.reload();
  } catch (error) {
    byId("job").replaceChildren(make("p", "notice bad", error.message));
  }
});
for (const button of document.querySelectorAll("button.use")) button.addEventListener("click", () => {
  const chosen = JSON.parse(button.dataset.scenario);
  for (const name of ["volume", "handle_time", ...Object.keys(FREE)]) fields[name].value = chosen[name] === null ? FREE[name] : chosen[name];
  fields.name.value = chosen.name;
  fields.over.value = chosen.over;
  for (const input of form.querySelectorAll("[name=head]")) input.value = chosen.headcount[input.dataset.queue] || 0;
  for (const box of form.querySelectorAll("[name=shift]")) box.checked = !chosen.shifts.length || chosen.shifts.includes(box.value);
  changed();
});
outputs();
answer();
