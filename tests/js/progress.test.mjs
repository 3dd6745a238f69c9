import { answer, equal, open, settle, test } from "./harness.mjs";

const part = (state, done) => `<section data-progress="${state}"><div class="bulk-progress">${done} of 9</div>
  <p class="bulk-outcome">${done} done</p><button id="stop">Stop</button></section>`;
const HTML = `<h1>Close 9 tickets</h1>${part("running", 1)}`;

async function start(html = HTML) {
  const page = await open(html, "progress.js");
  page.respond = () => answer(200, `<h1>Close 9 tickets</h1>${part("running", 5)}`);
  return page;
}
async function pass(page, milliseconds = 2000) {
  await page.clock.pass(milliseconds);
  await settle();
}
const shown = (page) => page.find(".bulk-progress").textContent;

test("shows every other second how far it is", async () => {
  const page = await start();

  await pass(page);
  equal(shown(page), "5 of 9");
  await pass(page);

  equal(page.requests.length, 2);
});

test("stops asking when it is finished", async () => {
  const page = await start();
  page.respond = () => answer(200, part("finished", 9));

  await pass(page);
  await pass(page);

  equal([page.requests.length, shown(page)], [1, "9 of 9"]);
});

test("asks nothing of what is finished already", async () => {
  const page = await start(part("finished", 9));

  await pass(page, 10_000);

  equal(page.requests.length, 0);
});

test("leaves the button that has the focus until it is finished, then goes to the heading", async () => {
  const page = await start();
  const stop = page.find("#stop");
  stop.focus();

  await pass(page);
  equal([shown(page), page.find("#stop") === stop], ["5 of 9", true]);
  page.respond = () => answer(200, part("finished", 9));
  await pass(page);

  equal([shown(page), page.document.activeElement.tagName], ["9 of 9", "H1"]);
});

test("goes on after an answer that failed", async () => {
  const page = await start();
  page.respond = () => answer(503);

  await pass(page);
  page.respond = () => answer(200, part("running", 7));
  await pass(page);

  equal(shown(page), "7 of 9");
});
