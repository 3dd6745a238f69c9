import { answer, equal, ok, open, settle, test } from "./harness.mjs";

const HTML = `<button id="accept" data-key="KeyA">Accept<kbd>A</kbd></button><textarea id="text"></textarea>
  <a id="mine" data-go="KeyM" href="#mine">Mine</a>
  <dialog id="palette" popover data-palette="/queue/palette/" data-script="/static/js/palette.js"><input type="search">
    <div role="listbox"><div data-commands hidden><h3>Commands</h3></div></div><p data-empty hidden>Nothing</p></dialog>`;
const FOUND = `<div data-found><h3>Tickets</h3><a role="option" id="t1" aria-selected="false" href="#found">Disk</a></div>`;

async function start({ on = true } = {}) {
  const page = await open(HTML, ["palette.js", "shortcuts.js"], { body: on ? "data-shortcuts" : "" });
  page.pressed = [];
  for (const id of ["accept", "mine"]) page.find(`#${id}`).addEventListener("click", (event) => {
    event.preventDefault();
    page.pressed.push(id);
  });
  return page;
}
async function openIt(page, target = page.document.body) {
  const event = page.press(target, "k", { code: "KeyK", ctrlKey: true });
  for (let round = 0; round < 20; round += 1) await settle();
  return event;
}
const shown = (page) => [...page.document.querySelectorAll("[role=option]")].map((each) => each.textContent);
const chosen = (page) => page.find("[aria-selected=true]")?.textContent;
function type(page, text) {
  const field = page.find("#palette input");
  field.value = text;
  page.fire(field, "input");
  return field;
}

test("opens by the place of the key, also from a field, and lists what the page can do", async () => {
  const page = await start();

  await openIt(page, page.find("#text"));

  ok(page.find("#palette").open);
  equal(shown(page), ["Accept", "Mine"]);
  equal(chosen(page), "Accept");
});

test("keeps what was typed before its script had come", async () => {
  const page = await start();
  page.respond = () => answer(200, FOUND);
  page.press(page.document.body, "k", { code: "KeyK", ctrlKey: true });
  equal(page.document.activeElement, page.find("#palette input"));
  page.find("#palette input").value = "mi";

  for (let round = 0; round < 20; round += 1) await settle();

  equal(page.requests[0].url, "/queue/palette/?q=mi");
  equal(shown(page), ["Disk", "Mine"]);
});

test("stays closed where the shortcuts are off", async () => {
  const page = await start({ on: false });

  equal((await openIt(page)).defaultPrevented, false);
  equal(page.find("#palette").open, false);
});

test("goes to what is chosen with the arrow keys", async () => {
  const page = await start();
  await openIt(page);
  const field = page.find("#palette input");

  page.press(field, "ArrowDown");
  equal(chosen(page), "Mine");
  page.press(field, "ArrowDown");
  page.press(field, "ArrowUp");
  page.press(field, "Enter");

  equal(page.pressed, ["mine"]);
  equal(page.find("#palette").open, false);
});

test("shows what the server found above the commands that fit", async () => {
  const page = await start();
  await openIt(page);
  page.respond = () => answer(200, FOUND);

  type(page, "mi");
  equal(shown(page), ["Mine"]);
  await page.clock.pass(150);

  equal(page.requests[0].url, "/queue/palette/?q=mi");
  equal(shown(page), ["Disk", "Mine"]);
  equal(chosen(page), "Disk");
});

test("passes over an answer to what is no longer typed", async () => {
  const page = await start();
  await openIt(page);
  const answers = [];
  page.respond = () => new Promise((give) => answers.push(give));
  type(page, "di");
  await page.clock.pass(150);
  type(page, "accept");
  await page.clock.pass(150);

  answers[0](answer(200, FOUND));
  await page.clock.pass(0);

  equal(shown(page), ["Accept"]);
});

test("says that nothing was found, and survives a server that is away", async () => {
  const page = await start();
  await openIt(page);
  page.respond = () => Promise.reject(new TypeError("offline"));

  type(page, "zzz");
  await page.clock.pass(150);

  equal(shown(page), []);
  equal(page.find("[data-empty]").hidden, false);
  equal(page.press(page.find("#palette input"), "Enter").defaultPrevented, true);
});

test("closes at the first Escape, also with text in its field", async () => {
  const page = await start();
  await openIt(page);
  type(page, "di");

  page.press(page.find("#palette input"), "Escape");

  equal(page.find("#palette").open, false);
});
