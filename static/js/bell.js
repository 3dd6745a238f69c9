// Marks what is new of a ticket as read once its page is really in front of somebody.

const form = document.querySelector("[data-marks-read]");
let isSent = false;

function lower() {
  const count = document.querySelector("[data-bell-count]");
  if (!count || !("known" in form.dataset)) return;
  const { left } = form.dataset;
  const bell = count.closest("[data-bell]");
  bell.setAttribute("aria-label", left ? bell.getAttribute("aria-label").replace(count.textContent, left) : bell.dataset.labelNone);
  if (left) count.textContent = left;
  else count.remove();
}

function send() {
  if (document.hidden || isSent) return;
  isSent = true;
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true, redirect: "manual" })
    // A redirect that is not followed is the answer of success.
    .then((answer) => { if (answer.ok || answer.type === "opaqueredirect") lower(); })
    .catch(() => { isSent = false; });
}

if (form) {
  send();
  document.addEventListener("visibilitychange", send);
}
