// The month: only the rows in sight exist in the page, so that five hundred people scroll like fifty.
const ROW = 34, HEAD = 40;
const grid = byId("grid");
let picture = null, shown = [], marks = new Map(), changed = new Set();
const rendered = new Map();

async function start() {
  const query = data.query ? "?" + data.query : "";
  try {
    picture = await call("/rosters/month" + query);
  } catch (error) {
    grid.replaceChildren(make("p", "notice", error.message));
    return;
  }
  for (const row of picture.rows) row.byDay = byDay(row.entries);
  picture.means = means(picture.rows);
  options(byId("team"), [...new Set(picture.rows.map((row) => row.team))].filter(Boolean));
  options(byId("skill"), [...new Set(picture.rows.flatMap((row) => row.skills))].sort());
  options(byId("shift"), picture.legend.shifts.map((shift) => shift.name));
  for (const id of ["team", "skill", "shift", "find"]) byId(id).addEventListener("input", refresh);
  grid.addEventListener("scroll", () => requestAnimationFrame(paint), { passive: true });
  new ResizeObserver(() => paint()).observe(grid);
  refresh();
  performance.mark("month-painted");
  if (data.mayAll) later(query);
}

// What takes longer comes after the first paint: the checker's findings and what a draft changes.
async function later(query) {
  byId("checks").replaceChildren(make("span", "soft", say.wait));
  const found = await call("/rosters/checks" + query);
  for (const each of found.violations) {
    const key = each.agent + "|" + each.day;
    if (!marks.has(key)) marks.set(key, []);
    marks.get(key).push(each);
  }
  picture.level = found.service_level;
  picture.targets = found.targets;
  tellChecks(found.violations);
  refresh();
  if (picture.draft) tellDraft(await call(`/rosters/${picture.version}/differences`));
}

function byDay(entries) {
  const days = new Map();
  for (const entry of entries) {
    if (!days.has(entry[0])) days.set(entry[0], []);
    days.get(entry[0]).push(entry);
  }
  return days;
}

function means(rows) {
  const sums = new Map();
  for (const row of rows) {
    const peers = sums.get(row.role) || [0, 0, 0, 0];
    row.burdens.forEach((count, i) => { peers[i] += count; });
    peers[3] += 1;
    sums.set(row.role, peers);
  }
  return new Map([...sums].map(([role, [late, night, weekend, count]]) => [role, [late / count, night / count, weekend / count]]));
}

function options(select, names) {
  for (const name of names) {
    const option = make("option", "", name);
    option.value = name;
    select.append(option);
  }
}

function matches(row) {
  const team = byId("team").value, skill = byId("skill").value, shift = byId("shift").value;
  const find = byId("find").value.trim().toLowerCase();
  if (team && row.team !== team) return false;
  if (skill && !row.skills.includes(skill)) return false;
  if (shift && !row.entries.some((entry) => entry[1] === 0 && entry[2] >= 0 && picture.legend.shifts[entry[2]].name === shift)) return false;
  return !find || row.name.toLowerCase().includes(find) || row.id.toLowerCase().includes(find);
}

function refresh() {
  const people = picture.rows.filter(matches);
  shown = [];
  for (const [queue, level] of Object.entries(picture.level || {})) shown.push({ kind: "level", queue, level });
  let team = null;
  for (const row of people) {
    if (row.team !== team) {
      team = row.team;
      const mine = people.filter((each) => each.team === team);
      shown.push({ kind: "team", team, count: mine.length, counts: picture.days.map((_, day) => mine.filter((each) => (each.byDay.get(day) || []).some((entry) => entry[1] === 0)).length) });
    }
    shown.push({ kind: "person", row });
  }
  const narrow = matchMedia("(max-width: 700px)").matches;
  grid.style.setProperty("--columns", `${narrow ? "6.2rem" : "11rem"} repeat(${picture.days.length}, 3.3rem) 3.6rem 3.2rem 3.8rem 5.2rem`);
  rendered.clear();
  const body = make("div", "body");
  body.style.height = shown.length * ROW + "px";
  body.style.position = "relative";
  body.style.width = "max-content";
  const head = headRow();
  grid.replaceChildren(head, body);
  body.style.minWidth = head.offsetWidth + "px";
  grid.setAttribute("aria-rowcount", shown.length + 1);
  if (!people.length) body.append(make("p", "soft", say.nobody));
  grid.body = body;
  paint();
}

function paint() {
  if (!grid.body) return;
  const first = Math.max(0, Math.floor((grid.scrollTop - HEAD) / ROW) - 6);
  const last = Math.min(shown.length, Math.ceil((grid.scrollTop + grid.clientHeight) / ROW) + 6);
  for (const [index, element] of rendered) {
    if (index < first || index >= last) {
      element.remove();
      rendered.delete(index);
    }
  }
  const fresh = document.createDocumentFragment();
  for (let index = first; index < last; index++) {
    if (rendered.has(index)) continue;
    const element = rowOf(shown[index]);
    element.style.top = index * ROW + "px";
    element.setAttribute("aria-rowindex", index + 2);
    rendered.set(index, element);
    fresh.append(element);
  }
  grid.body.append(fresh);
}

function cell(kind, ...content) {
  const element = make("div", kind, ...content);
  element.setAttribute("role", "cell");
  return element;
}

function line(kind, ...cells) {
  const row = make("div", "row " + kind, ...cells);
  row.setAttribute("role", "row");
  return row;
}

