// The member's list. A link that changes it is sent to the server too, so that the list is found
// again as it was left; and the question before closing names the ticket of the row.

const form = document.querySelector("[data-keep-form]");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-keep] a[href^='?']");
  if (!link || !form) return;
  const body = new URLSearchParams({
    view: link.search,
    csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
  });
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
});

// Before dialogs.js opens it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-close-of]");
  if (!link) return;
  const dialog = document.getElementById(link.dataset.dialog);
  dialog.querySelector("h2 bdi").textContent = link.dataset.closeOf;
  const title = dialog.querySelector("[data-title]");
  title.textContent = link.dataset.title;
  title.dir = link.dataset.direction ?? "auto";
  dialog.querySelector("form").action = link.pathname;
  // In a menu, which closes, the focus goes back to what opened it.
  const opener = link.closest("details")?.querySelector("summary") ?? link;
  dialog.addEventListener("close", () => opener.focus(), { once: true });
}, { capture: true });
