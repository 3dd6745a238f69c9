import { blockStorage, equal, ok, open, test } from "./harness.mjs";

const NAME = "draft:7:/reply/";
const FORM = `
  <form data-draft="/reply/" action="/reply/">
    <input type="text" hidden name="form_key" value="new-key">
    <input type="text" name="title"><textarea name="body"></textarea>
    <label><input type="radio" name="priority" value="low"></label>
    <label><input type="radio" name="priority" value="high"></label>
    <select name="organization"><option value="1">One</option><option value="2">Two</option></select>
    <output data-draft-state data-saved-text="Kept" data-full-text="Not kept" data-blocked-text="Blocked"></output><i data-draft-hint></i><button>Send</button>
  </form>`;
const SIGN_OUT = `<form id="out" data-forget-drafts><button>Sign out</button></form>`;

const KEY = "new-key";
const draft = (key = KEY) => JSON.parse(localStorage.getItem(NAME))?.[key]?.values ?? null;
const put = (key, values, more = {}) =>
  localStorage.setItem(NAME, JSON.stringify({ ...JSON.parse(localStorage.getItem(NAME)), [key]: { at: 1, values, ...more } }));
const message = (key) => `<article class="message" data-sent="${key}"></article>`;
const start = (html = FORM, options = {}) => open(html, "drafts.js", { body: 'data-person="7"', ...options });

test("keeps what is typed, with the form's key, and writes that it did", async () => {
  const page = await start();

  page.type("textarea", "Half a sentence");
  await page.clock.pass(399);
  equal(draft(), null);
  page.find("[value=high]").checked = true;
  await page.clock.pass(1);

  equal(draft(), { title: "", body: "Half a sentence", priority: "high", organization: "1" });
  equal(page.find("[data-draft-state]").textContent, "Kept");
});

test("brings back every field and the key that belongs to the text", async () => {
  put("old-key", { body: "Before", priority: "low", organization: "2" });

  const page = await start();

  equal(page.find("textarea").value, "Before");
  equal(page.find("[name=form_key]").value, "old-key");
  equal(page.find("select").value, "2");
  equal(page.find("[value=low]").checked, true);
  equal(page.find("[name=title]").value, "", "a field that the draft does not name");
});

test("leaves alone what the server sent back, with its key, and keeps it", async () => {
  put("old-key", { body: "Before" });

  const page = await start(FORM.replace("</textarea>", "Refused</textarea>").replace("<form ", "<form data-returned "));

  equal(page.find("textarea").value, "Refused");
  equal(page.find("[name=form_key]").value, "new-key");
  equal(draft().body, "Refused");
});

test("brings back the draft of a form that the server fills in beforehand", async () => {
  put("old-key", { body: "Changed" });

  const page = await start(FORM.replace("</textarea>", "Asked for by the address</textarea>"));

  equal(page.find("textarea").value, "Changed");
  equal(page.find("[name=form_key]").value, "old-key");
});

test("keeps the drafts of two tabs apart and brings back the latest", async () => {
  const one = await start();
  const other = await start(FORM.replace("new-key", "other-key"), { now: 5 });
  one.type("textarea", "One");
  other.type("textarea", "Other");
  await one.clock.pass(400);
  await other.clock.pass(400);

  equal([draft().body, draft("other-key").body], ["One", "Other"]);
  const third = await start();
  equal(third.find("textarea").value, "Other");
  equal(third.find("[name=form_key]").value, "other-key");
});

test("keeps a few drafts of one form, and of an older one not even its files", async () => {
  for (let at = 1; at <= 6; at += 1) put(`key-${at}`, { body: `${at}` }, { at });
  localStorage.setItem(`${NAME}:files:key-1`, "[1]");

  const page = await start(FORM, { now: 9 });
  page.type("textarea", "7");
  await page.clock.pass(400);

  equal(Object.keys(JSON.parse(localStorage.getItem(NAME))).length, 5);
  equal(localStorage.getItem(`${NAME}:files:key-1`), null);
});

test("forgets a draft whose text was deleted", async () => {
  const page = await start();
  page.type("textarea", "Something");
  await page.clock.pass(400);

  page.type("textarea", "  ");
  await page.clock.pass(400);

  equal(draft(), null);
  equal(page.find("[data-draft-state]").textContent, "");
});

