// Menus are <details>, which open by themselves. This closes an open one on a click outside, on
// Escape (the focus goes back to its summary), and when another opens. One that would leave the
// window opens to the other side.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A press on a label or on plain text in a menu puts the focus on what is around the menu, such as
// <main tabindex="-1">: that is not leaving it.
document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target) && !event.target.contains(menu)) menu.open = false;
  }
});

// How far it would be outside of the window, in pixels.
function hidden(menu) {
  const { left, right } = menu.lastElementChild.getBoundingClientRect();
  return Math.max(0, -left) + Math.max(0, right - document.documentElement.clientWidth);
}

function place(menu) {
  menu.classList.remove("menu-flipped");
  const before = hidden(menu);
  if (!before) return;
  menu.classList.add("menu-flipped");
  if (hidden(menu) >= before) menu.classList.remove("menu-flipped");
}

document.addEventListener("toggle", ({ target: menu }) => {
  if (menu.matches("details.menu") && menu.open) place(menu);
}, true);

// What was measured in a window of another size (turned, or between two sizes) is measured again.
addEventListener("resize", () => openMenus().forEach(place));
