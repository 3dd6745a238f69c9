// The button of a block of code puts its text on the clipboard and says so by a tick.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const use = button.querySelector("use");
  const drawn = use.getAttribute("href");
  await navigator.clipboard.writeText(button.closest(".code-block").querySelector("pre").textContent);
  use.setAttribute("href", drawn.replace(/#.*/, "#check"));
  setTimeout(() => use.setAttribute("href", drawn), 1500);
});
