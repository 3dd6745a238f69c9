// Keeps due badges true while the page stays open. The server says when a badge turns amber
// (data-soon-at), when it is due (datetime), and in <body> the words to count on with.

const LANGUAGE = document.documentElement.lang;
const MINUTE = 60_000;
const SYMBOLS = { in_time: "clock", soon: "hourglass", over: "alert" };
const WORDS = document.body.dataset;
const number = new Intl.NumberFormat(LANGUAGE);

function inWords(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE);
  const [count, words] =
    minutes < 1 ? [Math.floor(milliseconds / 1000), WORDS.seconds]
    : minutes < 60 ? [minutes, WORDS.minutes]
    : minutes <= 48 * 60 ? [Math.floor(minutes / 60), WORDS.hours]
    : [Math.floor(minutes / 60 / 24), WORDS.days];
  return words.replace("{count}", number.format(count));
}

function refresh(time, now) {
  const due = Date.parse(time.dateTime);
  const soonAt = Date.parse(time.dataset.soonAt);
  const kind = now >= due ? "over" : now >= soonAt ? "soon" : "in_time";
  const words = inWords(Math.abs(due - now));
  time.textContent = kind === "over" ? WORDS.over.replace("{time}", words) : words;
  if (kind === time.dataset.due) return;
  const badge = time.closest(".due");
  badge.classList.replace(`due-${time.dataset.due}`, `due-${kind}`);
  const use = badge.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${SYMBOLS[kind]}`));
  time.dataset.due = kind;
}

function refreshAll() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-due]")) refresh(time, now);
}

setInterval(refreshAll, MINUTE / 2);
document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
