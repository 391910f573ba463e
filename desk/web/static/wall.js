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
    make("small", "", `${say.today} ${shareWords(queue.service_level)} · ${say.target} ${shareWords(queue.target)} / ${queue.within_s} s · ${say.now} ${shareWords(queue.rolling)} · ${say.projected} ${shareWords(queue.projected)}`),
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

function showProposals() {
  byId("proposals-box").hidden = !wall.proposals.length;
  byId("proposals").replaceChildren(...wall.proposals.map((proposal) => {
    const row = make("li", "", make("span", "sign", "→"), make("span", "", proposal.text), make("span", "", proposal.gain || ""));
    if (proposal.why) row.append(make("small", "soft", proposal.why));
    if (data.mayDecide) {
      const act = make("span", "act");
      for (const [what, kind] of [["accept", "main"], ["refuse", ""]]) {
        const button = Object.assign(make("button", kind, say[what]), { type: "button" });
        button.addEventListener("click", async () => {
          for (const each of act.children) each.disabled = true;
          try {
            await call(`/proposals/${encodeURIComponent(proposal.id)}/${what}`, { method: "POST", body: { reason: "" } });
            row.remove();
          } catch (error) {
            act.replaceChildren(make("span", "bad-text", error.message));
          }
        });
        act.append(button);
      }
      row.append(act);
    }
    return row;
  }));
}

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
