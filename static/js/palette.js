// The command palette (Ctrl+K, by the place of the key): commands of this page, and what the server finds of
// tickets, people and organizations. Arrow keys choose, Enter goes there. It comes when it is first asked for.

import { holds } from "./folding.js";
import { Options } from "./options.js";

const PAUSE = 150;
const palette = document.querySelector("#palette");
const [field, list, empty] = ["input", "[role=listbox]", "[data-empty]"].map((each) => palette.querySelector(each));
const options = new Options(field, list);
let commands = [];
let timer = null;
let asked = 0;

// What a key of the page does, in the words of its button.
function labelOf(element) {
  if (element.ariaLabel) return element.ariaLabel;
  const copy = (element.closest("label") ?? element).cloneNode(true);
  for (const key of copy.querySelectorAll("kbd, svg")) key.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function commandsOfPage() {
  const buttons = [...document.querySelectorAll("[data-key]")].filter((each) => each.checkVisibility());
  return [...buttons, ...document.querySelectorAll("[data-go]")].map((element) => ({ element, label: labelOf(element) }));
}

function show(found) {
  const fitting = commands.filter(({ label }) => holds(label, field.value));
  const group = list.querySelector("[data-commands]");
  group.hidden = !fitting.length;
  group.querySelectorAll("[role=option]").forEach((each) => each.remove());
  fitting.forEach(({ element, label }, place) => {
    const option = document.createElement("div");
    Object.assign(option, { id: `palette-command-${place}`, className: "palette-option", role: "option", textContent: label });
    option.setAttribute("aria-selected", "false");
    option.addEventListener("click", () => {
      palette.close();
      element.click();
    });
    group.append(option);
  });
  list.querySelectorAll("[data-found]").forEach((each) => each.remove());
  if (found) list.prepend(...found.querySelectorAll("[data-found]"));
  const [first] = options.all;
  empty.hidden = Boolean(first) || !field.value.trim();
  options.mark(first);
}

async function find() {
  const text = field.value.trim();
  const mine = (asked += 1);
  if (!text) return;
  const answer = await fetch(`${palette.dataset.palette}?q=${encodeURIComponent(text)}`).catch(() => null);
  if (mine !== asked || answer?.status !== 200) return;
  show(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

// The palette has just been opened.
export function start() {
  commands = commandsOfPage();
  asked += 1;
  show(null);
  find();
}

function move(event) {
  // Else it would only empty the field, and a second press would close.
  if (event.key === "Escape" && !event.isComposing) {
    event.preventDefault();
    palette.close();
    return;
  }
  const isEnter = event.key === "Enter" && !event.isComposing;
  if (isEnter) options.marked?.click();
  if (isEnter || options.move(event)) event.preventDefault();
}

field.addEventListener("keydown", move);
field.addEventListener("input", () => {
  show(null);
  clearTimeout(timer);
  timer = setTimeout(find, PAUSE);
});
