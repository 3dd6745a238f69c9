// On an agent's page of a ticket (data-presence, the address): tells the server what its reader does here, as
// often as live.js asks for news, and shows which colleagues read or write too.

const place = document.querySelector("[data-presence]");
const { body } = document;
// Who turns from one ticket to the next says nothing of those between.
const SETTLED = 2_000;
// Without a key for so long nobody writes any more.
const RESTING = 90_000;
const EVERY = Number(body.dataset.liveEvery) * 1000;
// Of this page alone: one person may have a ticket open in several windows.
const MARK = Math.random().toString(36).slice(2, 12);

let activity = "view";
let resting = null;
let next = null;
let isSettled = false;
let hasEnded = false;

const formOf = (field) => field.closest?.("#composer form[data-mode]");

function send(what, more) {
  const csrfmiddlewaretoken = document.querySelector("#composer [name=csrfmiddlewaretoken]").value;
  const sent = new URLSearchParams({ activity: what, page: MARK, csrfmiddlewaretoken });
  return fetch(place.dataset.presence, { method: "POST", body: sent, redirect: "manual", ...more }).catch(() => null);
}

// A hidden page says nothing: nobody looks at it.
async function say() {
  clearTimeout(next);
  if (hasEnded) return;
  next = setTimeout(say, EVERY);
  if (isSettled && !document.hidden) await send(activity);
}

function set(what) {
  if (activity === what) return;
  activity = what;
  say();
}

function write(field) {
  clearTimeout(resting);
  if (!field.value.trim()) {
    set("view");
    return;
  }
  set(formOf(field).dataset.mode === "note" ? "note" : "reply");
  resting = setTimeout(() => set("view"), RESTING);
}

function show(presence) {
  for (const line of place.querySelectorAll("[data-presence-line]")) {
    const text = presence?.[line.dataset.presenceLine] ?? "";
    const words = line.querySelector("bdi");
    if (words.textContent !== text) words.textContent = line.title = text;
    line.hidden = !text;
  }
}

function leave() {
  if (isSettled && !hasEnded) send("left", { keepalive: true });
}

if (place) {
  setTimeout(async () => {
    isSettled = true;
    await say();
    document.dispatchEvent(new Event("live-ask"));
  }, SETTLED);
  document.addEventListener("input", ({ target }) => {
    if (target.matches("textarea") && formOf(target)) write(target);
  });
  document.addEventListener("visibilitychange", say);
  addEventListener("pageshow", ({ persisted }) => persisted && say());
  addEventListener("pagehide", leave);
  document.addEventListener("live", ({ detail }) => show(detail.presence));
  document.addEventListener("live-end", () => {
    hasEnded = true;
    show(null);
  });
}
