// The agent's keyboard: an element with data-key is pressed by that key, wherever it stands on the keyboard
// (event.code), so that a Persian layout works as well. G and then a letter goes to a list (data-go), J and K
// go up and down (rows of a list, or neighbours of a ticket), X selects a row, and ? shows the keys. Never in a
// field, with a modifier, or under an open dialog; only where <body> has data-shortcuts.

const GO_WITHIN = 1500;
let goUntil = 0;

const isTyping = (target) =>
  target.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])");
const isCovered = () => document.querySelector(":popover-open, dialog[open], details.menu[open]");
const firstShown = (selector, within = document) =>
  [...within.querySelectorAll(selector)].find((each) => each.checkVisibility());

function press(element) {
  if (element.matches("summary")) {
    element.parentElement.open = true;
    // The key of a form is a field that nobody sees.
    firstShown("select, textarea, input", element.parentElement)?.focus();
    return;
  }
  element.click();
  // The two modes of the composer: their forms are there at once.
  if (element.matches("[type=radio]")) firstShown(`#composer form[data-mode="${element.value}"] textarea`)?.focus();
}

function step(by) {
  const neighbour = firstShown(`nav.walk a[rel=${by > 0 ? "next" : "prev"}]`);
  if (neighbour) {
    neighbour.click();
    return true;
  }
  const rows = [...document.querySelectorAll("[data-rows] a.title")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

// Select the row that has the focus.
function mark() {
  const box = document.activeElement.closest("[data-rows] tr")?.querySelector("[name=ticket]");
  box?.click();
  return Boolean(box);
}

// Whether the key meant something here.
function act(code) {
  if (Date.now() < goUntil) {
    goUntil = 0;
    const list = document.querySelector(`[data-go="${code}"]`);
    if (list) {
      list.click();
      return true;
    }
  }
  if (code === "KeyG") {
    goUntil = Date.now() + GO_WITHIN;
    return true;
  }
  if (code === "KeyJ" || code === "KeyK") return step(code === "KeyJ" ? 1 : -1);
  if (code === "KeyX") return mark();
  const element = firstShown(`[data-key="${code}"]`);
  if (element) press(element);
  return Boolean(element);
}

// Also from a field, where it types nothing. It is open before its script comes, so that what is typed
// meanwhile is typed there.
function openPalette(event) {
  const palette = document.querySelector("#palette[data-script]");
  if (!palette || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  const field = palette.querySelector("input");
  palette.removeAttribute("popover");
  palette.showModal();
  field.value = "";
  field.focus();
  import(palette.dataset.script).then(({ start }) => start()).catch(() => {});
}

function take(event) {
  const isPalette = event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (isPalette) openPalette(event);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || isCovered()) return;
  if (event.shiftKey) {
    if (event.code !== "Slash") return;
    document.querySelector("[popovertarget=shortcuts]")?.click();
    event.preventDefault();
  } else if (act(event.code)) event.preventDefault();
}

if ("shortcuts" in document.body.dataset) document.addEventListener("keydown", take);
