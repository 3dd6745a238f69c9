import { blockStorage, equal, ok, open, test } from "./harness.mjs";

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

const MODES = `<section id="composer"><label><input type="radio" name="composer-mode" value="public" checked></label>
  <label><input type="radio" name="composer-mode" value="note"></label>
  <form data-mode="note" data-draft="/queue/KT-1/note/"><textarea name="body"></textarea></form></section>
  <form id="priority"></form>`;

// The page that comes after a press, as the same tab opens it.
async function pressedAtNote({ next = MODES } = {}) {
  const page = await open(MODES, "latest.js");
  page.find("[value=note]").checked = true;
  page.fire(page.find("#priority"), "submit");
  return open(`<span id="latest"></span>${next}`, "latest.js", at("#latest"));
}

test("leaves who was at the note there, whatever they pressed", async () => {
  const page = await pressedAtNote();

  ok(page.find("[value=note]").checked);
});

test("opens no note of another ticket", async () => {
  const page = await pressedAtNote({ next: MODES.replace("KT-1", "KT-2") });

  ok(page.find("[value=public]").checked);
});

test("goes back to the reply with who went back to it", async () => {
  await pressedAtNote();
  const again = await open(MODES, "latest.js", at("#latest"));

  ok(again.find("[value=public]").checked);
});

test("opens where the browser keeps nothing", async () => {
  const page = await open(MODES, "latest.js", { before: blockStorage });
  page.fire(page.find("#priority"), "submit");

  equal(page.sent.length, 1);
});
