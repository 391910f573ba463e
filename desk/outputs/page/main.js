// What is shown, kept in the address so that back, reload and a link hold it: #day=2026-03-02&team=Team+1.
const wanted = { view: "month", day: 0, team: "", find: "" };

function read() {
  const said = new URLSearchParams(location.hash.slice(1));
  const number = data.days.findIndex((day) => day.date === said.get("day"));
  wanted.view = number >= 0 ? "day" : "month";
  if (number >= 0) wanted.day = number;
  wanted.team = data.teams.some((team) => team.name === said.get("team")) ? said.get("team") : "";
}

function go() {
  const said = new URLSearchParams();
  if (wanted.view === "day") said.set("day", data.days[wanted.day].date);
  if (wanted.team) said.set("team", wanted.team);
  location.hash = said.toString();
}

function draw() {
  document.body.className = wanted.view;
  byId("to-month").setAttribute("aria-pressed", String(wanted.view === "month"));
  byId("to-day").setAttribute("aria-pressed", String(wanted.view === "day"));
  byId("days").hidden = wanted.view !== "day";
  byId("day").value = String(wanted.day);
  byId("previous").disabled = wanted.day === 0;
  byId("next").disabled = wanted.day + 1 === data.days.length;
  byId("team").value = wanted.team;
  const parts = wanted.view === "day" ? dayView(wanted) : month(wanted, openDay);
  byId("main").replaceChildren(...parts);
}

function openDay(number) {
  wanted.view = "day";
  wanted.day = number;
  go();
}

function change(values) {
  Object.assign(wanted, values);
  go();
}

data.days.forEach((day, number) => byId("day").append(new Option(day.weekday + " " + day.full + (day.holiday ? " · " + day.holiday : ""), number)));
data.teams.forEach((team) => byId("team").append(new Option(team.name, team.name)));
const today = data.days.findIndex((day, number) => Date.now() / 60000 >= data.begin + day.start && Date.now() / 60000 < data.begin + dayEnd(number));
wanted.day = Math.max(0, today);

byId("to-month").addEventListener("click", () => change({ view: "month" }));
byId("to-day").addEventListener("click", () => change({ view: "day" }));
byId("previous").addEventListener("click", () => change({ day: Math.max(0, wanted.day - 1) }));
byId("next").addEventListener("click", () => change({ day: Math.min(data.days.length - 1, wanted.day + 1) }));
byId("day").addEventListener("change", (event) => change({ day: Number(event.target.value) }));
byId("team").addEventListener("change", (event) => change({ team: event.target.value }));
let typing = 0;
byId("find").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    wanted.find = event.target.value;
    draw();
  }, 150);
});
byId("main").addEventListener("click", (event) => {
  const cell = event.target.closest("td[data-day]");
  if (cell) openDay(Number(cell.dataset.day));
});
addEventListener("hashchange", () => {
  read();
  draw();
});
document.documentElement.style.setProperty("--days", data.days.length);
read();
draw();