function headRow() {
  const cells = picture.days.map((day) => {
    const link = make("a", "", day.weekday, make("small", "", day.short));
    link.href = "/day?date=" + day.date;
    link.title = day.holiday || say.day;
    const box = cell(day.free ? "free" : "", link);
    box.setAttribute("role", "columnheader");
    return box;
  });
  const sums = [say.hours, say.late, say.night, say.weekend].map((name) => {
    const box = cell("sum", name);
    box.setAttribute("role", "columnheader");
    return box;
  });
  const corner = cell("who", say.name);
  corner.setAttribute("role", "columnheader");
  return line("head", corner, ...cells, ...sums);
}

function rowOf(item) {
  if (item.kind === "level") {
    const target = picture.targets[item.queue];
    const cells = item.level.map((share, day) => cell((picture.days[day].free ? "free " : "") + (share === null ? "" : share >= target ? "met" : "missed"), percent(share)));
    return line("level", cell("who", item.queue, make("small", "", `${say.level} · ${say.target} ${percent(target)}`)), ...cells, cell("sum"), cell("sum"), cell("sum"), cell("sum"));
  }
  if (item.kind === "team") {
    const name = cell("who", item.team || "–", make("small", "", fill(say.people, { count: item.count })));
    return line("team counts", name, ...item.counts.map((count) => cell("", count ? String(count) : "")), cell("sum"), cell("sum"), cell("sum"), cell("sum"));
  }
  return personRow(item.row);
}

function personRow(row) {
  const role = picture.legend.roles[row.role];
  const name = cell("who", row.name, make("small", "", row.id + (role ? " · " + role : "")));
  name.title = row.name;
  name.setAttribute("role", "rowheader");
  const away = new Set(row.away);
  const cells = picture.days.map((day, number) => {
    const box = cell("cell" + (day.free ? " free" : "") + (away.has(number) ? " away" : "") + (changed.has(row.id + "|" + day.date) ? " changed" : ""));
    const found = marks.get(row.id + "|" + day.date) || [];
    const entries = row.byDay.get(number) || [];
    for (const entry of entries) box.append(entryBox(row, day, entry));
    if (found.length) {
      box.classList.add(found.some((each) => each.hard) ? "bad" : "weak");
      box.title = found.map((each) => labelled(each.rule_name, each.told)).join("\n");
    }
    return box;
  });
  const peers = picture.means.get(row.role);
  const sums = row.burdens.map((count, i) => {
    const box = cell("sum" + (count > peers[i] + 1.5 ? " high" : ""), count ? String(count) : "");
    box.title = labelled(say.peers, number(peers[i], 1));
    return box;
  });
  return line("person", name, ...cells, cell("sum", number(row.minutes / 60, row.minutes % 60 ? 1 : 0)), ...sums);
}

function entryBox(row, day, [, kind, shift, begin, minutes]) {
  const known = shift >= 0 ? picture.legend.shifts[shift] : null;
  const whole = minutes >= 1380;
  const name = kind === 1 ? say.leave : kind === 2 ? say.standby : known ? known.name : say.duty;
  const times = whole ? "" : clock(begin) + "–" + clock(begin + minutes);
  const box = make("a", "entry" + (kind === 0 && known ? "" : " plain") + (kind === 1 ? " leave" : ""), make("b", "", name), whole ? null : make("span", "", clock(begin)));
  const colour = known || picture.legend.activities.find((each) => each.key === (kind === 1 ? "leave" : "standby"));
  box.style.backgroundColor = colour.fill;
  box.style.color = colour.text;
  box.href = `/day?date=${day.date}&agent=${encodeURIComponent(row.id)}`;
  box.title = `${name} ${times}`;
  return box;
}

function tellChecks(violations) {
  const hard = violations.filter((each) => each.hard), soft = violations.filter((each) => !each.hard);
  const box = byId("checks");
  box.replaceChildren();
  if (!violations.length) box.append(make("span", "tag good", "✓ " + say.none));
  for (const [list, kind, text] of [[hard, "bad", say.hard], [soft, "warn", say.soft]]) {
    if (!list.length) continue;
    const counts = new Map();
    for (const each of list) counts.set(each.rule_name, (counts.get(each.rule_name) || 0) + 1);
    const title = make("summary", "", make("span", "tag " + kind, `${list.length} ${text}`), " ", [...counts].map(([rule, count]) => `${rule} ${count}`).join(" · "));
    const items = list.slice(0, 200).map((each) => make("li", "", labelled(`${each.day} ${each.agent || say.floor} ${each.rule_name}`, each.told)));
    if (list.length > 200) items.push(make("li", "", fill(say.more, { count: list.length - 200 })));
    box.append(make("details", "", title, make("ul", "", ...items)));
  }
}

function tellDraft(diff) {
  byId("draft").hidden = false;
  byId("changes").textContent = diff.changes.length ? fill(say.changed, { count: diff.changes.length }) : say.same;
  const rows = diff.changes.slice(0, 500).map((each) => make("tr", "", make("td", "", each.date), make("td", "", bracketed(each.name, each.agent)), make("td", "", each.before || "–"), make("td", "", each.after || "–")));
  const head = make("tr", "", ...[say.day, say.name, say.before, say.after].map((text) => make("th", "", text)));
  byId("diff").replaceChildren(make("table", "plain", make("thead", "", head), make("tbody", "", ...rows)));
  changed = new Set(diff.changes.map((each) => each.agent + "|" + each.date));
  refresh();
  const button = byId("publish");
  if (button) button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await call(`/rosters/${picture.version}/publish`, { method: "POST" });
      location.href = "/month?first=" + picture.first + "&days=" + picture.days.length;
    } catch (error) {
      byId("changes").textContent = error.message;
      button.disabled = false;
    }
  });
}

start();
