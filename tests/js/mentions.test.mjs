import { answer, equal, ok, open, settle, test } from "./harness.mjs";

const HTML = `<form><textarea></textarea><p data-mentions="/queue/mentions/"></p></form>`;
const PEOPLE = [
  { name: "Amir Hosseini", handle: "amir" },
  { name: "Maryam Sadeghi", handle: "maryam" },
];

async function start(found = answer(200, JSON.stringify({ people: PEOPLE, notified: "Notified:", hint: "Type @" }))) {
  const page = await open(HTML, "mentions.js");
  page.respond = () => found;
  page.text = page.find("textarea");
  page.options = () => page.all("[role=option]").map((each) => each.dataset.handle);
  page.below = () => page.find("[data-mentions]").textContent;
  return page;
}

async function write(page, value) {
  page.text.value = value;
  page.text.setSelectionRange(value.length, value.length);
  page.fire(page.text, "input");
  await settle();
  await settle();
}

test("an @ lists the agents whose name or address fits", async () => {
  const page = await start();

  await write(page, "please @");
  equal(page.options(), ["amir", "maryam"]);
  await write(page, "please @sad");
  equal(page.options(), ["maryam"]);
  await write(page, "mail to a@ma");
  equal(page.options(), [], "an address is no mention");
});

test("an agent is found by a name that was typed on another keyboard", async () => {
  const people = [{ name: "علی\u200cرضا کریمی", handle: "alireza" }];
  const page = await start(answer(200, JSON.stringify({ people, notified: "Notified:", hint: "Type @" })));

  await write(page, "@كريمي");
  equal(page.options(), ["alireza"]);
  await write(page, "@علیرضا");
  equal(page.options(), ["alireza"]);
});

test("arrows and Enter choose one, and the line below names who is notified", async () => {
  const page = await start();
  await write(page, "please @");

  page.press(page.text, "ArrowDown");
  ok(page.press(page.text, "Enter").defaultPrevented, "the text gets no new line");
  await settle();
  await settle();

  equal(page.text.value, "please @maryam ");
  equal(page.options(), []);
  equal(page.below(), "Notified: Maryam Sadeghi");
});

test("Escape closes the list, and Enter is Enter again", async () => {
  const page = await start();
  await write(page, "@am");

  page.press(page.text, "Escape");

  equal(page.options(), []);
  equal(page.press(page.text, "Enter").defaultPrevented, false);
});

test("without an answer the text is written as before", async () => {
  const page = await start(answer(500));

  await write(page, "@amir look");

  equal([page.options(), page.below()], [[], ""]);
  equal(page.faults, []);
});
