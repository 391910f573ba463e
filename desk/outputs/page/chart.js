// A queue's coverage over a stretch of time: required as an area, rostered as a line, what is short filled in.
const SVG = "http://www.w3.org/2000/svg";

function chart(queue, day, from, to) {
  const first = Math.floor(from / data.step), last = Math.ceil(to / data.step);
  const need = queue.required.slice(first, last), have = queue.rostered.slice(first, last);
  const top = Math.max(1, ...need, ...have) * 1.08;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${last - first} ${top}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", queue.name);
  const short = need.map((value, i) => Math.min(value, have[i]));
  svg.append(path("need", area(need, need.map(() => 0), top)), path("lack", area(need, short, top)));
  svg.append(path("edge", steps(need, top)), path("have", steps(have, top)));
  const track = make("div", "track grid", svg, make("span", "top", String(Math.ceil(top / 1.08))));
  reader(track, (share) => describe(queue, first + Math.min(last - first - 1, Math.floor(share * (last - first)))));
  const share = queue.days[day];
  const met = share === null ? "" : share >= queue.target ? "met" : "missed";
  const label = make("div", "label", make("b", "", queue.name), make("span", met, queue.dayWords[day] + (met === "missed" ? " ▼" : "")));
  label.append(make("i", "", say.target + " " + queue.goal));
  return make("div", "queue", label, track);
}

function path(kind, d) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", kind);
  element.setAttribute("d", d);
  return element;
}

function steps(values, top) {
  return values.map((value, i) => `${i ? "L" : "M"}${i} ${top - value}H${i + 1}`).join("");
}

function area(high, low, top) {
  let d = "";
  high.forEach((value, i) => {
    if (value > low[i]) d += `M${i} ${top - value}H${i + 1}V${top - low[i]}H${i}Z`;
  });
  return d;
}

function describe(queue, interval) {
  const level = queue.level[interval];
  const parts = [clock(interval * data.step), say.required + " " + queue.required[interval], say.rostered + " " + queue.rostered[interval]];
  if (level >= 0) parts.push(say.level + " " + (level / 10).toFixed(0) + "%");
  return parts.join(" · ");
}

// Says what stands under the pointer, or under the finger.
function reader(track, words) {
  const said = make("output", "said"), cursor = make("span", "cursor");
  cursor.hidden = true;
  track.append(cursor, said);
  track.addEventListener("pointermove", (event) => {
    const box = track.getBoundingClientRect();
    const share = Math.min(0.9999, Math.max(0, (event.clientX - box.left) / box.width));
    cursor.hidden = false;
    cursor.style.left = 100 * share + "%";
    said.textContent = words(share);
  });
  track.addEventListener("pointerleave", () => {
    cursor.hidden = true;
    said.textContent = "";
  });
}
