// A form marked data-once is sent once, however often its button is pressed. The server knows a
// second one by its key; this only spares the wait. Who stopped waiting for an answer may send again
// after a while. Ctrl+Enter in a text of such a form sends it.

const PATIENCE = 10_000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => {
    const state = form.querySelector("[data-slow-text]");
    if (state && form.dataset.sending) {
      state.textContent = state.dataset.slowText;
      state.classList.add("is-slow");
    }
    allowAgain(form);
  }, PATIENCE);
});

function allowAgain(form) {
  delete form.dataset.sending;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  if (!event.target.matches("[data-once] textarea")) return;
  event.preventDefault();
  const form = event.target.form;
  form.requestSubmit(form.querySelector("button.btn:not([type=button])"));
});

// A page that the browser brings back from memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sending]")) allowAgain(form);
});
