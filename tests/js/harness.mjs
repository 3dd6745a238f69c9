// What the tests of static/js share: a page in a frame of its own, a clock that stands still, a server and a
// storage that can fail. Each test opens a fresh frame, so that a module starts from its beginning in each.

const tests = [];

export function test(name, body) {
  tests.push({ name, body });
}

export function equal(actual, expected, what = "") {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(value));
  if (left !== right) throw new Error(`${what ? `${what}: ` : ""}expected ${right}, got ${left}`);
}

export function ok(value, what = "expected something true") {
  if (!value) throw new Error(what);
}

// Lets everything run that waits for a promise or for an observer. A message, because nested timers wait 4 ms.
const { port1, port2 } = new MessageChannel();
export const settle = () =>
  new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });

// Time of a frame: timers run, in their order, only when a test lets time pass.
class Clock {
  constructor(frame, now) {
    this.now = now;
    this.timers = new Map();
    let last = 0;
    frame.setTimeout = (act, wait = 0) => {
      last += 1;
      this.timers.set(last, { act, at: this.now + wait });
      return last;
    };
    frame.clearTimeout = (id) => this.timers.delete(id);
    frame.Date.now = () => this.now;
  }

  async pass(milliseconds) {
    const until = this.now + milliseconds;
    await settle();
    for (;;) {
      const [next] = [...this.timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (!next) break;
      const [id, { act, at }] = next;
      this.timers.delete(id);
      this.now = Math.max(this.now, at);
      act();
      await settle();
    }
    this.now = until;
  }
}

export const answer = (status, body = "", { redirected = false } = {}) => {
  const made = new Response(status === 204 ? null : body, { status });
  // Reading a real body takes longer than `settle` waits.
  const read = { text: async () => body, json: async () => JSON.parse(body) };
  return Object.defineProperties(made, {
    redirected: { value: redirected },
    text: { value: read.text },
    json: { value: read.json },
  });
};

class Page {
  constructor(frame, now) {
    this.window = frame;
    this.document = frame.document;
    this.clock = new Clock(frame, now);
    this.requests = [];
    this.respond = () => answer(204);
    this.faults = [];
    // Sending a form would leave the page: it is noted, and goes nowhere.
    this.sent = [];
    frame.fetch = async (url, options = {}) => {
      this.requests.push({ url: String(url), ...options });
      return this.respond(String(url), options);
    };
    frame.addEventListener("error", (event) => this.faults.push(event.message));
    frame.addEventListener("unhandledrejection", (event) => this.faults.push(String(event.reason)));
    frame.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) this.sent.push(event.target);
      event.preventDefault();
    });
  }

  find(selector) {
    return this.document.querySelector(selector);
  }

  all(selector) {
    return [...this.document.querySelectorAll(selector)];
  }

  type(selector, value) {
    const field = this.find(selector);
    field.value = value;
    this.fire(field, "input");
  }

  fire(target, kind, values = {}) {
    const made = new this.window.Event(kind, { bubbles: true, cancelable: true });
    for (const [name, value] of Object.entries(values)) Object.defineProperty(made, name, { value });
    target.dispatchEvent(made);
    return made;
  }

  press(target, key, options = {}) {
    const made = new this.window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
    target.dispatchEvent(made);
    return made;
  }

  hide(isHidden) {
    Object.defineProperty(this.document, "hidden", { value: isHidden, configurable: true });
    this.fire(this.document, "visibilitychange");
  }

  // A device whose storage takes nothing more.
  fillStorage() {
    this.window.Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  }
}

// A browser that lets a site keep nothing throws already where the storage is named.
export function blockStorage(frame) {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(frame, name, {
      get() {
        throw new DOMException("blocked", "SecurityError");
      },
    });
  }
}

let opened = [];

// Opens a page with `html` in its body and runs modules of static/js in it, in the order of their names given.
// `before` changes the frame's window before they start.
export async function open(html, modules, { lang = "en", now = 0, before = () => {}, body = "" } = {}) {
  const frame = document.createElement("iframe");
  frame.srcdoc = `<!doctype html><html lang="${lang}"><body ${body}>${html}</body></html>`;
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    document.body.append(frame);
  });
  const page = new Page(frame.contentWindow, now);
  opened.push({ frame, page });
  await before(frame.contentWindow, page);
  for (const name of [modules].flat()) await load(page, name);
  await settle();
  return page;
}

function load(page, name) {
  const script = page.document.createElement("script");
  script.type = "module";
  script.src = `/static/js/${name}`;
  return new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${name} could not be loaded`)));
    page.document.head.append(script);
  });
}

// Runs all tests of the file and gives {name: what went wrong, or ""}.
export async function run() {
  const results = {};
  for (const { name, body } of tests) {
    localStorage.clear();
    sessionStorage.clear();
    try {
      await body();
      await settle();
      results[name] = opened.flatMap(({ page }) => page.faults).join("\n");
    } catch (fault) {
      results[name] = fault.stack ?? String(fault);
    }
    for (const { frame } of opened) frame.remove();
    opened = [];
  }
  return results;
}
