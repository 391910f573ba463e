// How long until the next change.
const at = document.querySelector("time[data-at]");
const loaded = Date.now();
function count() {
  if (!at) return;
  const minutes = Math.round((Number(at.dataset.at) - data.now - (Date.now() - loaded) / 1000) / 60);
  byId("countdown").textContent = minutes >= 0 && minutes < 720 ? bracketed("", fill(data.words.minutes, { count: minutes })).trim() : "";
}
count();
setInterval(count, 20000);
