// The button of a block of code puts its text on the clipboard and shows a tick for a moment.
// Where the browser does not allow that, it selects the text, so that the person can copy it.

const SHOWN = 1500;
const ticks = new WeakMap();

function showTick(button) {
  const use = button.querySelector("use");
  const symbol = ticks.get(button)?.symbol ?? use.getAttribute("href");
  clearTimeout(ticks.get(button)?.timer);
  use.setAttribute("href", symbol.replace(/#.*/, "#check"));
  const timer = setTimeout(() => {
    use.setAttribute("href", symbol);
    ticks.delete(button);
  }, SHOWN);
  ticks.set(button, { symbol, timer });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.closest(".code-block").querySelector("pre");
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    window.getSelection().selectAllChildren(code); // no clipboard without HTTPS, or refused
    return;
  }
  showTick(button);
});
