// Change somebody's day: drag a pause or set times; the checker and the service answer before anything is saved.
let edit = null;

function openEdit(row) {
  const inside = row.segments.filter(([activity]) => !["leave", "standby", "off"].includes(picture.legend.activities[activity].key));
  edit = { row, segments: inside.map(([activity, queue, from, minutes]) => ({ activity, queue, from, to: from + minutes })) };
  byId("edit-title").textContent = fill(say.edit, { name: row.name });
  byId("edit-help").textContent = say.drag;
  byId("edit-reason").value = "";
  byId("edit-save").disabled = true;
  byId("edit-verdict").textContent = "";
  byId("edit").showModal();
  drawEdit();
}

function bounds() {
  return [Math.min(...edit.segments.map((each) => each.from)), Math.max(...edit.segments.map((each) => each.to))];
}

function drawEdit() {
  if (!edit.segments.length) {
    byId("edit-track").replaceChildren();
    byId("edit-rows").replaceChildren();
    return;
  }
  const [begin, end] = bounds();
  byId("edit-track").replaceChildren(...edit.segments.map((segment, index) => {
    const box = segmentBox([segment.activity, segment.queue, segment.from, segment.to - segment.from]);
    box.style.left = ((segment.from - begin) / (end - begin)) * 100 + "%";
    box.style.width = ((segment.to - segment.from) / (end - begin)) * 100 + "%";
    if (key(segment) !== "work") {
      box.classList.add("movable");
      box.addEventListener("pointerdown", (event) => drag(event, index, begin, end));
    }
    return box;
  }));
  const head = make("tr", "", ...[say.from, say.to, say.activity, say.queue, ""].map((text) => make("th", "", text)));
  byId("edit-rows").replaceChildren(make("thead", "", head), make("tbody", "", ...edit.segments.map(editRow)));
}

const key = (segment) => picture.legend.activities[segment.activity].key;
const minutesOf = (text, near) => {
  const [hour, minute] = text.split(":").map(Number);
  const later = hour * 60 + minute - (near + picture.begin + offsetAt(near)); // on the wall
  const found = near + later - Math.round(later / 1440) * 1440;
  return found + offsetAt(near) - offsetAt(found);
};

function editRow(segment, index) {
  const time = (name, label) => {
    const input = Object.assign(document.createElement("input"), { type: "time", value: wallOf(segment[name]), step: picture.step * 60 });
    input.setAttribute("aria-label", label);
    input.addEventListener("change", () => { setTime(index, name, minutesOf(input.value, segment[name])); });
    return make("td", "", input);
  };
  const activity = select(picture.legend.activities.map((each, i) => [i, each.name]).filter(([i]) => !["leave", "off", "standby"].includes(picture.legend.activities[i].key)), segment.activity, say.activity, (value) => { segment.activity = value; if (key(segment) !== "work" && key(segment) !== "overtime") segment.queue = -1; judgeEdit(); });
  const queue = select([[-1, "–"], ...queueNames().map((name, i) => [i, name])], segment.queue, say.queue, (value) => { segment.queue = value; judgeEdit(); });
  const buttons = make("td", "");
  if (key(segment) !== "work") {
    for (const [text, way, label] of [["◀", -1, say.earlier], ["▶", 1, say.later]]) {
      const button = Object.assign(make("button", "", text), { type: "button" });
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => { move(index, segment.from + way * picture.step); judgeEdit(); });
      buttons.append(button, " ");
    }
    const gone = Object.assign(make("button", "danger", "×"), { type: "button" });
    gone.setAttribute("aria-label", say.remove);
    gone.addEventListener("click", () => { takeOut(index); judgeEdit(); });
    buttons.append(gone);
  } else {
    const split = Object.assign(make("button", "", "+"), { type: "button" });
    split.setAttribute("aria-label", say.add);
    split.addEventListener("click", () => addPause(index));
    buttons.append(split);
  }
  return make("tr", "", time("from", say.from), time("to", say.to), make("td", "", activity), make("td", "", queue), buttons);
}

function select(pairs, chosen, label, change) {
  const box = make("select");
  box.setAttribute("aria-label", label);
  for (const [value, text] of pairs) box.append(Object.assign(make("option", "", text), { value: String(value), selected: value === chosen }));
  box.addEventListener("change", () => change(Number(box.value)));
  return box;
}

// A pause moves within the duty: the work around it closes behind it and opens before it.
function move(index, from) {
  const segment = edit.segments[index], length = segment.to - segment.from, [begin, end] = bounds();
  const target = Math.min(Math.max(from, begin), end - length);
  takeOut(index);
  const pieces = [];
  for (const each of edit.segments) {
    if (each.to <= target || each.from >= target + length) { pieces.push(each); continue; }
    if (each.from < target) pieces.push({ ...each, to: target });
    if (each.to > target + length) pieces.push({ ...each, from: target + length });
  }
  pieces.push({ ...segment, from: target, to: target + length });
  edit.segments = joined(pieces);
}

