import { equal, open, test } from "./harness.mjs";

const HTML = `<span id="latest"></span><article>Message</article>
  <section id="composer"><textarea name="body"></textarea><textarea name="note" hidden></textarea></section>`;

const at = (hash) => ({ before: (frame) => { frame.location.hash = hash; } });

test("puts the focus where one goes on writing", async () => {
  const page = await open(HTML, "latest.js", at("#latest"));

  equal(page.document.activeElement.name, "body");
});

test("leaves the focus alone on a page that was just opened", async () => {
  const page = await open(HTML, "latest.js");

  equal(page.document.activeElement.name, undefined);
});

test("does nothing where nobody may write", async () => {
  const page = await open(`<span id="latest"></span>`, "latest.js", at("#latest"));

  equal(page.document.activeElement.tagName, "BODY");
});

test("does not take the focus back, once the page has loaded, from who has gone elsewhere", async () => {
  const page = await open(`${HTML}<select id="other"><option>One</option></select>`, "latest.js", {
    before: (frame) => {
      frame.location.hash = "#latest";
      frame.requestAnimationFrame = (act) => act();
    },
  });
  page.find("#other").focus();

  page.fire(page.window, "load");

  equal(page.document.activeElement.id, "other");
});
