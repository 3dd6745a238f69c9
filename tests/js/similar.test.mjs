import { answer, equal, open, settle, test } from "./harness.mjs";

const HTML = `<form><input type="hidden" name="csrfmiddlewaretoken" value="token"><input name="title">
  <select name="organization"><option value="1">One</option><option value="2">Two</option></select>
  <div data-similar="/similar/">Nothing yet</div></form>`;
const FOUND = "<ul><li>KT-7</li></ul>";

const place = (page) => page.find("[data-similar]").textContent;
async function start(respond = () => answer(200, FOUND)) {
  const page = await open(HTML, "similar.js");
  page.respond = respond;
  return page;
}

test("shows open tickets that resemble the typed title, after a pause", async () => {
  const page = await start();

  page.type("[name=title]", "Disk is full");
  await page.clock.pass(499);
  equal(page.requests.length, 0);
  await page.clock.pass(1);

  equal(place(page), "KT-7");
  const [{ url, method, body }] = page.requests;
  equal([url, method, body.get("title"), body.get("organization"), body.get("csrfmiddlewaretoken")],
    ["/similar/", "POST", "Disk is full", "1", "token"]);
});

test("asks once when typing goes on", async () => {
  const page = await start();

  page.type("[name=title]", "Disk is");
  await page.clock.pass(300);
  page.type("[name=title]", "Disk is full");
  await page.clock.pass(500);

  equal(page.requests.map(({ body }) => body.get("title")), ["Disk is full"]);
});

test("asks nothing for a short title or for the same again", async () => {
  const page = await start();

  page.type("[name=title]", "Disk");
  await page.clock.pass(500);
  equal(page.requests.length, 0);
  page.type("[name=title]", "Disk is full");
  await page.clock.pass(500);
  page.type("[name=title]", "Disk is full ");
  await page.clock.pass(500);

  equal(page.requests.length, 1);
});

test("asks again for another organization", async () => {
  const page = await start();
  page.type("[name=title]", "Disk is full");
  await page.clock.pass(500);

  page.find("select").value = "2";
  page.fire(page.find("select"), "input");
  await page.clock.pass(500);

  equal(page.requests.map(({ body }) => body.get("organization")), ["1", "2"]);
});

test("brings back the first sentence when nothing is found", async () => {
  const page = await start();
  page.type("[name=title]", "Disk is full");
  await page.clock.pass(500);
  page.respond = () => answer(204);

  page.type("[name=title]", "Something else");
  await page.clock.pass(500);

  equal(place(page), "Nothing yet");
});

test("gives up an answer that typing has overtaken", async () => {
  const page = await start();
  const signals = [];
  page.respond = (_url, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };

  page.type("[name=title]", "Disk is full");
  await page.clock.pass(500);
  page.type("[name=title]", "Disk is broken");
  await page.clock.pass(500);

  equal(signals.map(({ aborted }) => aborted), [true, false]);
});

test("leaves the page as it is without a connection or after signing out", async () => {
  for (const respond of [() => Promise.reject(new TypeError("offline")), () => answer(200, "Sign in", { redirected: true }), () => answer(500, "Failed")]) {
    const page = await start(respond);

    page.type("[name=title]", "Disk is full");
    await page.clock.pass(500);
    await settle();

    equal(place(page), "Nothing yet");
  }
});