function takeOut(index) {
  const [gone] = edit.segments.splice(index, 1);
  const before = edit.segments[index - 1], after = edit.segments[index];
  if (before && before.to === gone.from) before.to = gone.to;
  else if (after && after.from === gone.to) after.from = gone.from;
  edit.segments = joined(edit.segments);
}

function joined(pieces) {
  const found = [];
  for (const each of pieces.sort((a, b) => a.from - b.from)) {
    const last = found[found.length - 1];
    if (last && last.to === each.from && last.activity === each.activity && last.queue === each.queue) last.to = each.to;
    else found.push({ ...each });
  }
  return found;
}

function setTime(index, name, value) {
  const segment = edit.segments[index];
  if (name === "from") {
    const before = edit.segments[index - 1];
    if (before && before.to === segment.from && value > before.from) before.to = value;
    segment.from = value;
  } else {
    const after = edit.segments[index + 1];
    if (after && after.from === segment.to && value < after.to) after.from = value;
    segment.to = value;
  }
  judgeEdit();
}

function addPause(index) {
  const segment = edit.segments[index], middle = Math.round((segment.from + segment.to) / 2 / picture.step) * picture.step;
  if (segment.to - segment.from < 3 * picture.step) return;
  const pause = picture.legend.activities.findIndex((each) => each.key === "break");
  edit.segments.splice(index, 1, { ...segment, to: middle }, { activity: pause, queue: -1, from: middle, to: middle + picture.step }, { ...segment, from: middle + picture.step });
  judgeEdit();
}

function drag(event, index, begin, end) {
  const box = event.target, track = byId("edit-track").getBoundingClientRect(), from = edit.segments[index].from, x = event.clientX;
  let target = from;
  box.setPointerCapture(event.pointerId);
  box.classList.add("dragged");
  const moved = (next) => {
    const minutes = ((next.clientX - x) / track.width) * (end - begin);
    target = Math.round((from + minutes) / picture.step) * picture.step;
    box.style.left = ((Math.min(Math.max(target, begin), end) - begin) / (end - begin)) * 100 + "%";
    box.textContent = wallOf(target);
  };
  box.addEventListener("pointermove", moved);
  box.addEventListener("pointerup", () => { move(index, target); judgeEdit(); }, { once: true });
}

const asBody = () => ({
  date: data.date, version: picture.version, reason: byId("edit-reason").value,
  lines: { [edit.row.id]: edit.segments.map((each) => ({ start: (each.from + picture.begin) * 60, end: (each.to + picture.begin) * 60, activity: key(each), queue: each.queue >= 0 ? queueNames()[each.queue] : "" })) },
});

let asked = 0;
async function judgeEdit() {
  drawEdit();
  const mine = ++asked, verdict = byId("edit-verdict");
  byId("edit-save").disabled = true;
  verdict.replaceChildren(make("span", "soft", say.checking));
  try {
    const said = await call("/rosters/edits/verdict", { method: "POST", body: asBody() });
    if (mine === asked) tellVerdict(said);
  } catch (error) {
    if (mine === asked) verdict.replaceChildren(make("span", "bad-text", error.message));
  }
}

function tellVerdict(said) {
  const parts = [];
  if (said.allowed) parts.push(make("span", "tag good", "✓ " + say.allowed));
  else parts.push(make("span", "tag bad", "✗ " + say.broken), make("ul", "", ...said.violations.map((each) => make("li", "", labelled(`${each.day} ${each.rule_name}`, each.told)))));
  const effect = said.effect;
  const levels = Object.entries(effect.touched_service_level);
  if (!levels.length) parts.push(make("p", "soft", say.unchanged));
  for (const [queue, level] of levels) {
    parts.push(make("p", level.after < level.before ? "bad-text" : "good-text", labelled(queue, `${say.level} ${percent(level.before, 1)} → ${percent(level.after, 1)}`)));
  }
  if (levels.length) parts.push(make("p", "soft", `${say.short} ${effect.short_hours > 0 ? "+" : ""}${number(effect.short_hours, 2)} · ${say.unit} ${effect.answered_in_time > 0 ? "+" : ""}${number(effect.answered_in_time, 1)}`));
  byId("edit-verdict").replaceChildren(...parts);
  byId("edit-save").disabled = !said.allowed;
}

byId("edit-cancel").addEventListener("click", () => byId("edit").close());
byId("edit-save").addEventListener("click", async () => {
  byId("edit-save").disabled = true;
  try {
    const said = await call("/rosters/edits", { method: "POST", body: asBody() });
    byId("edit-verdict").replaceChildren(make("span", "tag good", fill(say.saved, { version: said.saved })));
    location.href = `/day?date=${data.date}&agent=${encodeURIComponent(edit.row.id)}`;
  } catch (error) {
    byId("edit-verdict").replaceChildren(make("span", "bad-text", error.message));
  }
});
