// In an internal note: after an @ the agents whose name or address fits are listed below the text. Arrows and
// Enter, or a press, choose one; Escape closes the list. The line below says who will be notified.

import { fold, holds } from "./folding.js";
import { Options } from "./options.js";

const below = document.querySelector("[data-mentions]");
const text = below.closest("form").querySelector("textarea");
const list = document.createElement("div");
list.className = "canned-options";
list.id = "mentions-list";
list.hidden = true;
list.setAttribute("role", "listbox");
below.before(list);
below.setAttribute("aria-live", "polite");
const options = new Options(text, list);
const TYPED = /(?:^|[^\w@.+-])@([^\s@]*)$/u;
const WRITTEN = /(?<![\w@.+-])@([A-Za-z0-9][\w.+-]*(?:@[\w-]+(?:\.[\w-]+)+)?)/g;
const MOST = 8;
const BETWEEN = document.documentElement.lang === "fa" ? "، " : ", ";
let people = [];
let notified = "";
let hint = "";
let asked = null;

function ask() {
  asked ??= fetch(below.dataset.mentions)
    .then((answer) => (answer.ok ? answer.json() : { people: [] }))
    .catch(() => ({ people: [] }))
    .then((found) => {
      people = found.people;
      notified = found.notified;
      hint = found.hint ?? "";
      list.setAttribute("aria-label", hint);
      if (!people.length) asked = null;
    });
  return asked;
}

function close() {
  list.hidden = true;
  list.replaceChildren();
  options.mark(null);
}

function optionOf(person, place) {
  const option = document.createElement("div");
  option.className = "canned-option";
  option.id = `mention-${place}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.handle = person.handle;
  const name = document.createElement("bdi");
  name.textContent = person.name;
  const handle = document.createElement("bdi");
  handle.className = "muted";
  handle.dir = "ltr";
  handle.textContent = `@${person.handle}`;
  option.append(name, handle);
  return option;
}

const typed = () => TYPED.exec(text.value.slice(0, text.selectionStart))?.[1];

function show() {
  const sought = typed();
  if (sought === undefined) return close();
  const wanted = fold(sought);
  const fitting = people.filter(
    ({ name, handle }) => fold(handle).startsWith(wanted) || holds(name, sought),
  );
  list.replaceChildren(...fitting.slice(0, MOST).map(optionOf));
  list.hidden = !fitting.length;
  options.mark(list.firstElementChild);
}

function showWhoIsNotified() {
  const handles = [...text.value.matchAll(WRITTEN)].map((found) => found[1].replace(/[.+-]+$/, "").toLowerCase());
  const names = people.filter(({ handle }) => handles.includes(handle.toLowerCase())).map(({ name }) => name);
  below.textContent = names.length ? `${notified} ${names.join(BETWEEN)}` : hint;
}

function choose(option) {
  const end = text.selectionStart;
  const start = end - typed().length;
  text.setRangeText(`${option.dataset.handle} `, start, end, "end");
  close();
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

text.setAttribute("aria-controls", list.id);
text.setAttribute("aria-autocomplete", "list");
text.addEventListener("input", async () => {
  if (!text.value.includes("@")) {
    close();
    showWhoIsNotified();
    return;
  }
  await ask();
  show();
  showWhoIsNotified();
});
text.addEventListener("keydown", (event) => {
  if (list.hidden || event.isComposing) return;
  if (options.move(event)) {
    // The mark has moved.
  } else if (event.key === "Escape") close();
  else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") choose(options.marked);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
text.addEventListener("blur", () => setTimeout(close, 150));
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", ({ target }) => {
  const option = target.closest("[role=option]");
  if (option) choose(option);
});
ask().then(showWhoIsNotified);
