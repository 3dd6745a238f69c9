// Canned replies in the agent's composer. The button, its key, or a / typed on an empty line opens the list
// (data-canned), which the server fills with the values of this ticket. Enter or a press inserts one: its
// text, what else it changes (each with a button that leaves it out), and how it is sent.

import { Options } from "./options.js";

const WAIT = 150;
const opener = document.querySelector("[data-canned-open]");

function start() {
  const { form } = opener;
  const text = form.querySelector("textarea");
  const panel = form.querySelector("[data-canned]");
  const search = panel.querySelector("[role=combobox]");
  const list = panel.querySelector("[role=listbox]");
  const shown = panel.querySelector("[data-canned-shown]");
  const further = form.querySelector("[data-further]");
  const way = form.querySelector("[data-part=options]");
  let timer = null;
  let asked = 0;
  let chosen = "";
  let place = null; // where the text goes: [start, end]

  const options = new Options(search, list, (option) => {
    shown.textContent = option?.dataset.text ?? "";
    shown.dir = option?.dataset.direction ?? "auto";
  });

  // Only the latest answer counts.
  async function look() {
    asked += 1;
    const mine = asked;
    const answer = await fetch(`${panel.dataset.canned}?q=${encodeURIComponent(search.value)}`).catch(() => null);
    const html = answer?.status === 200 ? await answer.text() : null;
    if (mine !== asked) return;
    if (html === null) list.replaceChildren(panel.dataset.failedText);
    else list.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    options.mark(options.all[0]);
    panel.scrollIntoView({ block: "nearest" });
  }

  function open(from, to) {
    place = [from, to];
    search.value = "";
    list.replaceChildren();
    options.mark(null);
    panel.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    search.focus();
    look();
  }

  function close() {
    panel.hidden = true;
    asked += 1;
    clearTimeout(timer);
    opener.setAttribute("aria-expanded", "false");
    text.focus();
  }

  function write(words, from, to) {
    if (text.hidden) form.querySelector("[data-preview]").click();
    text.setRangeText(words, from, to, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // After a / that began a path and no search, what was typed here belongs to the text.
  function leave() {
    const typed = search.value;
    const [from, to] = place;
    close();
    if (from < to && typed) write(typed, to, to);
  }

  // The main button sends as the macro says; the others are in its menu.
  function sendBy(then) {
    const button = way?.querySelector("button.btn[name=then]");
    const option = then && way?.querySelector(`.menu-item[value="${then}"]`);
    if (!button || !option || button.value === then) return;
    button.value = then;
    button.textContent = option.querySelector("span").textContent;
    button.title = option.querySelector(".why").textContent;
  }

  function take(option) {
    const more = option.querySelector("template").content.cloneNode(true);
    for (const old of further.querySelectorAll("[data-further-hint], [name=also_seen]")) old.remove();
    for (const part of more.querySelectorAll("[data-further-part]")) {
      further.querySelector(`[data-further-part="${part.dataset.furtherPart}"]`)?.remove();
      part.querySelector("button").type = "button";
    }
    further.append(more);
    chosen = option.dataset.then || chosen;
    sendBy(chosen);
    close();
    write(option.dataset.text, ...place);
  }

  function key(event) {
    if (event.key === "Enter" && !event.isComposing) {
      if (options.marked) take(options.marked);
    } else if (options.move(event)) {
      // The mark has moved.
    } else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function openForSlash() {
    const { value, selectionStart: end } = text;
    const [line] = value.slice(value.lastIndexOf("\n", end - 1) + 1).split("\n");
    if (line === "/") open(end - 1, end);
  }

  text.addEventListener("input", (event) => {
    if (event.inputType?.startsWith("insert") && !event.isComposing) openForSlash();
  });
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  search.addEventListener("keydown", key);
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  further.addEventListener("click", (event) => {
    const button = event.target.closest("[name=remove]");
    if (!button) return;
    event.preventDefault();
    button.closest("[data-further-part]").remove();
    text.focus();
  });
  panel.querySelector("[data-canned-close]").addEventListener("click", leave);
  opener.type = "button";
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", () => (panel.hidden ? open(text.selectionStart, text.selectionEnd) : leave()));
  for (const button of further.querySelectorAll("[name=remove]")) button.type = "button";
  // The page may show the options anew when the ticket changes.
  if (way) new MutationObserver(() => sendBy(chosen)).observe(way, { childList: true });
  // This script comes with the focus, and the / may have been quicker.
  if (document.activeElement === text) openForSlash();
}

if (opener) start();
