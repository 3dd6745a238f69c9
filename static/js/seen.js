// Tells the server that the page of a ticket was read, once it is really in front of somebody.

const form = document.querySelector("[data-marks-seen]");
let marked = "";

function tell() {
  const { until } = form.elements;
  if (document.hidden || marked === until.value) return;
  marked = until.value;
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true, redirect: "manual" })
    .catch(() => { marked = ""; });
}

if (form) {
  tell();
  document.addEventListener("visibilitychange", tell);
  // What comes later brings its own moment into the field.
  new MutationObserver(tell).observe(form, { subtree: true, attributes: true, attributeFilter: ["value"] });
}
