import { answer, equal, ok, open, test } from "./harness.mjs";

const line = (name) => `<span data-presence-line="${name}" hidden><bdi></bdi></span>`;
const HTML = `
  <section id="composer"><div data-presence="/live/KT-1/viewing/">${line("writing")}${line("viewing")}</div>
    <form data-mode="public"><input name="csrfmiddlewaretoken" value="abc"><textarea name="body"></textarea></form>
    <form data-mode="note"><textarea name="body"></textarea></form>
  </section><textarea id="elsewhere"></textarea>`;

async function start() {
  let asked = 0;
  const page = await open(HTML, "presence.js", {
    body: 'data-live-every="12"',
    before: (frame) => frame.document.addEventListener("live-ask", () => { asked += 1; }),
  });
  page.respond = () => answer(204);
  const said = () => page.requests.map(({ body }) => new URLSearchParams(body).get("activity"));
  return Object.assign(page, { asked: () => asked, said });
}
const news = (page, presence) => page.document.dispatchEvent(new page.window.CustomEvent("live", { detail: { presence } }));
const shown = (page) => page.all("[data-presence-line]:not([hidden])").map((each) => each.textContent);

test("says that the page is read, once somebody stays on it, and then who else does", async () => {
  const page = await start();
  await page.clock.pass(1_999);
  equal([page.said(), page.asked()], [[], 0]);

  await page.clock.pass(1);

  equal([page.said(), page.asked()], [["view"], 1]);
  const [{ url, method, body }] = page.requests;
  equal([url, method], ["/live/KT-1/viewing/", "POST"]);
  const sent = new URLSearchParams(body);
  equal(sent.get("csrfmiddlewaretoken"), "abc");
  ok(/^[0-9a-z]{1,12}$/.test(sent.get("page")));
});

test("says so again every twelve seconds, but not of a hidden page or one that has ended", async () => {
  const page = await start();
  await page.clock.pass(2_000);
  await page.clock.pass(12_000);
  equal(page.said().length, 2);

  page.hide(true);
  await page.clock.pass(60_000);
  equal(page.said().length, 2);
  page.hide(false);
  await page.clock.pass(0);
  equal(page.said().length, 3);

  page.fire(page.document, "live-end");
  await page.clock.pass(60_000);
  equal(page.said().length, 3);
});

test("says at once that somebody writes, and what; and when they rest or empty the field", async () => {
  const page = await start();
  await page.clock.pass(2_000);
  const last = () => page.said().at(-1);

  page.type("[data-mode=public] textarea", "A");
  equal([last(), page.said().length], ["reply", 2]);
  page.type("[data-mode=public] textarea", "An");
  equal(page.said().length, 2, "the same is not said again");
  page.type("[data-mode=note] textarea", "N");
  equal([last(), page.said().length], ["note", 3]);
  await page.clock.pass(90_000);
  equal(last(), "view");

  page.type("[data-mode=note] textarea", "No");
  equal(last(), "note");
  page.type("[data-mode=note] textarea", " ");
  equal(last(), "view");
});

test("says that somebody leaves, and nothing of a page that was only passed", async () => {
  const page = await start();
  page.fire(page.window, "pagehide");
  equal(page.said(), []);
  await page.clock.pass(2_000);

  page.fire(page.window, "pagehide");

  equal(page.said(), ["view", "left"]);
  ok(page.requests[1].keepalive);
});

test("takes no other field for the composer", async () => {
  const page = await start();
  await page.clock.pass(2_000);

  page.type("#elsewhere", "A");

  equal(page.said(), ["view"]);
});

test("shows what colleagues do, and nothing once they are gone or the page has ended", async () => {
  const page = await start();

  news(page, { writing: "Amir is writing a reply", viewing: "Sara is viewing this ticket" });
  equal(shown(page), ["Amir is writing a reply", "Sara is viewing this ticket"]);
  equal(page.find("[data-presence-line=writing]").title, "Amir is writing a reply");
  news(page, { writing: "", viewing: "Sara is viewing this ticket" });
  equal(shown(page), ["Sara is viewing this ticket"]);
  page.fire(page.document, "live-end");
  equal(shown(page), []);
});

test("does nothing on a page without a composer of an agent", async () => {
  const page = await open("<p>Text</p>", "presence.js", { body: 'data-live-every="12"' });
  await page.clock.pass(60_000);

  equal(page.requests.length, 0);
});
