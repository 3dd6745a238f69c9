import { answer, equal, ok, open, test } from "./harness.mjs";

const NAME = "draft:7:/reply/";
const html = ({ text = "", version = "", key = "page-key", more = "" } = {}) => `
  <form data-draft="/reply/" action="/reply/"${more}>
    <input type="hidden" name="csrfmiddlewaretoken" value="token">
    <input type="text" hidden name="form_key" value="${key}">
    <div data-saved-draft="/drafts/" data-everywhere-text="Everywhere" data-without-files-text="Without files">
      <input type="hidden" name="draft_kind" value="public"><input type="hidden" name="draft_version" value="${version}">
      ${version ? "<p data-draft-restored>Restored<button name=discard></button></p>" : ""}
      <div data-draft-newer hidden><blockquote data-draft-other></blockquote>
        <button type="button" data-draft-take></button><button type="button" data-draft-keep></button></div>
    </div>
    <textarea name="body">${text}</textarea><div data-chosen></div>
    <output data-draft-state data-saved-text="Here"></output><button>Send</button>
  </form>`;

const put = (name, value) => localStorage.setItem(name, JSON.stringify(value));
const here = (body, key = "page-key") => put(NAME, { [key]: { at: 1, values: { body } } });
const known = (body, version, key = "page-key") => put(`${NAME}:server`, { body, version, key });
const saved = (body, version = "2", form_key = "page-key") => () =>
  answer(200, JSON.stringify({ outcome: "saved", body, version, form_key }));
const newer = (body, version, form_key) => () => answer(200, JSON.stringify({ outcome: "newer", body, version, form_key }));

const start = (shown) => open(html(shown), ["drafts.js", "saved-drafts.js"], { body: 'data-person="7"' });
const text = (page) => page.find("textarea").value;
const key = (page) => page.find("[name=form_key]").value;
const isOffered = (page) => !page.find("[data-draft-newer]").hidden;
const sent = (page) => page.requests.map(({ body }) => body.get("body"));

test("saves what is typed after two seconds, with its key and the version that it began with", async () => {
  const page = await start({ text: "Half", version: "1" });
  page.respond = saved("Half a sentence");

  page.type("textarea", "Half a sentence");
  await page.clock.pass(1_999);
  equal(page.requests.length, 0);
  await page.clock.pass(1);

  const [{ url, body, keepalive }] = page.requests;
  equal([url, keepalive], ["/drafts/", true]);
  equal([...body], [["csrfmiddlewaretoken", "token"], ["form_key", "page-key"], ["draft_kind", "public"], ["draft_version", "1"], ["body", "Half a sentence"]]);
  equal(page.find("[name=draft_version]").value, "2");
  equal(page.find("[data-draft-state]").textContent, "Everywhere");
});

test("says that files are no part of it", async () => {
  const page = await start();
  page.respond = saved("A");
  page.find("[data-chosen]").append("file", page.document.createElement("p"));

  page.type("textarea", "A");
  await page.clock.pass(2_000);

  equal(page.find("[data-draft-state]").textContent, "Without files");
});

test("saves at once when the field or the page is left, and nothing while it is sent", async () => {
  const page = await start();
  page.respond = saved("A");
  page.type("textarea", "A");
  page.fire(page.find("textarea"), "focusout");
  equal(sent(page), ["A"]);
  await page.clock.pass(3_000);
  equal(sent(page), ["A"], "what is saved is not saved again");

  page.type("textarea", "AB");
  page.fire(page.window, "pagehide");
  equal(sent(page), ["A", "AB"]);
  page.type("textarea", "ABC");
  page.fire(page.find("form"), "submit");
  page.fire(page.window, "pagehide");
  await page.clock.pass(3_000);
  equal(sent(page).length, 2);
  page.type("textarea", "ABCD");
  await page.clock.pass(2_000);
  equal(sent(page).length, 3, "sending was held up, and writing goes on");
});

test("shows a text that was saved elsewhere, and saves nothing until one was chosen", async () => {
  const page = await start();
  page.respond = newer("From the phone", "5", "phone-key");
  page.type("textarea", "From here");
  await page.clock.pass(2_000);
  ok(isOffered(page));
  equal(page.find("[data-draft-other]").textContent, "From the phone");
  page.type("textarea", "From here too");
  await page.clock.pass(2_000);
  equal(sent(page), ["From here"]);

  page.respond = saved("From here too", "6");
  page.find("[data-draft-keep]").click();

  equal([sent(page)[1], page.requests[1].body.get("draft_version"), isOffered(page)], ["From here too", "5", false]);
});

