import { answer, equal, ok, open, test } from "./harness.mjs";

const HTML = `<div data-news="/news/" data-seen="10">
    <p data-part="status"><span>In progress</span></p>
    <div data-entries><article id="m1">First</article></div><input id="field"></div>
  <div data-news-bar data-one="1 new message" data-many="{count} new messages" data-gone="No longer yours"></div>`;
const fresh = (...entries) => answer(200, `<div data-seen="11"><p data-part="status"><span>Awaiting customer</span></p>
  <div data-entries>${entries.join("")}</div></div>`);
const SECOND = '<article id="m2">Second</article>';
const THIRD = '<article id="m3">Third</article>';
const DAY = '<p class="day" id="d1">Today</p>';

async function start(respond, options) {
  const page = await open(HTML, "news.js", options);
  page.respond = respond;
  return page;
}
const bar = (page) => page.find("[data-news-bar]").textContent;

test("asks for what is newer than what the page shows", async () => {
  const page = await start(() => answer(204));

  await page.clock.pass(14_999);
  equal(page.requests.length, 0);
  await page.clock.pass(1);

  equal(page.requests[0].url, "/news/?seen=10");
});

test("keeps a new message behind a button and shows the status at once", async () => {
  const page = await start(() => fresh(DAY, SECOND));

  await page.clock.pass(15_000);
  equal(bar(page), "1 new message");
  equal(page.all("article").length, 1, "nothing moves under a reader");
  equal(page.find("[data-part]").textContent, "Awaiting customer");
  page.find("[data-news-bar] button").click();

  equal(page.all("article").map(({ id }) => id), ["m1", "m2"]);
  equal(page.document.activeElement.id, "m2");
  equal(bar(page), "");
});

test("counts several with the digits of the language", async () => {
  const page = await start(() => fresh(SECOND, THIRD), { lang: "fa" });

  await page.clock.pass(15_000);

  equal(bar(page), "۲ new messages");
});

test("does not count what the page shows already", async () => {
  const page = await start(() => fresh('<article id="m1">First</article>'));

  await page.clock.pass(15_000);

  equal(bar(page), "");
});

test("leaves a part alone that has the focus", async () => {
  const page = await open(HTML.replace("<span>In progress</span>", '<button id="act">In progress</button>'), "news.js");
  page.respond = () => fresh();
  page.find("#act").focus();

  await page.clock.pass(15_000);

  equal(page.find("[data-part]").textContent, "In progress");
});

test("asks ever more seldom while nothing happens, up to two minutes", async () => {
  const page = await start(() => answer(204));
  const asked = [];
  page.respond = () => {
    asked.push(page.clock.now);
    return answer(204);
  };

  await page.clock.pass(20 * 60_000);

  const pauses = asked.map((at, place) => at - (asked[place - 1] ?? 0));
  equal(Math.round(pauses[1]), 21_000);
  equal(pauses.at(-1), 120_000);
});

test("asks soon again when somebody begins to write", async () => {
  const page = await start(() => answer(204));
  await page.clock.pass(20 * 60_000);
  const before = page.requests.length;

  page.find("#field").focus();
  await page.clock.pass(15_000);

  equal(page.requests.length, before + 1);
});

test("asks nothing while nobody looks, and at once when somebody does again", async () => {
  const page = await start(() => answer(204));
  page.hide(true);
  await page.clock.pass(60_000);
  equal(page.requests.length, 0);

  page.hide(false);
  await page.clock.pass(0);

  equal(page.requests.length, 1);
});

test("goes on after a lost connection or a failed server", async () => {
  for (const respond of [() => Promise.reject(new TypeError("offline")), () => answer(503)]) {
    const page = await start(respond);
    await page.clock.pass(15_000);
    equal(bar(page), "");
    page.respond = () => fresh(SECOND);

    await page.clock.pass(21_000);

    equal(bar(page), "1 new message");
  }
});

test("tells that the ticket may no longer be seen, and stops", async () => {
  for (const gone of [() => answer(404), () => answer(403), () => answer(200, "Sign in", { redirected: true })]) {
    const page = await start(gone);

    await page.clock.pass(10 * 60_000);

    equal(bar(page), "No longer yours");
    equal(page.requests.length, 1);
  }
});

test("does nothing on a page without news", async () => {
  const page = await open("<p>Text</p>", "news.js");

  await page.clock.pass(60_000);

  ok(page.requests.length === 0, "something was asked");
});
