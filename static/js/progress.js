// A page of work that goes on (data-progress="running") shows how far it is, until it is finished.

const EVERY = 2000;
// What has not come by then is asked for again, in milliseconds.
const PATIENCE = 10_000;
const place = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-progress]");
  if (!fresh) return;
  const isFinished = fresh.dataset.progress !== "running";
  const hasFocus = place.contains(document.activeElement);
  // Never under a hand; what is finished is shown all the same, and read from its heading.
  if (hasFocus && !isFinished) {
    place.querySelector(".bulk-progress")?.replaceWith(fresh.querySelector(".bulk-progress"));
    place.querySelector(".bulk-outcome")?.replaceWith(fresh.querySelector(".bulk-outcome"));
  } else place.replaceChildren(...fresh.childNodes);
  place.dataset.progress = fresh.dataset.progress;
  if (hasFocus && isFinished) {
    const heading = document.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
  }
}

async function go() {
  if (!document.hidden) await look().catch(() => {});
  if (place.dataset.progress === "running") setTimeout(go, EVERY);
}

if (place?.dataset.progress === "running") setTimeout(go, EVERY);
