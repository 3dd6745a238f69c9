// Asks the server every so often whether there is news for this page (data-live in <body>): one small
// conditional request, answered with 304 while all is as it was. What came is given to the page as the
// event "live". Slower in hidden tabs, ever more seldom while the server does not answer, and never
// again once the person is signed out, which the page then shows.

const { live, liveEvery, person } = document.body.dataset;
const EVERY = Number(liveEvery) * 1000;
const HIDDEN = 2.5;
const LONGEST = 5 * 60_000;
// A request without an answer by then has failed, in milliseconds.
const PATIENCE = 10_000;

class Live {
  constructor() {
    this.tag = null;
    // The newest of the bell that the page knows: what is newer comes with its text.
    this.newest = Number(document.querySelector("[data-bell]")?.dataset.newest ?? 0);
    this.failures = 0;
    this.asking = false;
    // Wanted at once while a request is under way: that one may have been answered before.
    this.askAgain = false;
    document.addEventListener("visibilitychange", () => this.plan(document.hidden ? this.pause() : 0));
    addEventListener("online", () => this.plan(0));
    // Brought back from memory, or woken: timers stood still.
    addEventListener("pageshow", (event) => event.persisted && this.plan(0));
    // A part of the page could not show what came: it is asked for again.
    document.addEventListener("live-missed", () => { this.tag = null; });
    // Another script wants to know at once.
    document.addEventListener("live-ask", () => this.plan(0));
    this.plan(this.pause());
  }

  // Pages that were opened together do not ask together.
  pause() {
    const usual = EVERY * (document.hidden ? HIDDEN : 1) * 2 ** this.failures;
    return Math.min(usual, LONGEST) * (0.9 + Math.random() / 5);
  }

  plan(pause) {
    clearTimeout(this.timer);
    if (!this.ended) this.timer = setTimeout(() => this.ask(), pause);
  }

  async ask() {
    if (this.asking) {
      this.askAgain = true;
      return;
    }
    this.asking = true;
    this.askAgain = false;
    const answer = await this.fetch().catch(() => null);
    await this.take(answer).catch(() => { this.failures += 1; });
    this.asking = false;
    this.plan(this.askAgain ? 0 : this.pause());
  }

  fetch() {
    const headers = this.tag ? { "If-None-Match": this.tag } : {};
    const signal = AbortSignal.timeout(PATIENCE);
    return fetch(`${live}?bell=${this.newest}`, { headers, signal, redirect: "manual" });
  }

  async take(answer) {
    if (!answer || answer.status >= 500 || answer.status === 429) {
      this.failures += 1;
      return;
    }
    this.failures = 0;
    if (answer.status === 304) return;
    if (answer.status !== 200) {
      this.end();
      return;
    }
    const news = await answer.json();
    // Somebody else has signed in on this browser.
    if (String(news.person) !== person) {
      this.end();
      return;
    }
    this.tag = answer.headers.get("ETag");
    this.newest = Math.max(this.newest, news.bell?.newest ?? 0);
    document.dispatchEvent(new CustomEvent("live", { detail: news }));
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    document.dispatchEvent(new Event("live-end"));
    const bar = document.querySelector("[data-news-bar]");
    if (!bar) return;
    const note = document.createElement("p");
    note.className = "toast-note";
    note.textContent = bar.dataset.gone;
    bar.replaceChildren(note);
  }
}

if (live) new Live();
