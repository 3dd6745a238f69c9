import { equal, open, test } from "./harness.mjs";

const row = (key, name) => `<li data-column><span data-grip>⋮</span><input type="hidden" name="order" value="${key}">
  <span data-name>${name}</span><button name="move" value="up-${key}">up</button><button name="move" value="down-${key}">down</button></li>`;
const HTML = `<form><ol data-columns data-moved="{name}: {place} of {count}">${row("due", "Due")}${row("title", "Title")}${row("status", "Status")}</ol>
  <p data-columns-said></p></form>`;

const order = (page) => page.all("[name=order]").map((input) => input.value).join(" ");
const press = (page, value) => page.find(`[value=${value}]`).click();

test("moves a row by its buttons, says its place, and sends nothing", async () => {
  const page = await open(HTML, "columns.js");

  press(page, "up-status");
  equal(order(page), "due status title");
  equal(page.find("[data-columns-said]").textContent, "Status: 2 of 3");
  press(page, "down-due");

  equal(order(page), "status due title");
  equal(page.sent.length, 0);
});

test("keeps the focus on the button, and a row at an end where it is", async () => {
  const page = await open(HTML, "columns.js");

  press(page, "down-due");
  equal(page.document.activeElement.value, "down-due");
  press(page, "down-due");
  press(page, "down-due");

  equal(order(page), "title status due");
  equal(page.find("[data-columns-said]").textContent, "Due: 3 of 3");
});

test("drags a row by its grip", async () => {
  const page = await open(HTML, "columns.js");
  const [first, , last] = page.all("[data-column]");
  const grip = first.querySelector("[data-grip]");
  grip.setPointerCapture = () => {};
  const point = (target, type, clientY) =>
    target.dispatchEvent(new page.window.PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1, clientY }));

  point(grip, "pointerdown", 5);
  for (let step = 0; step < 3; step += 1) point(grip, "pointermove", last.getBoundingClientRect().bottom + 50);
  point(grip, "pointerup", 0);
  point(grip, "pointermove", 0);

  equal(order(page), "title status due");
  equal(first.classList.contains("is-dragged"), false);
  equal(page.find("[data-columns-said]").textContent, "Due: 3 of 3");
});
