// Shows what is new on an open page of a ticket (data-news), list (data-rows) or board (data-live-parts)
// when live.js says that there is something. New messages and rows wait behind a button, so that nothing
// moves under a reader; numbers and where the ticket is are shown at once, but never under a hand.

// What has not come by then is asked for again, in milliseconds.
const PATIENCE = 10_000;
const number = new Intl.NumberFormat(document.documentElement.lang);
const bar = document.querySelector("[data-news-bar]");

const ask = (url, headers = {}) => fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
const partsOf = (html) => new DOMParser().parseFromString(html, "text/html");

function announce(text, act) {
  if (!text) {
    bar.replaceChildren();
    return;
  }
  const shown = bar.querySelector("button");
  if (shown?.textContent === text) {
    shown.onclick = act;
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-primary news-button";
  button.textContent = text;
  button.onclick = act;
  bar.replaceChildren(button);
}

function counted(count) {
  const { one, many } = bar.dataset;
  if (!count) return "";
  return count === 1 ? one : many.replace("{count}", number.format(count));
}

function goTo(element) {
  if (!element.matches("a")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
}

// The markup less what differs in every answer.
function essence(part) {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  return new XMLSerializer().serializeToString(copy).replace(/\s+/g, " ").trim();
}

// Never under a hand: what is open or has the focus stays until it is left. Gives whether it is shown.
function replacePart(part) {
  const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
  if (!old) return false;
  if (essence(old) === essence(part)) return true;
  if (old.contains(document.activeElement) || old.querySelector("details[open], dialog[open]")) return false;
  old.replaceChildren(...part.childNodes);
  return true;
}

// What the form has to say of the page that was in front of its writer, once that is shown.
function setFields(page, name) {
  for (const { name: field, value } of page.querySelectorAll(`[data-shown-by="${name}"]`)) {
    for (const input of document.querySelectorAll(`#composer [name="${field}"]`)) input.value = value;
  }
}

class Entries {
  constructor(place) {
    this.place = place;
    this.waiting = [];
  }

  get mark() {
    return this.place.dataset.seen;
  }

  async look() {
    const { news } = this.place.dataset;
    const answer = await ask(`${news}${news.includes("?") ? "&" : "?"}seen=${this.mark}`);
    if (answer.status === 200) this.take(partsOf(await answer.text()));
    return answer.ok;
  }

  take(page) {
    const seen = page.querySelector("[data-seen]");
    if (!seen) return;
    this.place.dataset.seen = seen.dataset.seen;
    for (const part of page.querySelectorAll("[data-part]")) {
      if (replacePart(part)) setFields(page, part.dataset.part);
    }
    const fresh = [...page.querySelector("[data-entries]").children];
    this.waiting = fresh.filter((entry) => !document.getElementById(entry.id));
    this.page = page;
    const count = this.waiting.filter((entry) => !entry.matches(".day")).length;
    if (!count) setFields(page, "entries");
    announce(counted(count), () => this.show());
    this.tell();
  }

  // For who is writing meanwhile (arrived.js).
  tell() {
    const detail = { entries: this.waiting, accept: () => setFields(this.page, "entries") };
    document.dispatchEvent(new CustomEvent("news-waiting", { detail }));
  }

  show() {
    const [first] = this.waiting.filter((entry) => !entry.matches(".day"));
    this.place.querySelector("#latest")?.remove(); // the newest brings its own
    this.place.querySelector("[data-entries]").append(...this.waiting);
    this.waiting = [];
    setFields(this.page, "entries");
    bar.replaceChildren();
    this.tell();
    goTo(first);
  }
}

const rowsOf = (page) => [...page.querySelectorAll("[data-rows] tbody tr:not(.group)")];
const keyOf = (row) => row.querySelector("a.id")?.getAttribute("href");

// A row less what only time changes in it.
function meaning(row) {
  const copy = row.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = time.getAttribute("datetime");
  for (const due of copy.querySelectorAll(".due")) due.replaceWith(due.querySelector("time")?.getAttribute("datetime") ?? "");
  for (const age of copy.querySelectorAll(".waits, .due-at")) age.remove();
  return copy.textContent.replace(/\s+/g, " ");
}

class Rows {
  constructor() {
    this.mark = document.body.dataset.liveMark;
    // That of the rows that came last: while they are the same the server sends none.
    this.rowsMark = "1";
    document.addEventListener("visibilitychange", () => this.isLate && look(this));
  }

  // Rows that nobody sees are fetched when somebody does. In a visible tab news is fetched at once, so that
  // no row is older than the time between two polls.
  async look(mark) {
    this.isLate = document.hidden;
    if (document.hidden) return true;
    const answer = await ask(location.href, { "X-Rows-Only": this.rowsMark });
    if (answer.status === 200) this.take(partsOf(await answer.text()));
    if (answer.status === 204 && mark) this.mark = mark;
    return answer.ok;
  }

  take(page) {
    const frame = page.querySelector("[data-live-mark]");
    if (!frame) return;
    this.mark = frame.dataset.liveMark;
    this.rowsMark = frame.dataset.rowsMark || "1";
    for (const part of page.querySelectorAll("[data-part]")) replacePart(part);
    const shown = new Map(rowsOf(document).map((row) => [keyOf(row), meaning(row)]));
    const rows = rowsOf(page);
    const fresh = rows.filter((row) => !shown.has(keyOf(row)));
    const before = [...shown].flat().join("\n");
    const isSame = before === rows.flatMap((row) => [keyOf(row), meaning(row)]).join("\n");
    const text = counted(fresh.length) || (isSame ? "" : bar.dataset.changed);
    announce(text, () => this.show(page, fresh[0]));
  }

  show(page, first) {
    const picked = [...document.querySelectorAll("[data-rows] input[name]:checked")].map(({ name, value }) => [name, value]);
    for (const place of page.querySelectorAll("[data-rows]")) {
      const old = document.querySelector(`[data-rows="${place.dataset.rows}"]`);
      old?.replaceChildren(...place.childNodes);
    }
    for (const input of document.querySelectorAll("[data-rows] input[type=checkbox]")) {
      if (picked.some(([name, value]) => name === input.name && value === input.value)) {
        input.checked = true;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    bar.replaceChildren();
    const link = first?.querySelector("a.title") ?? document.querySelector("[data-rows] a.title");
    if (link) goTo(link);
  }
}

// One at a time; news during a request may be newer than its answer. What could not be fetched is asked
// for again.
async function look(shown, mark) {
  shown.newest = mark;
  if (shown.isLooking) return;
  shown.isLooking = true;
  let isDone, asked;
  do {
    asked = shown.newest;
    isDone = await shown.look(asked).catch(() => false);
  } while (isDone && shown.newest !== asked && shown.newest !== shown.mark);
  shown.isLooking = false;
  if (!isDone) document.dispatchEvent(new Event("live-missed"));
}

const place = document.querySelector("[data-news]");
const shown = place ? new Entries(place) : document.querySelector("[data-rows], [data-live-parts]") ? new Rows() : null;

if (shown) {
  document.addEventListener("live", ({ detail }) => {
    if (detail.page !== shown.mark) look(shown, detail.page);
  });
}
