// The button beside a field that shows only the beginning of its value puts the whole of it on the clipboard. Where
// the browser does not allow that, it selects the value, so that the person can copy it.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-field]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copyField);
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select(); // no clipboard without HTTPS, or refused
    return;
  }
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#check"));
});
