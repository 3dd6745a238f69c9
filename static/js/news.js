// Looks for news of the ticket of this page (data-news) while it is being looked at, seldom when
// nothing happens. What is new waits behind a button, so that nothing moves under a reader; the
// ticket's status is shown at once. Shows a note when the page may no longer be seen.

const SOONEST = 15_000;
const LATEST = 120_000;
const number = new Intl.NumberFormat(document.documentElement.lang);
const conversation = document.querySelector("[data-news]");

function partsOf(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

class News {
  constructor(place) {
    this.place = place;
    this.bar = document.querySelector("[data-news-bar]");
    this.waiting = [];
    this.pause = SOONEST;
    this.last = Date.now();
    document.addEventListener("visibilitychange", () => this.plan(document.hidden ? null : 0));
    place.addEventListener("focusin", () => this.hurry());
    this.plan(this.pause);
  }

  plan(pause) {
    clearTimeout(this.timer);
    if (pause === null || this.ended) return;
    this.timer = setTimeout(() => this.look(), pause);
  }

  hurry() {
    if (this.pause === SOONEST) return;
    this.pause = SOONEST;
    this.plan(Math.max(0, this.last + SOONEST - Date.now()));
  }

  async look() {
    if (document.hidden) return;
    this.last = Date.now();
    const url = `${this.place.dataset.news}?seen=${this.place.dataset.seen}`;
    const answer = await fetch(url).catch(() => null);
    this.pause = Math.min(this.pause * 1.4, LATEST);
    if (answer?.redirected || [401, 403, 404].includes(answer?.status)) {
      this.end();
    } else if (answer?.status === 200) {
      this.take(partsOf(await answer.text()));
    }
    this.plan(this.pause);
  }

  take(page) {
    const seen = page.querySelector("[data-seen]");
    if (!seen) return;
    this.place.dataset.seen = seen.dataset.seen;
    for (const part of page.querySelectorAll("[data-part]")) this.replace(part);
    const fresh = [...page.querySelector("[data-entries]").children];
    const before = this.waiting.length;
    this.waiting = fresh.filter((entry) => !document.getElementById(entry.id));
    if (this.waiting.length !== before) {
      this.pause = SOONEST;
      this.announce();
    }
  }

  // Never under a hand: what is open or has the focus stays until it is left.
  replace(part) {
    const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old || old.contains(document.activeElement) || old.querySelector("details[open]")) return;
    if (old.textContent.trim() !== part.textContent.trim()) old.replaceChildren(...part.childNodes);
  }

  announce() {
    const count = this.waiting.filter((entry) => !entry.matches(".day")).length;
    const { one, many } = this.bar.dataset;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-primary news-button";
    button.textContent = count === 1 ? one : many.replace("{count}", number.format(count));
    button.addEventListener("click", () => this.show());
    this.bar.replaceChildren(...(count ? [button] : []));
  }

  show() {
    const [first] = this.waiting.filter((entry) => !entry.matches(".day"));
    this.place.querySelector("#latest")?.remove(); // the newest brings its own
    this.place.querySelector("[data-entries]").append(...this.waiting);
    this.waiting = [];
    this.bar.replaceChildren();
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "center" });
  }

  end() {
    this.ended = true;
    const note = document.createElement("p");
    note.className = "toast-note";
    note.textContent = this.bar.dataset.gone;
    this.bar.replaceChildren(note);
  }
}

if (conversation) new News(conversation);
