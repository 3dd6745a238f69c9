// The list of columns: the buttons of a row move it without asking the server, its grip is dragged, and each
// move is said. The form sends the order that the rows have.

const list = document.querySelector("[data-columns]");
const said = document.querySelector("[data-columns-said]");
const rows = () => [...list.querySelectorAll("[data-column]")];
// The digits of the page's language.
const number = (value) => value.toLocaleString(document.documentElement.lang);

function say(row) {
  const words = {
    name: row.querySelector("[data-name]").textContent,
    place: number(rows().indexOf(row) + 1),
    count: number(rows().length),
  };
  said.textContent = list.dataset.moved.replace(/\{(\w+)\}/g, (all, key) => words[key] ?? all);
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("[name=move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("[data-column]");
  const beside = button.value.startsWith("up-") ? row.previousElementSibling : row.nextElementSibling;
  if (beside) {
    if (button.value.startsWith("up-")) beside.before(row);
    else beside.after(row);
    // A row that is moved loses the focus.
    button.focus();
  }
  say(row);
});

list.classList.add("is-draggable");
let dragged = null;

list.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  dragged = grip.closest("[data-column]");
  dragged.classList.add("is-dragged");
  grip.setPointerCapture(event.pointerId);
});

list.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const middle = (row) => {
    const { top, height } = row.getBoundingClientRect();
    return top + height / 2;
  };
  const { previousElementSibling: above, nextElementSibling: below } = dragged;
  if (above && event.clientY < middle(above)) above.before(dragged);
  else if (below && event.clientY > middle(below)) below.after(dragged);
});

for (const end of ["pointerup", "pointercancel"]) {
  list.addEventListener(end, () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    say(dragged);
    dragged = null;
  });
}
