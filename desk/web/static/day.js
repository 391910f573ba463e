// The day: people as lines of segments, what really happened as a strip under the plan, coverage below.
const ROW = 30;
const gantt = byId("gantt");
const ON = ["ready"], HANDLING = ["talking", "wrap_up", "outbound", "case_work"], PAUSE = ["break", "meal", "meeting", "training"];
let picture = null, shown = [], span = [0, 1440];
const rendered = new Map();
const place = (minute) => ((minute - span[0]) / (span[1] - span[0])) * 100;
// The clock on the wall at a minute from the day's begin: it may change within the day.
const offsetAt = (minute) => picture.offsets.reduce((found, [from, offset]) => (minute >= from ? offset : found), picture.offsets[0][1]);
const wallOf = (minute) => clock(minute + picture.begin + offsetAt(minute));
const stateKind = (key) => (ON.includes(key) ? "on" : HANDLING.includes(key) ? "handling" : PAUSE.includes(key) ? "pause" : key === "not_ready" ? "other" : "gone");

async function start() {
  try {
    picture = await call("/rosters/day?date=" + data.date);
  } catch (error) {
    gantt.replaceChildren(make("p", "notice", error.message));
    return;
  }
  byId("version").textContent = picture.version ? "v" + picture.version : "";
  const away = ["leave", "off"].map((key) => picture.legend.activities.findIndex((each) => each.key === key));
  const here = picture.rows.flatMap((row) => row.segments.filter((segment) => !away.includes(segment[0])));
  const starts = here.map((segment) => segment[2]), ends = here.map((segment) => segment[2] + segment[3]);
  if (starts.length) span = [Math.max(0, Math.floor(Math.min(...starts) / 60) * 60), Math.min(picture.minutes + 480, Math.ceil(Math.max(...ends) / 60) * 60)];
  gantt.parentElement.style.setProperty("--hour", 100 / ((span[1] - span[0]) / 60) + "%");
  for (const [id, names] of [["team", [...new Set(picture.rows.map((row) => row.team))].filter(Boolean)], ["queue", picture.queues.map((queue) => queue.queue)]]) {
    for (const name of names) byId(id).append(Object.assign(make("option", "", name), { value: name }));
    byId(id).addEventListener("input", refresh);
  }
  byId("find").addEventListener("input", refresh);
  gantt.addEventListener("scroll", () => requestAnimationFrame(paint), { passive: true });
  new ResizeObserver(() => paint()).observe(gantt);
  hours();
  refresh();
  coverage();
  legend();
  performance.mark("day-painted");
  if (data.agent) reveal(data.agent);
}

function hours() {
  const room = byId("hours").clientWidth / (span[1] - span[0]);
  const every = [60, 120, 180, 240, 360].find((minutes) => minutes * room >= 46) || 720;
  const marks = [];
  for (let minute = span[0]; minute <= span[1]; minute += every) {
    const mark = make("span", "", wallOf(minute));
    mark.style.left = place(minute) + "%";
    marks.push(mark);
  }
  byId("hours").replaceChildren(...marks);
}

function refresh() {
  const team = byId("team").value, queue = byId("queue").value, find = byId("find").value.trim().toLowerCase();
  const people = picture.rows.filter((row) => (!team || row.team === team) && (!queue || row.skills.includes(queue)) && (!find || row.name.toLowerCase().includes(find) || row.id.toLowerCase().includes(find)));
  shown = [];
  let last = null;
  for (const row of people) {
    if (row.team !== last) {
      last = row.team;
      shown.push({ team: last, count: people.filter((each) => each.team === last).length });
    }
    shown.push({ row });
  }
  rendered.clear();
  const body = make("div");
  body.style.height = shown.length * ROW + "px";
  body.style.position = "relative";
  gantt.replaceChildren(body);
  gantt.body = body;
  gantt.setAttribute("aria-rowcount", shown.length);
  if (!people.length) body.append(make("p", "soft", say.nobody));
  paint();
}

function paint() {
  if (!gantt.body) return;
  const first = Math.max(0, Math.floor(gantt.scrollTop / ROW) - 6), last = Math.min(shown.length, Math.ceil((gantt.scrollTop + gantt.clientHeight) / ROW) + 6);
  for (const [index, element] of rendered) if (index < first || index >= last) { element.remove(); rendered.delete(index); }
  const fresh = document.createDocumentFragment();
  for (let index = first; index < last; index++) {
    if (rendered.has(index)) continue;
    const element = shown[index].row ? personRow(shown[index].row) : teamRow(shown[index]);
    element.style.top = index * ROW + "px";
    element.setAttribute("aria-rowindex", index + 1);
    rendered.set(index, element);
    fresh.append(element);
  }
  gantt.body.append(fresh);
}

function teamRow(item) {
  const cell = make("span", "", item.team || "–", make("small", "", fill(say.people, { count: item.count })));
  cell.setAttribute("role", "rowheader");
  const row = make("div", "row team", cell);
  row.setAttribute("role", "row");
  return row;
}

function personRow(row) {
  const role = picture.legend.roles[row.role];
  const name = make(data.mayEdit ? "button" : "span", "who", row.name, make("small", "", role || row.id));
  name.title = row.name + " " + row.id;
  if (data.mayEdit) {
    name.type = "button";
    name.addEventListener("click", () => openEdit(row));
  }
  const head = make("div", "", name);
  head.setAttribute("role", "rowheader");
  const track = make("div", "track", ...row.segments.map(segmentBox), ...stateBoxes(row.actual));
  track.setAttribute("role", "cell");
  const now = data.now - picture.begin;
  if (now > span[0] && now < span[1]) {
    const mark = make("i", "now");
    mark.style.left = place(now) + "%";
    track.append(mark);
  }
  const line = make("div", "row" + (role ? " lead" : "") + (row.id === data.agent ? " found" : ""), head, track);
  line.setAttribute("role", "row");
  return line;
}

