// Bars of days, and lines of a day with their band: drawn in the page's own pixels so that text stays text.
function frame(box, top, label, role = "img") {
  const width = Math.max(box.clientWidth, 300), height = 230, left = 44, bottom = 24, right = 8, above = 14;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role, "aria-label": label });
  const y = (value) => above + (height - above - bottom) * (1 - value / top);
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    svg.append(draw("line", { class: "line", x1: left, x2: width - right, y1: y(top * share), y2: y(top * share) }), draw("text", { x: left - 5, y: y(top * share) + 4, "text-anchor": "end" }, number(top * share, top < 8 ? 1 : 0)));
  }
  return { svg, y, left, inner: width - left - right, base: y(0), height };
}

const niceTop = (values) => {
  const quarter = Math.max(1, ...values.filter((value) => value !== null)) * 1.03 / 4;
  const unit = 10 ** Math.floor(Math.log10(quarter));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * unit).find((each) => each >= quarter && (each >= 1 ? Number.isInteger(each) : true));
  return 4 * Math.max(step, 0.5);
};

function dayBars(box, days, expected, actual, chosen, labels, choose) {
  const top = niceTop([...expected, ...actual]), { svg, y, left, inner, base, height } = frame(box, top, labels.contacts, "group");
  const step = inner / days.length, every = Math.ceil(46 / step);
  days.forEach((day, i) => {
    const x = left + i * step;
    const bar = draw("rect", { class: "bar-expected" + (i === chosen ? " chosen" : ""), x: x + step * 0.1, width: step * 0.8, y: y(expected[i] || 0), height: base - y(expected[i] || 0) });
    const group = draw("a", { tabindex: "0", role: "button", "aria-label": labelled(day, listed(`${labels.expected} ${number(expected[i] || 0)}`, ...(actual[i] === null ? [] : [`${labels.actual} ${number(actual[i])}`]))) }, bar, draw("title", {}, labelled(day, `${number(expected[i] || 0)}${actual[i] === null ? "" : " / " + number(actual[i])}`)));
    group.addEventListener("click", () => choose(i));
    group.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(i); });
    svg.append(group);
    if (actual[i] !== null) svg.append(draw("line", { class: "mark", x1: x + step * 0.1, x2: x + step * 0.9, y1: y(actual[i]), y2: y(actual[i]) }));
    if (i % every === 0) svg.append(draw("text", { x: x + step / 2, y: height - 8, "text-anchor": "middle" }, day.slice(5)));
  });
  box.replaceChildren(svg);
}

function bandLines(box, starts, step, series, words) {
  const open = starts.map((_, i) => i).filter((i) => series.mean[i] !== null && (series.mean[i] > 0 || (series.actual[i] || 0) > 0));
  if (!open.length) { box.replaceChildren(); return; }
  const first = open[0], last = open[open.length - 1] + 1, cut = (values) => values.slice(first, last);
  const top = niceTop([...cut(series.q90 || series.mean), ...cut(series.actual)]), { svg, y, left, inner, height } = frame(box, top, words.contacts);
  const count = last - first, x = (i) => left + (i / count) * inner;
  const low = cut(series.q10 || series.mean), high = cut(series.q90 || series.mean), mid = cut(series.mean), came = cut(series.actual);
  const upper = high.map((value, i) => `${i ? "L" : "M"}${x(i)},${y(value || 0)}H${x(i + 1)}`).join(""), lower = low.map((value, i) => [i, value || 0]).reverse().map(([i, value]) => `L${x(i + 1)},${y(value)}H${x(i)}`).join("");
  svg.append(draw("path", { class: "band", d: upper + lower + "Z" }), draw("path", { class: "mid", d: stepsOf(mid, x, y) }), draw("path", { class: "real", d: stepsOf(came, x, y) }));
  hours(svg, starts.slice(first, last), x, height);
  told(box, svg, left, inner, count, (i) => `${clock(starts[first + i])}  ${words.expected} ${bracketed(number(mid[i] || 0, 1), `${number(low[i] || 0)}–${number(high[i] || 0)}`)}${came[i] === null ? "" : " · " + words.actual + " " + number(came[i])}`);
}

function needSteps(box, starts, required, words) {
  if (!required) { box.replaceChildren(); return; }
  const open = required.map((value, i) => [value, i]).filter(([value]) => value > 0).map(([, i]) => i);
  if (!open.length) { box.replaceChildren(); return; }
  const first = open[0], last = open[open.length - 1] + 1, need = required.slice(first, last);
  const { svg, y, left, inner, base, height } = frame(box, niceTop(need), words.agents);
  const x = (i) => left + (i / need.length) * inner;
  svg.append(draw("path", { class: "need", d: need.map((value, i) => `M${x(i)},${base}V${y(value)}H${x(i + 1)}V${base}Z`).join("") }));
  hours(svg, starts.slice(first, last), x, height);
  told(box, svg, left, inner, need.length, (i) => `${clock(starts[first + i])}  ${words.required} ${need[i]}`);
}

function stepsOf(values, x, y) {
  let path = "", on = false;
  values.forEach((value, i) => {
    if (value === null) { on = false; return; }
    path += `${on ? "L" : "M"}${x(i)},${y(value)}H${x(i + 1)}`;
    on = true;
  });
  return path;
}

function hours(svg, starts, x, height) {
  starts.forEach((minute, i) => {
    if (minute % 120 === 0) svg.append(draw("text", { x: x(i), y: height - 8, "text-anchor": "middle" }, clock(minute)));
  });
}

function told(box, svg, left, inner, count, text) {
  const said = make("span", "said");
  svg.addEventListener("pointermove", (event) => {
    const bounds = svg.getBoundingClientRect();
    const i = Math.floor((((event.clientX - bounds.left) / bounds.width) * (left + inner + 8) - left) / inner * count);
    said.textContent = i >= 0 && i < count ? text(i) : "";
  });
  svg.addEventListener("pointerleave", () => { said.textContent = ""; });
  box.replaceChildren(svg, said);
}

// A job's progress, until it ends.
async function follow(job, show) {
  let state = job;
  while (state.state === "waiting" || state.state === "running") {
    show(state);
    await new Promise((next) => setTimeout(next, 700));
    state = await call("/jobs/" + state.job);
  }
  show(state);
  return state;
}
