// Selecting rows of the queue: all of the page by a box for that, a range with Shift, and how many
// there are; B goes from the rows to what is done with them. CSS shows the bar (.bulk-bar); without this script boxes and buttons do the same.

const form = document.querySelector("[data-bulk]");
const count = form.querySelector("[data-bulk-count]");
const number = new Intl.NumberFormat(document.documentElement.lang);
const boxes = () => [...form.querySelectorAll("[name=ticket]")];
const whole = form.querySelector("[name=whole]");
let last = null;

// Rows may have been replaced since (news.js).
function show() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  for (const page of form.querySelectorAll("[data-select-page]")) {
    page.checked = all.length > 0 && chosen === all.length;
    page.indeterminate = chosen > 0 && chosen < all.length;
  }
  if (!chosen && whole) whole.checked = false;
  const text = chosen === 1 ? count.dataset.one : count.dataset.many.replace("{count}", number.format(chosen));
  count.hidden = Boolean(whole?.checked);
  if (chosen && count.textContent !== text) count.textContent = text;
}

form.addEventListener("click", ({ target, shiftKey }) => {
  if (target.name !== "ticket") return;
  const all = boxes();
  const from = all.indexOf(last);
  if (shiftKey && from >= 0) {
    const [start, end] = [from, all.indexOf(target)].sort((a, b) => a - b);
    for (const box of all.slice(start, end + 1)) box.checked = target.checked;
  }
  last = target;
  show();
});

form.addEventListener("change", ({ target }) => {
  if (target.matches("[data-select-page]")) for (const box of boxes()) box.checked = target.checked;
  // The whole view is more than any row: without one of them it is not meant.
  if (target.name === "ticket" && !target.checked && whole) whole.checked = false;
  show();
});

const isTyping = (target) => target.matches?.("textarea, select, input:not([type=checkbox])");

document.addEventListener("keydown", (event) => {
  const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing);
  if (event.code !== "KeyB" || !isPlain || isTyping(event.target) || !("shortcuts" in document.body.dataset)) return;
  if (boxes().some((box) => box.checked)) form.querySelector("[aria-keyshortcuts=B]").focus();
});

form.addEventListener("reset", () => setTimeout(show));
addEventListener("pageshow", show);
show();
