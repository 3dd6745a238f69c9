import { answer, equal, ok, open, settle, test } from "./harness.mjs";

const HTML = `<form id="form"><textarea name="body"></textarea>
  <div data-further></div>
  <div data-canned="/queue/KT-1/canned/" data-failed-text="Not now" hidden>
    <input type="search" role="combobox" aria-controls="canned-options"><button type="button" data-canned-close>x</button>
    <div id="canned-options" role="listbox"></div><div data-canned-shown></div></div>
  <button id="opener" data-canned-open>Canned</button>
  <span data-part="options"><button class="btn" name="then" value="wait" title="waits">Wait</button>
    <button class="menu-item" name="then" value="close"><span>Close</span><span class="why">closes</span></button></span></form>`;
const option = (id, text, { then = "", part = "" } = {}) =>
  `<div role="option" id="canned-${id}" aria-selected="false" data-text="${text}" data-then="${then}"><template>
  ${part && `<span data-further-part="${part}"><input type="hidden" name="also_${part}" value="${id}"><button name="remove" value="${part}">x</button></span>`}
  <input type="hidden" name="canned" value="${id}"></template></div>`;

async function start(options = option(1, "Hello Sara") + option(2, "Bye", { then: "close", part: "priority" })) {
  const page = await open(HTML, "canned.js");
  page.respond = () => answer(200, options);
  page.text = page.find("textarea");
  page.search = page.find("[role=combobox]");
  page.isOpen = () => !page.find("[data-canned]").hidden;
  return page;
}

// Types into the text as a keyboard does.
async function write(page, value, at = value.length) {
  page.text.value = value;
  page.text.setSelectionRange(at, at);
  page.fire(page.text, "input", { inputType: "insertText" });
  await settle();
  await settle();
}

const pressIn = (page, key) => page.press(page.search, key);

test("opens for a slash on an empty line, and for no other", async () => {
  const page = await start();

  for (const value of ["a /", "/x", "http:/"]) {
    await write(page, value);
    ok(!page.isOpen(), value);
  }
  await write(page, "one\n/\ntwo", 5);

  ok(page.isOpen());
  equal(page.document.activeElement === page.search, true);
  equal(page.requests[0].url, "/queue/KT-1/canned/?q=");
});

test("shows the text of the marked option and goes round by arrows", async () => {
  const page = await start();
  await write(page, "/");
  const shown = page.find("[data-canned-shown]");
  equal(shown.textContent, "Hello Sara");

  pressIn(page, "ArrowDown");
  equal([shown.textContent, page.search.getAttribute("aria-activedescendant")], ["Bye", "canned-2"]);
  pressIn(page, "ArrowDown");
  equal(shown.textContent, "Hello Sara");
  pressIn(page, "ArrowUp");
  equal(shown.textContent, "Bye");
});

test("Enter puts the text in place of the slash, with what else is changed", async () => {
  const page = await start();
  await write(page, "one\n/\ntwo", 5);
  pressIn(page, "ArrowDown");

  ok(pressIn(page, "Enter").defaultPrevented);

  equal(page.text.value, "one\nBye\ntwo");
  equal(page.isOpen(), false);
  const sent = [...new page.window.FormData(page.find("form"))].map(([name, value]) => `${name}=${value}`);
  ok(sent.includes("also_priority=2") && sent.includes("canned=2"));
  equal(page.find("button.btn").value + page.find("button.btn").textContent, "closeClose");
  equal(page.sent.length, 0);
});

test("a change is left out by its button, and replaced by a later one of its kind", async () => {
  const page = await start(option(2, "Bye", { part: "priority" }) + option(3, "Ciao", { part: "priority" }));
  await write(page, "/");
  pressIn(page, "Enter");
  page.find("#opener").click();
  await settle();
  await settle();
  pressIn(page, "ArrowDown");
  pressIn(page, "Enter");

  equal(page.all("[name=also_priority]").map((field) => field.value), ["3"]);

  page.find("[name=remove]").click();
  equal(page.all("[name=also_priority]").length, 0);
  equal(page.sent.length, 0);
});

test("Escape gives back what was typed after a slash", async () => {
  const page = await start();
  await write(page, "/");
  page.search.value = "etc/hosts";

  pressIn(page, "Escape");

  equal([page.text.value, page.isOpen()], ["/etc/hosts", false]);
});

test("searches once the typing rests, and shows only the latest answer", async () => {
  const page = await start();
  await write(page, "/");
  let slow;
  page.respond = () => new Promise((resolve) => (slow = resolve));
  page.type("[role=combobox]", "a");
  await page.clock.pass(150);
  page.respond = () => answer(200, option(9, "Latest"));
  page.type("[role=combobox]", "ab");
  await page.clock.pass(150);
  slow(answer(200, option(8, "Old")));
  await settle();

  equal(page.find("[data-canned-shown]").textContent, "Latest");
  equal(page.requests.at(-1).url.endsWith("?q=ab"), true);
});

test("says when the server does not answer", async () => {
  const page = await start();
  page.respond = () => answer(500);
  await write(page, "/");

  equal(page.find("[role=listbox]").textContent, "Not now");
  pressIn(page, "Enter");
  equal(page.text.value, "/");
});

test("the button opens and closes, and sends nothing", async () => {
  const page = await start();

  page.find("#opener").click();
  ok(page.isOpen());
  page.find("#opener").click();

  equal([page.isOpen(), page.sent.length], [false, 0]);
});

test("keeps how it is sent when the page shows the options anew", async () => {
  const page = await start();
  await write(page, "/");
  pressIn(page, "ArrowDown");
  pressIn(page, "Enter");
  const part = page.find("[data-part=options]");

  part.innerHTML = HTML.slice(HTML.indexOf('<button class="btn"'), HTML.indexOf("</span></form>"));
  await settle();

  equal(page.find("button.btn").value, "close");
});
