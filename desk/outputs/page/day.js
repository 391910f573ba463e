// The day: everybody who is there as a line of segments, by team and start; coverage of each queue under it.
function dayView(wanted) {
  const begin = data.days[wanted.day].start, end = dayEnd(wanted.day);
  const lines = [];
  for (const person of everybody) {
    const segments = present(person, wanted.day, begin, end);
    if (segments.length) lines.push({ person, segments });
  }
  const [from, to] = stretch(lines, begin, end);
  const shown = lines.filter(({ person }) => isFor(person, wanted));
  const parts = [hours(from, to)];
  for (const team of data.teams) {
    const mine = shown.filter(({ person }) => person.team === team);
    mine.sort((a, b) => a.segments[0].from - b.segments[0].from);
    if (mine.length) parts.push(make("h2", "", team.name, make("small", "", String(mine.length))), ...mine.map((each) => line(each, from, to)));
  }
  if (!shown.length) parts.push(make("p", "empty", say.nobody));
  if (data.queues.length) parts.push(coverage(wanted.day, from, to));
  document.documentElement.style.setProperty("--hour", (100 * 60) / (to - from) + "%");
  const seen = new Set(shown.flatMap(({ segments }) => segments.map((segment) => segment.activity)));
  legend([...data.queues, ...data.activities.filter((activity) => activity.key !== "work" && seen.has(activity))]);
  return parts;
}

function present(person, day, begin, end) {
  return person.entries
    .filter((each) => each.day >= day - 1 && each.day <= day)
    .flatMap((each) => each.segments)
    .filter((segment) => segment.from < end && segment.to > begin)
    .sort((a, b) => a.from - b.from);
}

// From the first hour in which anything is to the last; whole-day leave alone says nothing about hours.
function stretch(lines, begin, end) {
  let low = end, high = begin;
  for (const { segments } of lines) {
    for (const segment of segments) {
      if (isWholeDay(segment)) continue;
      low = Math.min(low, segment.from);
      high = Math.max(high, segment.to);
    }
  }
  for (let minute = begin; minute < end; minute += data.step) {
    if (data.queues.some((queue) => queue.required[minute / data.step] > 0)) {
      low = Math.min(low, minute);
      high = Math.max(high, minute + data.step);
    }
  }
  if (low >= high) return [begin, end];
  const from = begin + Math.floor((Math.max(low, begin) - begin) / 60) * 60;
  return [from, Math.min(end, begin + Math.ceil((Math.min(high, end) - begin) / 60) * 60)];
}

function hours(from, to) {
  const track = make("div", "track");
  for (let minute = from; minute <= to; minute += 60) {
    const label = make("span", "", clock(minute).slice(0, 2));
    label.style.left = (100 * (minute - from)) / (to - from) + "%";
    track.append(label);
  }
  const row = make("div", "hours", make("span"), track);
  row.style.top = byId("head").offsetHeight - 1 + "px";
  return row;
}

function line({ person, segments }, from, to) {
  const track = make("div", "track grid");
  segments.forEach((segment, i) => {
    const box = make("div", "segment " + segment.activity.key);
    if (segment.from >= from && (!i || segments[i - 1].to !== segment.from)) box.classList.add("first");
    if (segment.to <= to && (i + 1 === segments.length || segments[i + 1].from !== segment.to)) box.classList.add("last");
    const colour = segment.activity.key === "work" && segment.queue ? segment.queue : segment.activity;
    box.style.backgroundColor = colour.fill;
    box.style.color = colour.text;
    const left = Math.max(segment.from, from), right = Math.min(segment.to, to);
    box.style.left = (100 * (left - from)) / (to - from) + "%";
    box.style.width = (100 * (right - left)) / (to - from) + "%";
    if (right - left > 0.03 * (to - from)) box.append(colour.name);
    box.title = person.name + "\n" + told(segment);
    track.append(box);
  });
  const name = make("button", "", person.name);
  name.type = "button";
  name.title = [person.name, person.id, person.role].filter(Boolean).join(" · ");
  name.setAttribute("aria-expanded", "false");
  const row = make("div", "line" + (person.role ? " lead" : ""), name, track);
  row.addEventListener("click", () => course(row, name, person, segments));
  return row;
}

// A tap on a line spells it out: phones have no tooltips.
function course(row, name, person, segments) {
  const open = row.querySelector(".detail");
  name.setAttribute("aria-expanded", String(!open));
  row.classList.toggle("found", !open);
  if (open) return open.remove();
  const parts = segments.map((segment) => make("span", "", told(segment)));
  return row.append(make("div", "detail", make("span", "", name.title), ...parts));
}

function coverage(day, from, to) {
  const key = (kind, words) => [make("span", "key " + kind), words];
  const legendLine = make("small", "", ...key("need", say.required), ...key("have", say.rostered), ...key("lack", say.short));
  const box = make("details", "queues", make("summary", "", say.coverage, legendLine));
  box.open = true;
  box.append(...data.queues.map((queue) => chart(queue, day, from, to)));
  return box;
}
