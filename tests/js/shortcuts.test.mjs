import { equal, open, test } from "./harness.mjs";

const HTML = `<main>
  <a id="go" href="#mine" data-go="KeyM" hidden>Mine</a>
  <button id="accept" data-key="KeyA">Accept</button>
  <details class="menu" id="menu"><summary data-key="KeyT">Assign</summary><input name="form_key" hidden><select id="who"><option>One</option></select></details>
  <button id="gone" data-key="KeyC" hidden>Close</button>
  <div id="composer"><input type="radio" name="mode" value="note" data-key="KeyN" id="mode"><form data-mode="note"><textarea id="text"></textarea></form></div>
  <table data-rows="tickets"><tbody><tr><td><input type="checkbox" name="ticket" id="box"></td><td><a class="title" id="one" href="#1">One</a></td></tr><tr><td><a class="title" id="two" href="#2">Two</a></td></tr></tbody></table>
  <button popovertarget="shortcuts" id="help" hidden>Keys</button></main>`;

async function start({ on = true } = {}) {
  const page = await open(HTML, "shortcuts.js", { body: on ? "data-shortcuts" : "" });
  page.pressed = [];
  for (const id of ["accept", "gone", "go", "help"]) page.find(`#${id}`).addEventListener("click", (event) => {
    event.preventDefault();
    page.pressed.push(id);
  });
  return page;
}

// Whether the page took the key.
function key(page, code, { target = page.document.body, key: letter = "x", ...more } = {}) {
  return page.press(target, letter, { code, ...more }).defaultPrevented;
}

test("presses the button of a key, wherever a layout puts its letter", async () => {
  const page = await start();

  equal(key(page, "KeyA", { key: "ش" }), true);

  equal(page.pressed, ["accept"]);
});

test("leaves a key alone that presses nothing here", async () => {
  const page = await start();

  equal([key(page, "KeyC"), key(page, "KeyZ")], [false, false]);

  equal(page.pressed, []);
});

test("is never active in a field or with a modifier", async () => {
  const page = await start();

  key(page, "KeyA", { target: page.find("#text") });
  key(page, "KeyA", { target: page.find("#who") });
  key(page, "KeyA", { ctrlKey: true });
  key(page, "KeyA", { shiftKey: true });

  equal(page.pressed, []);
});

test("does nothing under an open menu", async () => {
  const page = await start();
  page.find("#menu").open = true;

  key(page, "KeyA");

  equal(page.pressed, []);
});

test("opens a menu with the focus in its field", async () => {
  const page = await start();

  key(page, "KeyT");

  equal([page.find("#menu").open, page.document.activeElement.id], [true, "who"]);
});

test("changes the mode of the composer and starts writing", async () => {
  const page = await start();

  key(page, "KeyN");

  equal([page.find("#mode").checked, page.document.activeElement.id], [true, "text"]);
});

test("goes to a list by two keys, within a moment", async () => {
  const page = await start();

  key(page, "KeyM");
  key(page, "KeyG");
  key(page, "KeyM");

  equal(page.pressed, ["go"]);
});

test("forgets the first of two keys after a while", async () => {
  const page = await start();

  key(page, "KeyG");
  await page.clock.pass(1600);
  key(page, "KeyM");

  equal(page.pressed, []);
});

test("goes down and up the rows of a list, and stays at its ends", async () => {
  const page = await start();
  const focused = (code) => key(page, code, { target: page.document.activeElement }) && page.document.activeElement.id;

  equal(["KeyJ", "KeyJ", "KeyJ", "KeyK", "KeyK"].map(focused), ["one", "two", "two", "one", "one"]);
});

test("shows the keys", async () => {
  const page = await start();

  key(page, "Slash", { shiftKey: true });

  equal(page.pressed, ["help"]);
});

test("does nothing for those who turned it off", async () => {
  const page = await start({ on: false });

  key(page, "KeyA");

  equal(page.pressed, []);
});

test("selects and clears the row that has the focus, and only that", async () => {
  const page = await start();
  equal(key(page, "KeyX"), false);

  page.find("#one").focus();
  equal(key(page, "KeyX", { target: page.find("#one"), key: "ط" }), true);
  equal(page.find("#box").checked, true);
  key(page, "KeyX", { target: page.find("#one") });

  equal(page.find("#box").checked, false);
});
