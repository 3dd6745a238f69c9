import { equal, open, test } from "./harness.mjs";

const line = (name) => `<span data-presence-line="${name}" hidden><bdi></bdi></span>`;
const HTML = `
  <section id="composer"><div data-presence>${line("writing")}${line("viewing")}</div>
    <form data-mode="public"><textarea name="body"></textarea></form><form data-mode="note"><textarea name="body"></textarea></form>
  </section><textarea id="elsewhere"></textarea>`;

async function start() {
  let asked = 0;
  const page = await open(HTML, "presence.js", {
    before: (frame) => frame.document.addEventListener("live-ask", () => { asked += 1; }),
  });
  return Object.assign(page, { asked: () => asked, activity: () => page.document.body.dataset.activity });
}
const news = (page, presence) => page.document.dispatchEvent(new page.window.CustomEvent("live", { detail: { presence } }));
const shown = (page) => page.all("[data-presence-line]:not([hidden])").map((each) => each.textContent);

test("says that the page is read, once somebody stays on it", async () => {
  const page = await start();
  equal([page.activity(), page.asked()], ["view", 0]);

  await page.clock.pass(2_000);

  equal(page.asked(), 1);
});

test("says at once that somebody writes, and what; and when they rest or empty the field", async () => {
  const page = await start();
  await page.clock.pass(2_000);

  page.type("[data-mode=public] textarea", "A");
  equal([page.activity(), page.asked()], ["reply", 2]);
  page.type("[data-mode=public] textarea", "An");
  equal([page.activity(), page.asked()], ["reply", 2], "the same is not said again");
  page.type("[data-mode=note] textarea", "N");
  equal([page.activity(), page.asked()], ["note", 3]);
  await page.clock.pass(90_000);
  equal([page.activity(), page.asked()], ["view", 4]);

  page.type("[data-mode=note] textarea", "No");
  page.type("[data-mode=note] textarea", " ");
  equal(page.activity(), "view");
});

test("takes no other field for the composer", async () => {
  const page = await start();

  page.type("#elsewhere", "A");

  equal(page.activity(), "view");
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
  const page = await open("<p>Text</p>", "presence.js");

  equal(page.document.body.dataset.activity, undefined);
});
