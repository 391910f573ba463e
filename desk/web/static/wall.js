// The wall: the picture comes as server-sent events; waits and durations count on by themselves in between.
let wall = null, skew = 0, shownChange = -1;
const now = () => Date.now() + skew;

function connect() {
  const source = new EventSource("/api/v1/live/stream");
  source.onmessage = (message) => {
    wall = JSON.parse(message.data);
    skew = wall.now - Date.now();
    window.paibanChange = wall.change;
    show();
  };
  source.onerror = () => tell(say.lost);
}

function tell(text) {
  byId("state").hidden = !text;
  byId("state").textContent = text;
}

function show() {
  if (wall.live) tell("");
  else tell(wall.written ? fill(say.stale, { time: new Date(wall.written).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: data.zone }) }) : say.never);
  byId("queues").replaceChildren(...wall.queues.map(queueCard));
  byId("out-box").hidden = !data.people;
  if (data.people) byId("out").replaceChildren(...(wall.out.length ? wall.out.map(outRow) : [make("li", "soft", say.nobodyOut)]));
  byId("alerts").replaceChildren(...(wall.alerts.length ? wall.alerts.map(alertRow) : [make("li", "soft", say.quiet)]));
  if (wall.proposals) showProposals();
  tick();
}

const shareWords = (share) => (share === null ? "–" : Math.round(share * 100) + "%");

function queueCard(queue) {
  const level = queue.service_level === null ? queue.projected : queue.service_level;
  const missed = queue.service_level !== null && queue.service_level < queue.target;
  const lacking = queue.required !== null && queue.there !== null ? queue.required - queue.there : 0;
  const mark = queue.service_level === null ? "" : missed ? "▼ " : "✓ ";
  const wait = make("b", "", "–");
  if (queue.oldest_since !== null) wait.dataset.since = queue.oldest_since;
  const meter = make("div", "meter", make("i"), make("u"));
  meter.firstChild.style.width = (level || 0) * 100 + "%";
  meter.lastChild.style.left = queue.target * 100 + "%";
  const staff = make("div", "staff", figure(queue.required, say.needed), figure(queue.rostered, say.rostered), figure(queue.there, say.there));
  if (queue.required !== null && queue.there !== null) staff.append(make("span", lacking > 0 ? "short" : "short ok", lacking > 0 ? "▼ " + fill(say.short, { count: lacking }) : "✓ " + say.enough));
  return make("article", "q" + (missed ? " bad" : queue.service_level === null ? "" : " fine"),
    make("header", "", make("h2", "", queue.queue), make("span", "mark", mark + shareWords(queue.service_level))),
    make("div", "big", make("div", "", make("b", "", queue.waiting === null ? "–" : String(queue.waiting)), make("small", "", say.waiting)), make("div", "", wait, make("small", "", say.oldest))),
    meter,
    make("small", "", `${say.today} ${shareWords(queue.service_level)} · ${say.target} ${shareWords(queue.target)} / ${fill(say.seconds, { count: queue.within_s })}`),
    make("small", "", `${say.now} ${shareWords(queue.rolling)} · ${say.projected} ${shareWords(queue.projected)}`),
    staff,
    make("small", "", `${fill(say.offered, { count: queue.offered ?? "–" })} · ${fill(say.abandoned, { count: queue.abandoned ?? "–" })}`));
}

function figure(value, name) {
  return make("span", "", make("b", "", value === null ? "–" : String(Math.round(value * 10) / 10)), make("small", "", name));
}

function since(at) {
  const time = make("time", "");
  time.dataset.minutes = at;
  return time;
}

function outRow(row) {
  const what = row.type ? data.types[row.type] || row.type : "";
  const row_ = make("li", row.severity, make("span", "sign", row.severity === "severe" ? "‼" : row.severity ? "!" : "·"), make("span", "", make("b", "", row.name), what ? " " + what : ""), since(row.since));
  const parts = [row.team, fill(say.instead, { state: data.states[row.state] || row.state, activity: data.activities[row.activity] || row.activity || "–" })];
  if (row.points) parts.push(fill(say.points, { points: (row.points * 100).toFixed(1) }));
  row_.append(make("small", "soft", parts.filter(Boolean).join(" · ")));
  return row_;
}

function alertRow(alert) {
  return make("li", alert.severity, make("span", "sign", alert.severity === "severe" ? "‼" : "!"), make("span", "", alert.text), since(alert.since));
}

// What somebody is deciding upon stays as it is while new pictures come.
let deciding = 0;
const unfolded = new Set();
function showProposals() {
  byId("proposals-box").hidden = !wall.proposals.length && !data.mayDecide;
  if (deciding) return;
  byId("proposals").replaceChildren(...(wall.proposals.length ? wall.proposals.map(proposalRow) : [make("li", "soft", say.noProposals)]));
}

function proposalRow(proposal) {
  const row = make("li", "", make("span", "sign", "→"), make("span", "", ...proposal.moves.flatMap((move) => [make("b", "", move.text), make("small", "", ` ${move.approver}`), make("br")])), make("span", "", fill(say.wins, { count: (proposal.won > 0 ? "+" : "") + number(proposal.won, 1) })));
  const reasons = make("details", "soft", make("summary", "", say.reasons), make("ul", "", ...proposal.why.map((line) => make("li", "", line))));
  reasons.open = unfolded.has(proposal.number);
  reasons.addEventListener("toggle", () => unfolded[reasons.open ? "add" : "delete"](proposal.number));
  if (!data.mayDecide) {
    row.append(reasons);
    return row;
  }
  const act = make("span", "act"), yes = button(say.accept, "main"), no = button(say.refuse, ""), reason = make("input");
  reason.setAttribute("aria-label", say.why);
  reason.placeholder = say.why;
  reason.hidden = true;
  const send = async (path, body) => {
    for (const each of [yes, no]) each.disabled = true;
    try {
      await call(`/proposals/${proposal.number}/${path}`, { method: "POST", body });
      row.remove();
      deciding = 0;
    } catch (error) {
      act.append(make("span", "bad-text", error.message));
      for (const each of [yes, no]) each.disabled = false;
    }
  };
  yes.addEventListener("click", () => send("accept", {}));
  no.addEventListener("click", () => {
    deciding = proposal.number;
    if (!reason.hidden && reason.value.trim()) send("refuse", { reason: reason.value.trim() });
    reason.hidden = false;
    reason.focus();
  });
  reason.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { deciding = 0; showProposals(); }
    if (event.key === "Enter" && reason.value.trim()) send("refuse", { reason: reason.value.trim() });
  });
  act.append(yes, reason, no);
  row.append(act, reasons);
  return row;
}

function button(text, kind) {
  return Object.assign(make("button", kind, text), { type: "button" });
}

byId("look")?.addEventListener("click", async () => {
  byId("look").disabled = true;
  byId("looked").textContent = say.looking;
  try {
    const found = await call("/proposals", { method: "POST", body: {} });
    byId("looked").textContent = found.number ? "" : say.noMoves;
  } catch (error) {
    byId("looked").textContent = error.message;
  }
  byId("look").disabled = false;
});

function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.round((now() - Number(element.dataset.since)) / 1000));
    element.textContent = seconds < 600 ? Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0") : fill(say.minutes, { count: Math.floor(seconds / 60) });
  }
  for (const element of document.querySelectorAll("[data-minutes]")) element.textContent = fill(say.minutes, { count: Math.max(0, Math.floor((now() - Number(element.dataset.minutes)) / 60000)) });
  byId("clock").textContent = new Date(now()).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: data.zone });
}

setInterval(() => { if (wall) tick(); }, 1000);
connect();
