// The month: a table a team, people by days; service promised by queue and day above.
function month(wanted, open) {
  const people = everybody.filter((person) => isFor(person, wanted));
  const blocks = [promised(open)];
  for (const team of data.teams) {
    const rows = people.filter((person) => person.team === team);
    if (rows.length) blocks.push(teamBlock(team, rows, open));
  }
  if (!people.length) blocks.push(make("p", "empty", say.nobody));
  legend([...data.shifts, { name: say.leave, fill: "#dddddd" }]);
  return blocks;
}

function grid(open, last, rows, foot) {
  const table = make("table");
  const columns = make("colgroup", "", make("col", "name"), ...data.days.map(() => make("col", "cell")), make("col", "sum"));
  const head = make("tr", "", heading("who", ""));
  data.days.forEach((day, number) => {
    const button = make("button", "", make("b", "", day.weekday), day.short);
    button.type = "button";
    button.title = [day.full, day.holiday, say.dayOf].filter(Boolean).join(" · ");
    button.addEventListener("click", () => open(number));
    head.append(heading(day.free ? "free" : "", button));
  });
  head.append(heading("", last));
  table.append(columns, make("thead", "", head), make("tbody", "", ...rows));
  if (foot) table.append(make("tfoot", "", foot));
  return table;
}

function heading(kind, content) {
  const cell = make("th", kind, content);
  cell.scope = "col";
  return cell;
}

function who(name, under) {
  const cell = make("th", "who", name);
  cell.scope = "row";
  cell.title = name;
  if (under) cell.append(make("small", "", under));
  return cell;
}

function block(title, count, table, rows) {
  const section = make("section", "block", make("h2", "", title, make("small", "", count)), table);
  section.style.containIntrinsicSize = "auto " + (60 + rows * 42) + "px";
  return section;
}

function promised(open) {
  const rows = data.queues.map((queue) => {
    const row = make("tr", "", who(queue.name));
    queue.dayWords.forEach((words, day) => {
      const share = queue.days[day];
      const met = share === null ? "" : share >= queue.target ? "met" : "missed";
      row.append(make("td", met + (data.days[day].free ? " free" : ""), words + (met === "missed" ? " ▼" : "")));
    });
    row.append(make("td", "goal", queue.goal));
    return row;
  });
  return block(say.level, "", grid(open, say.target, rows), rows.length);
}

function teamBlock(team, people, open) {
  const counts = data.days.map(() => 0);
  const rows = people.map((person) => personRow(person, counts));
  const foot = make("tr", "", who(say.onDuty), ...counts.map((count) => make("td", "", String(count))), make("td"));
  return block(team.name, String(people.length), grid(open, say.hours, rows, foot), rows.length);
}

function personRow(person, counts) {
  const row = make("tr", "", who(person.name, [person.id, person.role].filter(Boolean).join(" · ")));
  const cells = data.days.map((day, number) => {
    const cell = make("td", day.free ? "free" : "");
    cell.dataset.day = number;
    return cell;
  });
  for (const number of person.away || []) {
    cells[number].classList.add("away");
    cells[number].append("×");
  }
  for (const each of person.entries) {
    cells[each.day].append(entryBox(each));
    if (each.kind === DUTY) counts[each.day] += 1;
  }
  row.append(...cells, make("td", "sum", person.hours));
  return row;
}

function entryBox(each) {
  const wholeDay = isWholeDay(each);
  const name = each.kind === DUTY ? (each.shift ? each.shift.name : say.duty) : each.segments[0].activity.name;
  const box = make("span", "entry", make("b", "", name));
  if (!wholeDay) box.append(make("span", "", clock(each.from)), make("span", "", clock(each.to)));
  const colour = each.kind === DUTY ? each.shift || data.noShift : each.segments[0].activity;
  box.style.backgroundColor = colour.fill;
  box.style.color = colour.text;
  if (wholeDay) box.classList.add("leave");
  else if (each.kind !== DUTY || !each.shift) box.classList.add("plain");
  box.title = each.segments.map((segment) => told(segment)).join("\n");
  return box;
}