function segmentBox([activity, queue, from, minutes]) {
  const known = picture.legend.activities[activity], served = queue >= 0 ? queueOf(queue) : null;
  const colour = known.key === "work" && served ? served : known;
  const left = Math.max(place(from), 0), right = Math.min(place(from + minutes), 100);
  const text = served ? served.name : known.name;
  const box = make("span", "segment " + known.key, minutes >= 45 ? text : "");
  box.style.left = left + "%";
  box.style.width = right - left + "%";
  box.style.backgroundColor = colour.fill;
  box.style.color = colour.text;
  box.title = `${wallOf(from)}–${wallOf(from + minutes)} ${served ? bracketed(known.name, served.name) : known.name}`;
  return box;
}

const queueNames = () => (picture.queues.length ? picture.queues.map((each) => each.queue) : picture.legend.queues.map((each) => each.name));
const queueOf = (index) => picture.legend.queues.find((each) => each.name === queueNames()[index]) || { name: queueNames()[index], fill: "#B8C4D0", text: "#10202E" };

function stateBoxes(actual) {
  const boxes = [];
  const now = Math.min(data.now - picture.begin, span[1]);
  actual.forEach(([code, at], index) => {
    const until = index + 1 < actual.length ? actual[index + 1][1] : now;
    const key = picture.state_keys[code];
    if (until <= at || until <= span[0] || key === "logged_out") return;
    const box = make("i", "state " + stateKind(key));
    box.style.left = Math.max(place(at), 0) + "%";
    box.style.width = Math.min(place(until), 100) - Math.max(place(at), 0) + "%";
    box.title = `${wallOf(at)}–${wallOf(until)} ${picture.states[code]}`;
    boxes.push(box);
  });
  return boxes;
}

function coverage() {
  const box = byId("coverage");
  if (!picture.queues.length) {
    box.replaceChildren(make("p", "soft", say.noNeed));
    return;
  }
  box.replaceChildren(...picture.queues.map(queueChart));
}

function queueChart(queue) {
  const first = Math.floor(span[0] / picture.step), last = Math.min(Math.ceil(span[1] / picture.step), queue.required.length);
  const need = queue.required.slice(first, last), have = queue.rostered.slice(first, last);
  const top = Math.max(1, ...need, ...have) * 1.08, width = (span[1] - span[0]) / picture.step;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${top}`, preserveAspectRatio: "none", role: "img", "aria-label": queue.queue });
  const steps = (values) => values.map((value, i) => `${i ? "L" : "M"}${i},${top - value}H${i + 1}`).join("");
  const area = (up, low) => up.map((value, i) => (value > low[i] ? `M${i},${top - low[i]}V${top - value}H${i + 1}V${top - low[i]}Z` : "")).join("");
  svg.append(draw("path", { class: "need", d: area(need, need.map(() => 0)) }), draw("path", { class: "lack", d: area(need, need.map((value, i) => Math.min(value, have[i]))) }), draw("path", { class: "edge", d: steps(need) }), draw("path", { class: "have", d: steps(have) }));
  const said = make("span", "said");
  const track = make("div", "track", svg, make("span", "top", String(Math.ceil(top / 1.08))), said);
  track.addEventListener("pointermove", (event) => {
    const bounds = track.getBoundingClientRect();
    const index = Math.floor(((event.clientX - bounds.left) / bounds.width) * width);
    if (index < 0 || index >= need.length) return;
    said.textContent = `${wallOf((first + index) * picture.step)}  ${say.required} ${need[index]} · ${say.rostered} ${have[index]} · ${percent(queue.service_level[first + index])}`;
  });
  track.addEventListener("pointerleave", () => { said.textContent = ""; });
  const target = picture.legend.queues.find((each) => each.name === queue.queue);
  const missed = target && queue.day !== null && queue.day < target.target;
  const level = make("i", missed ? "bad-text" : "", `${percent(queue.day, 1)}${missed ? " ▼" : ""} / ${target ? percent(target.target) : "–"}`);
  level.title = say.level;
  return make("div", "queue", make("div", "label", make("b", "", queue.queue), level, make("i", "", `${number(queue.volume)} ${say.volume}`)), track);
}

function legend() {
  const used = new Set(picture.rows.flatMap((row) => row.segments.map((segment) => segment[0])));
  const items = [...picture.legend.queues, ...picture.legend.activities.filter((each, i) => used.has(i) && each.key !== "work")].map((each) => {
    const box = make("i");
    box.style.background = each.fill;
    return make("span", "", box, each.name);
  });
  if (picture.rows.some((row) => row.actual.length)) {
    for (const [kind, key] of [["on", "ready"], ["handling", "talking"], ["pause", "break"], ["other", "not_ready"]]) {
      items.push(make("span", "", make("i", "state " + kind), picture.states[picture.state_keys.indexOf(key)]));
    }
  }
  items.push(make("span", "", make("i", "key need"), say.required), make("span", "", make("i", "key have"), say.rostered));
  byId("legend").replaceChildren(...items);
}

function reveal(agent) {
  const index = shown.findIndex((item) => item.row && item.row.id === agent);
  if (index >= 0) gantt.scrollTop = index * ROW - 90;
}

start();
