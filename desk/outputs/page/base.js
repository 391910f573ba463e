// What every view uses: the data, elements made without markup (so that no name is ever read as one), the clock.
const data = JSON.parse(document.getElementById("data").textContent);
const say = data.words;
const byId = (id) => document.getElementById(id);
const bracketed = (name, text) => (document.documentElement.lang.startsWith("zh") ? `${name}（${text}）` : `${name} (${text})`);

function make(tag, kind, ...children) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(...children);
  return element;
}

// Wall clock of a minute counted from the horizon's begin.
function clock(minute) {
  let east = 0;
  for (const [from, offset] of data.offsets) if (minute >= from || from === 0) east = offset;
  const wall = (((data.begin + minute + east) % 1440) + 1440) % 1440;
  return String(Math.floor(wall / 60)).padStart(2, "0") + ":" + String(wall % 60).padStart(2, "0");
}

const span = (from, to) => clock(from) + "–" + clock(to);
const dayEnd = (day) => (day + 1 < data.days.length ? data.days[day + 1].start : data.end);

// An entry's code (see data.py) as what it means.
function entry(code) {
  const [day, kind, shift, start] = code;
  const segments = [];
  let at = data.days[day].start + start;
  const from = at;
  let to = at;
  for (let i = 4; i < code.length; i += 3) {
    const next = at + code[i + 2];
    if (code[i] >= 0) segments.push({ activity: data.activities[code[i]], queue: data.queues[code[i + 1]], from: at, to: next });
    at = next;
    to = Math.max(to, next);
  }
  return { day, kind, from, to, segments, shift: data.shifts[shift] };
}

const everybody = data.teams.flatMap((team) => team.rows.map((row) => ({ ...row, team, entries: row.entries.map(entry) })));
const DUTY = 0;
const isWholeDay = ({ from, to }) => to - from >= 1380;

function isFor(person, wanted) {
  if (wanted.team && person.team.name !== wanted.team) return false;
  const find = wanted.find.trim().toLowerCase();
  return !find || person.name.toLowerCase().includes(find) || person.id.toLowerCase().includes(find);
}

// "08:30–11:30 Work (billing)"
function told(segment) {
  const what = segment.queue ? bracketed(segment.activity.name, segment.queue.name) : segment.activity.name;
  return isWholeDay(segment) ? what : span(segment.from, segment.to) + " " + what;
}

function legend(items) {
  byId("foot").replaceChildren(...items.map(({ name, fill }) => {
    const box = make("i");
    box.style.background = fill;
    return make("span", "", box, name);
  }));
}
