import { answer, equal, ok, open, test } from "./harness.mjs";

const HTML = '<div data-news-bar data-gone="You are signed out"></div>';
const BODY = 'data-live="/live/queue/" data-live-every="12" data-person="7"';
const MINUTE = 60_000;

const news = (page = "a", person = 7) =>
  Object.defineProperty(answer(200, JSON.stringify({ person, page, bell: null })), "headers", {
    value: new Headers({ ETag: `"${page}"` }),
  });

async function start(respond, { body = BODY, random = 0.5 } = {}) {
  const before = (frame) => { frame.Math.random = () => random; };
  const page = await open(HTML, "live.js", { body, before });
  page.respond = respond;
  page.heard = [];
  page.document.addEventListener("live", ({ detail }) => page.heard.push(detail.page));
  return page;
}
const bar = (page) => page.find("[data-news-bar]").textContent;

test("asks every twelve seconds, and tells the page what came", async () => {
  const page = await start(() => news("a"));

  await page.clock.pass(11_999);
  equal(page.requests.length, 0);
  await page.clock.pass(1);

  equal(page.requests[0].url, "/live/queue/?bell=0");
  equal(page.heard, ["a"]);
});

test("names what it has, and says nothing when all is as it was", async () => {
  const page = await start(() => news("a"));
  await page.clock.pass(12_000);
  page.respond = () => answer(304);

  await page.clock.pass(12_000);

  equal(page.requests[1].headers["If-None-Match"], '"a"');
  equal(page.heard, ["a"]);
});

test("gets once more what a part of the page could not show", async () => {
  const page = await start(() => news("a"));
  await page.clock.pass(12_000);
  page.fire(page.document, "live-missed");

  await page.clock.pass(12_000);

  equal(page.requests[1].headers["If-None-Match"], undefined);
  equal(page.heard, ["a", "a"]);
});

test("asks less often in a hidden tab, and at once when it is shown again", async () => {
  const page = await start(() => news("a"));
  page.hide(true);
  await page.clock.pass(29_999);
  equal(page.requests.length, 0);
  await page.clock.pass(1);
  equal(page.requests.length, 1);

  page.hide(false);
  await page.clock.pass(0);

  equal(page.requests.length, 2);
});

test("asks again at once where it was asked while a request was under way", async () => {
  const answers = [];
  const page = await start(() => new Promise((give) => answers.push(give)));
  await page.clock.pass(12_000);

  page.hide(false);
  await page.clock.pass(0);
  equal(page.requests.length, 1);
  answers[0](news("a"));
  await page.clock.pass(0);

  equal(page.requests.length, 2);
});

test("asks ever less often while the server does not answer, and as usual when it does", async () => {
  for (const respond of [() => answer(503), () => answer(429), () => Promise.reject(new TypeError("offline"))]) {
    const page = await start(respond);
    const asked = [];
    page.respond = () => {
      asked.push(page.clock.now);
      return respond();
    };
    await page.clock.pass(40 * MINUTE);
    const pauses = asked.map((at, place) => at - (asked[place - 1] ?? 0));
    equal(pauses.slice(0, 4), [12_000, 24_000, 48_000, 96_000]);
    equal(pauses.at(-1), 5 * MINUTE);

    page.respond = () => news("a");
    await page.clock.pass(5 * MINUTE);
    const before = page.requests.length;
    await page.clock.pass(12_000);

    ok(page.heard.length > 0, "nothing was heard");
    equal(page.requests.length, before + 1);
  }
});

test("asks at once when the connection is back", async () => {
  const page = await start(() => Promise.reject(new TypeError("offline")));
  await page.clock.pass(2 * MINUTE);
  page.respond = () => news("a");

  page.fire(page.window, "online");
  await page.clock.pass(0);

  equal(page.heard, ["a"]);
});

test("pages that were opened together do not ask together", async () => {
  const asked = [];
  for (const random of [0, 0.999]) {
    const page = await start(() => answer(304), { random });
    page.respond = () => {
      asked.push(page.clock.now);
      return answer(304);
    };
    await page.clock.pass(14_000);
  }

  ok(asked[1] - asked[0] > 2000, "both asked at the same time");
});

test("says that one is signed out, and asks no more", async () => {
  for (const gone of [() => answer(401), () => answer(403), () => answer(404), () => news("a", 8)]) {
    const page = await start(gone);

    await page.clock.pass(10 * MINUTE);
    page.hide(false);
    await page.clock.pass(MINUTE);

    equal(bar(page), "You are signed out");
    equal(page.requests.length, 1);
    equal(page.heard, []);
  }
});

test("goes on after an answer that makes no sense", async () => {
  const page = await start(() => answer(200, "<html>"));
  await page.clock.pass(12_000);
  page.respond = () => news("b");

  await page.clock.pass(24_000);

  equal(page.heard, ["b"]);
});

test("asks nothing for a stranger", async () => {
  const page = await start(() => news("a"), { body: "" });

  await page.clock.pass(MINUTE);

  equal(page.requests.length, 0);
});
