// The bell of an open page: its count, also in the tab's title and icon, and for what is new a sound and a
// notification of the desktop, where the person has allowed them on this device.

const bell = document.querySelector("[data-bell]");
const KEY = `alerts:${document.body.dataset.person}`;
const choices = document.querySelectorAll("[data-alert]");

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

function iconWith(text) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="none" stroke="#1d5dc9" stroke-width="2" d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-1A2.5 2.5 0 0 1 4 13.5z"/><circle cx="16" cy="8" r="8" fill="#c2261c"/><text x="16" y="12" text-anchor="middle" font-family="sans-serif" font-size="11" font-weight="700" fill="#fff">${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const title = document.title;
const icon = document.querySelector("link[rel=icon]");
const plainIcon = icon?.getAttribute("href");

function showInTab() {
  const count = bell.querySelector("[data-bell-count]")?.textContent ?? "";
  document.title = count ? `(${count}) ${title}` : title;
  icon?.setAttribute("href", count ? iconWith(count.length > 2 ? "+" : count) : plainIcon);
}

function showCount({ count, label }) {
  const shown = bell.querySelector("[data-bell-count]");
  if ((shown?.textContent ?? "") === count) return;
  shown?.remove();
  bell.setAttribute("aria-label", label);
  if (!count) return;
  const badge = document.createElement("span");
  badge.className = "bell-count";
  badge.dataset.bellCount = "";
  badge.setAttribute("aria-hidden", "true");
  badge.textContent = count;
  bell.append(badge);
}

// Two short tones. A page that nobody has touched yet may not sound: then it stays silent.
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
  const shown = new Notification(heading, { body: text, tag: `bell-${newest}`, icon: plainIcon });
  shown.onclick = () => {
    window.focus();
    location.assign(url);
  };
}

// Of several open tabs one does it.
async function once(newest, act) {
  const told = `${KEY}:newest`;
  const claim = () => {
    if ((stored(told) ?? 0) >= newest) return;
    store(told, newest);
    act();
  };
  await (navigator.locks ? navigator.locks.request(told, claim) : claim());
}

function take(news) {
  showCount(news);
  const { alert, newest } = news;
  if (!alert) return;
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

if (bell) {
  showInTab();
  new MutationObserver(showInTab).observe(bell, { childList: true, subtree: true, characterData: true });
  document.addEventListener("live", ({ detail }) => detail.bell && take(detail.bell));
}
