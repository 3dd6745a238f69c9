// The bell of an open page: its count, also in the tab's title and icon. What is new may also make a sound or
// a notification of the desktop (alerts.js).

const bell = document.querySelector("[data-bell]");

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
async function take(news) {
  showCount(news);
  if (!news.alert) return;
  const { show } = await import("./alerts.js");
  show(news.alert, news.newest);
}

if (document.querySelector("[data-alert]")) import("./alerts.js");

if (bell) {
  showInTab();
  new MutationObserver(showInTab).observe(bell, { childList: true, subtree: true, characterData: true });
  document.addEventListener("live", ({ detail }) => detail.bell && take(detail.bell));
}