test("goes on with the text from elsewhere, with its key", async () => {
  const page = await start();
  page.respond = newer("From the phone", "5", "phone-key");
  page.type("textarea", "From here");
  await page.clock.pass(2_000);

  page.find("[data-draft-take]").click();

  equal([text(page), key(page), page.find("[name=draft_version]").value], ["From the phone", "phone-key", "5"]);
});

test("goes on here with what the server has not got yet", async () => {
  here("Half a sentence");
  known("Half", "1");
  const page = await start({ text: "Half", version: "1" });
  page.respond = saved("Half a sentence");
  equal([text(page), isOffered(page), page.find("[data-draft-restored]")], ["Half a sentence", false, null]);

  await page.clock.pass(2_000);

  equal(page.requests[0].body.get("draft_version"), "1");
});

test("takes what another device went on with, when nothing was added here", async () => {
  here("Half");
  known("Half", "1");

  const page = await start({ text: "Half a sentence", version: "2" });

  equal([text(page), isOffered(page)], ["Half a sentence", false]);
  ok(page.find("[data-draft-restored]"));
});

test("shows both when both devices went on", async () => {
  here("Half of this");
  known("Half", "1");

  const page = await start({ text: "Half of that", version: "2" });

  equal([text(page), isOffered(page)], ["Half of this", true]);
  equal(page.find("[data-draft-other]").textContent, "Half of that");
});

test("drops what was sent or discarded elsewhere, and gives the next text a new key", async () => {
  here("Half", "old-key");
  known("Half", "1", "old-key");

  const page = await start();

  equal([text(page), key(page), localStorage.getItem(NAME)], ["", "page-key", null]);
});

test("a page that was asked for before another tab saved does not drop the text as sent elsewhere", async () => {
  here("Typed in the other tab", "other-key");
  put(`${NAME}:server`, { body: "Typed in the other tab", version: "3", key: "other-key", at: Date.now() + 60_000 });
  const page = await start();
  page.respond = saved("Typed in the other tab", "3", "other-key");
  equal([text(page), key(page)], ["Typed in the other tab", "other-key"]);

  await page.clock.pass(2_000);
  equal(sent(page), ["Typed in the other tab"]);
  equal(page.find("[name=draft_version]").value, "3");
});

test("an older page does not go back to the text from before", async () => {
  here("Longer by another tab", "other-key");
  put(`${NAME}:server`, { body: "Longer by another tab", version: "3", key: "other-key", at: Date.now() + 60_000 });
  const page = await start({ text: "Longer", version: "2", key: "other-key" });
  equal(text(page), "Longer by another tab");
});

test("what another device saved last is not overwritten by what another tab saved before", async () => {
  here("By the other tab", "other-key");
  put(`${NAME}:server`, { body: "By the other tab", version: "3", key: "other-key", at: Date.now() + 60_000 });
  const page = await start({ text: "By the other device", version: "4", key: "other-key" });
  equal(text(page), "By the other device");

  await page.clock.pass(2_000);
  equal(sent(page), []);
});

test("saves what was typed without a connection", async () => {
  here("Typed in a tunnel");
  const page = await start();
  page.respond = saved("Typed in a tunnel");

  await page.clock.pass(2_000);

  equal(sent(page), ["Typed in a tunnel"]);
});

test("loses nothing and says nothing where the server does not answer", async () => {
  const page = await start();
  page.respond = () => Promise.reject(new TypeError("offline"));
  page.type("textarea", "A");
  await page.clock.pass(2_000);
  equal(page.find("[data-draft-state]").textContent, "Here");

  page.respond = saved("AB");
  page.type("textarea", "AB");
  await page.clock.pass(2_000);

  equal(sent(page), ["A", "AB"]);
});

test("keeps a text that came back from the server refused", async () => {
  const page = await start({ text: "Refused", version: "3", more: " data-returned" });

  equal([text(page), key(page)], ["Refused", "page-key"]);
  page.respond = saved("Refused", "4");
  await page.clock.pass(2_000);
  equal(sent(page), ["Refused"], "it is not what the server has as the draft");
});
