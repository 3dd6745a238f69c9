// On an agent's page of a ticket (data-presence): says with each poll of live.js what its reader does here,
// and shows which colleagues read or write too.

const place = document.querySelector("[data-presence]");
const { body } = document;
// Who turns from one ticket to the next says nothing of those between.
const SETTLED = 2_000;
// Without a key for so long nobody writes any more.
const RESTING = 90_000;

let resting = null;
let isSettled = false;

const formOf = (field) => field.closest?.("#composer form[data-mode]");

function set(activity) {
  if (body.dataset.activity === activity) return;
  body.dataset.activity = activity;
  if (isSettled) document.dispatchEvent(new Event("live-ask"));
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

if (place) {
  set("view");
  setTimeout(() => {
    isSettled = true;
    document.dispatchEvent(new Event("live-ask"));
  }, SETTLED);
  document.addEventListener("input", ({ target }) => {
    if (target.matches("textarea") && formOf(target)) write(target);
  });
  document.addEventListener("live", ({ detail }) => show(detail.presence));
  document.addEventListener("live-end", () => show(null));
}
