// Keeps due badges true while the page stays open. The server says when a badge turns amber
// (data-soon-at), when it is due (datetime), from when to when nothing counts next (data-shuts-at,
// data-opens-at, and the words for it), and in <body> what time it is and the words to count on
// with. What closes by itself (data-closes) only counts down. Nothing here is announced.

const LANGUAGE = document.documentElement.lang;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SYMBOLS = { in_time: "clock", soon: "hourglass", over: "alert", closed_calendar: "moon" };
const WORDS = document.body.dataset;
const number = new Intl.NumberFormat(LANGUAGE);
// The clock of a computer may be wrong; the page came with the time of the server.
const AHEAD = Date.now() - Date.parse(WORDS.now);
let timer;

function inWords(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE);
  const [count, words] =
    minutes < 1 ? [Math.floor(milliseconds / SECOND), WORDS.seconds]
    : minutes < 60 ? [minutes, WORDS.minutes]
    : minutes <= 48 * 60 ? [Math.floor(minutes / 60), WORDS.hours]
    : [Math.floor(minutes / 60 / 24), WORDS.days];
  return words.replace("{count}", number.format(count));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function instantsOf(time) {
  const { soonAt, shutsAt, opensAt } = time.dataset;
  return [time.dateTime, soonAt, shutsAt, opensAt].map(Date.parse);
}

function kindAt(now, [due, soon, shuts, opens]) {
  if (now >= due) return "over";
  if (now >= shuts && now < opens) return "closed_calendar";
  return now >= soon ? "soon" : "in_time";
}

function turn(time, kind) {
  const badge = time.closest(".due");
  badge.classList.replace(`due-${time.dataset.due}`, `due-${kind}`);
  const use = badge.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${SYMBOLS[kind]}`));
  const word = badge.querySelector(".visually-hidden");
  const name = `word${kind.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())}`;
  if (word) word.textContent = `${WORDS[name]} `;
  time.dataset.due = kind;
}

function refreshDue(time, now) {
  const instants = instantsOf(time);
  const kind = kindAt(now, instants);
  const words = inWords(Math.abs(instants[0] - now));
  if (kind === "over") write(time, WORDS.over.replace("{time}", words));
  else write(time, kind === "closed_calendar" ? time.dataset.opens : words);
  if (kind !== time.dataset.due) turn(time, kind);
  return instants;
}

function refreshClose(time, now) {
  const closes = Date.parse(time.dateTime);
  write(time, now < closes ? WORDS.closes.replace("{time}", inWords(closes - now)) : WORDS.closing);
  return [closes];
}

// Again at the next instant that changes a badge; each second around one, else twice a minute.
function refreshAll() {
  const now = Date.now() - AHEAD;
  const dues = [...document.querySelectorAll("time[data-due]")];
  const closes = [...document.querySelectorAll("time[data-closes]")];
  const away = [
    ...dues.flatMap((time) => refreshDue(time, now)),
    ...closes.flatMap((time) => refreshClose(time, now)),
  ].map((at) => at - now);
  const isNear = away.some((left) => Math.abs(left) < MINUTE);
  const next = Math.min(...away.filter((left) => left > 0), isNear ? SECOND : MINUTE / 2);
  clearTimeout(timer);
  timer = setTimeout(refreshAll, next);
}

refreshAll();
// Timers stand still in a tab that slept or was left by "back".
document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
window.addEventListener("pageshow", refreshAll);
