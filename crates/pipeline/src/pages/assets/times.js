
// Times as people say them, kept right while a page is open: as `words.rs` says them, by the server's clock.
(() => {
  const offset = Date.parse(document.body.dataset.now) - Date.now() || 0;
  const two = (large, unit, small, smallUnit) => `${large} ${unit}` + (small ? ` ${small} ${smallUnit}` : "");
  const part = (seconds, of, most) => Math.floor(seconds / of) % most;
  const took = (seconds) => {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return two(part(seconds, 60, 60), "min", seconds % 60, "s");
    if (seconds < 86400) return two(part(seconds, 3600, 24), "h", part(seconds, 60, 60), "min");
    return two(Math.floor(seconds / 86400), "d", part(seconds, 3600, 24), "h");
  };
  const ago = (seconds) => {
    if (seconds < -60 || seconds >= 2592000) return; // It is a date, which stays.
    if (seconds < 10) return "just now";
    const [of, unit] = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].find(([of]) => seconds >= of);
    return `${Math.floor(seconds / of)} ${unit} ago`;
  };
  const say = (element, words) => {
    if (words && element.textContent !== words) element.textContent = words;
  };
  setInterval(() => {
    if (document.hidden) return;
    const seconds = (element) => Math.floor((Date.now() + offset - Date.parse(element.dateTime)) / 1000);
    for (const time of document.querySelectorAll("time.since")) say(time, took(Math.max(0, seconds(time))));
    for (const time of document.querySelectorAll("time.ago")) say(time, ago(seconds(time)));
    for (const bar of document.querySelectorAll("progress[data-since]")) {
      bar.value = Math.min(bar.max, Date.now() + offset - Date.parse(bar.dataset.since));
    }
  }, 1000);
})();