test("forgets the draft and its files once the next page names its key as sent", async () => {
  const page = await start();
  page.type("textarea", "Sent");
  localStorage.setItem(`${NAME}:files:${KEY}`, "[1]");
  page.find("form").requestSubmit();
  equal(draft().body, "Sent", "until the confirmation");

  await start(`<div data-toast data-sent="${KEY}"></div>${FORM}`);

  equal(draft(), null);
  equal(localStorage.getItem(`${NAME}:files:${KEY}`), null);
});

test("keeps the draft when the next page confirms nothing, or something else", async () => {
  const page = await start();
  page.type("textarea", "Lost on the way");
  page.find("form").requestSubmit();

  for (const toast of ["", "<div data-toast></div>", '<div data-toast data-sent="other-key"></div>']) {
    const next = await start(`${toast}${FORM}`);
    equal(next.find("textarea").value, "Lost on the way");
  }
});

test("forgets a draft whose message the page shows, unless it was changed since", async () => {
  const page = await start();
  page.type("textarea", "The answer was lost");
  page.find("form").requestSubmit();
  await start(`${message(KEY)}${FORM}`);
  equal(draft(), null);

  const again = await start();
  again.type("textarea", "The answer was lost");
  again.find("form").requestSubmit();
  again.type("textarea", "and changed");
  again.find("form").requestSubmit();
  await start(`${message(KEY)}${FORM}`);
  equal(draft().body, "and changed");
});

test("discards the text of a form that comes back with what it sent before", async () => {
  const page = await start(
    FORM.replace("</textarea>", "Other</textarea>")
      .replace("<form ", "<form data-returned ")
      .replace("</form>", '<a href="#ticket" data-discard-draft>Discard</a></form>'),
  );
  equal(draft().body, "Other");

  page.find("[data-discard-draft]").click();

  equal(draft(), null);
});

test("keeps the drafts of another person apart", async () => {
  localStorage.setItem("draft:8:/reply/", JSON.stringify({ k: { at: 1, values: { body: "Not yours" } } }));

  const page = await start();

  equal(page.find("textarea").value, "");
});

test("forgets the drafts of everybody at sign-out, and nothing else", async () => {
  localStorage.setItem(NAME, "{}");
  localStorage.setItem("draft:8:/new/", "{}");
  localStorage.setItem("theme", "dark");

  const page = await start(SIGN_OUT);
  page.find("#out").requestSubmit();

  equal(Object.keys(localStorage), ["theme"]);
});

test("starts without a draft where the stored one is spoiled", async () => {
  for (const spoiled of ["{spoiled", "null", "3", '"text"', '{"form_key":"k","body":"of an earlier version"}', '{"k":null}']) {
    localStorage.setItem(NAME, spoiled);

    const page = await start();
    equal(page.find("textarea").value, "");
    page.type("textarea", "New");
    await page.clock.pass(400);

    equal(draft().body, "New");
  }
});

test("says that a full storage did not keep the draft", async () => {
  const page = await start();
  page.type("textarea", "Kept");
  await page.clock.pass(400);
  page.fillStorage();

  page.type("textarea", "Too much");
  await page.clock.pass(400);

  equal(page.find("[data-draft-state]").textContent, "Not kept");
  equal(page.find("[data-draft-hint]").hidden, true);
});

test("sends the form where the storage is full", async () => {
  const page = await start();
  page.fillStorage();

  page.type("textarea", "Too much");
  page.find("form").requestSubmit();

  equal(page.sent.length, 1);
});

test("says that a browser which keeps nothing did not keep the draft, and sends", async () => {
  const page = await start(FORM, { before: blockStorage });

  page.type("textarea", "Typed");
  await page.clock.pass(400);
  page.find("form").requestSubmit();

  equal(page.sent.length, 1);
  equal(page.find("[data-draft-state]").textContent, "Blocked");
});

test("keeps nothing for somebody who is not signed in", async () => {
  const page = await open(FORM, "drafts.js");

  page.type("textarea", "Typed");
  await page.clock.pass(400);

  ok(localStorage.length === 0, "something was kept");
});
