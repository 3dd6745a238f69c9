// Sounds and notifications of the desktop for what is new, where the person has allowed them on this device,
// and these choices on the page of notifications. Loaded only when one of them is needed.

const KEY = `alerts:${document.body.dataset.person}`;
const choices = document.querySelectorAll("[data-alert]");
const icon = document.querySelector("link[rel=icon]")?.getAttribute("href");

// A browser may keep nothing for this site.
function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The choice holds until the page is left.
  }
}

const chosen = () => stored(KEY) ?? [];

// What is always sent, whatever somebody chose, counts as each of the kinds.
const isWanted = (way, kind) => chosen().some((name) => (kind ? name === `${way}:${kind}` : name.startsWith(`${way}:`)));

function sound() {
  const audio = new AudioContext();
  for (const [place, pitch] of [880, 1175].entries()) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.08;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + place * 0.15);
    tone.stop(audio.currentTime + place * 0.15 + 0.12);
  }
  setTimeout(() => audio.close(), 1000);
}

function notify({ title: heading, text, url }, newest) {
  if (window.Notification?.permission !== "granted") return;
  const shown = new Notification(heading, { body: text, tag: `bell-${newest}`, icon });
  shown.onclick = () => {
    window.focus();
    location.assign(url);
  };
}

// Of several open tabs one does it.
async function once(newest, act) {
  const shownKey = `${KEY}:newest`;
  const claim = () => {
    if ((stored(shownKey) ?? 0) >= newest) return;
    store(shownKey, newest);
    act();
  };
  await (navigator.locks ? navigator.locks.request(shownKey, claim) : claim());
}

// Does of `alert` what was allowed on this device.
export function show(alert, newest) {
  once(newest, () => {
    if (isWanted("sound", alert.kind)) sound();
    if (isWanted("desktop", alert.kind)) notify(alert, newest);
  });
}

// The choices, on the page of notifications.
async function choose(box) {
  if (box.checked && box.dataset.alert.startsWith("desktop:")) {
    const permission = await window.Notification?.requestPermission();
    document.querySelector("[data-alerts-blocked]").hidden = permission === "granted";
    if (permission !== "granted") box.checked = false;
  }
  if (box.checked && box.dataset.alert.startsWith("sound:")) sound();
  store(KEY, [...choices].filter(({ checked }) => checked).map(({ dataset }) => dataset.alert));
}

for (const box of choices) {
  box.checked = chosen().includes(box.dataset.alert);
  box.addEventListener("change", () => choose(box));
}
