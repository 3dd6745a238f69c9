import { equal, open, settle, test } from "./harness.mjs";

const BELL = '<a data-bell data-newest="4" aria-label="Notifications"></a>';
const CHOICES = `<input type="checkbox" id="sound" data-alert="sound:new"><input type="checkbox" id="desktop" data-alert="desktop:new">
  <p data-alerts-blocked hidden>Blocked</p>`;
const ALERT = { kind: "new", title: "KT-1 · Down", text: "A ticket was opened", url: "/queue/KT-1/" };

// A page whose browser notes sounds and desktop notifications in place of making them.
async function start(html, { permission = "granted", allowed = [] } = {}) {
  const made = { sounds: 0, shown: [] };
  const before = (frame) => {
    frame.document.head.insertAdjacentHTML("beforeend", '<link rel="icon" href="/plain.svg">');
    frame.localStorage.setItem("alerts:7", JSON.stringify(allowed));
    frame.AudioContext = class {
      constructor() { made.sounds += 1; this.currentTime = 0; }
      createOscillator() { return { frequency: {}, connect: (next) => next, start() {}, stop() {} }; }
      createGain() { return { gain: {}, connect: (next) => next }; }
      close() {}
    };
    frame.Notification = class {
      static permission = permission;
      static requestPermission = async () => permission;
      constructor(heading, { body }) { made.shown.push(`${heading}: ${body}`); }
    };
    Object.defineProperty(frame.navigator, "locks", { value: undefined });
  };
  const page = await open(html, ["alerts.js", "bell-count.js"], { before, body: 'data-person="7"' });
  return Object.assign(page, { made });
}
async function tell(page, bell) {
  page.document.dispatchEvent(new page.window.CustomEvent("live", { detail: { bell } }));
  // The module of alerts is asked for, though it was loaded before.
  for (let turn = 0; turn < 5; turn += 1) await settle();
}

test("makes a sound and a notification only of kinds that were allowed, and once", async () => {
  const wanted = [
    [[], [0, 0]],
    [["sound:due"], [0, 0]],
    [["sound:new"], [1, 0]],
    [["desktop:new"], [0, 1]],
    [["sound:new", "desktop:new"], [1, 1]],
  ];
  for (const [place, [allowed, [sounds, shown]]] of wanted.entries()) {
    const page = await start(BELL, { allowed });
    const news = { count: "1", label: "", newest: 10 + place, alert: ALERT };
    await tell(page, news);
    await tell(page, news);

    equal([page.made.sounds, page.made.shown.length], [sounds, shown], allowed.join());
    if (shown) equal(page.made.shown, ["KT-1 · Down: A ticket was opened"]);
  }
});

test("what is always sent counts as each of the kinds", async () => {
  const page = await start(BELL, { allowed: ["sound:due"] });

  await tell(page, { count: "1", label: "", newest: 5, alert: { ...ALERT, kind: "" } });

  equal(page.made.sounds, 1);
});

test("a choice is kept on the device, and a sound shows what it is like", async () => {
  const page = await start(BELL + CHOICES);

  page.find("#sound").click();
  await settle();

  equal(page.made.sounds, 1);
  equal(JSON.parse(page.window.localStorage.getItem("alerts:7")), ["sound:new"]);
});

test("what the browser refuses cannot be chosen", async () => {
  const page = await start(BELL + CHOICES, { permission: "denied" });

  page.find("#desktop").click();
  await settle();
  await settle();

  equal([page.find("#desktop").checked, page.find("[data-alerts-blocked]").hidden], [false, false]);
});
