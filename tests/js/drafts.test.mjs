import { blockStorage, equal, ok, open, test } from "./harness.mjs";

const NAME = "draft:7:/reply/";
const FORM = `
  <form data-draft="/reply/" action="/reply/">
    <input type="hidden" name="form_key" value="new-key">
    <input type="text" name="title"><textarea name="body"></textarea>
    <label><input type="radio" name="priority" value="low"></label>
    <label><input type="radio" name="priority" value="high"></label>
    <select name="organization"><option value="1">One</option><option value="2">Two</option></select>
    <output data-draft-state data-saved-text="Kept" data-full-text="Not kept"></output><button>Send</button>
  </form>`;
const SIGN_OUT = `<form id="out" data-forget-drafts><button>Sign out</button></form>`;

const draft = () => JSON.parse(localStorage.getItem(NAME));
const start = (html = FORM, options = {}) => open(html, "drafts.js", { body: 'data-person="7"', ...options });

test("keeps what is typed, with the form's key, and writes that it did", async () => {
  const page = await start();

  page.type("textarea", "Half a sentence");
  await page.clock.pass(399);
  equal(draft(), null);
  page.find("[value=high]").checked = true;
  await page.clock.pass(1);

  equal(draft(), { form_key: "new-key", title: "", body: "Half a sentence", priority: "high", organization: "1" });
  equal(page.find("[data-draft-state]").textContent, "Kept");
});

test("brings back every field and the key that belongs to the text", async () => {
  localStorage.setItem(NAME, JSON.stringify({ form_key: "old-key", body: "Before", priority: "low", organization: "2" }));

  const page = await start();

  equal(page.find("textarea").value, "Before");
  equal(page.find("[name=form_key]").value, "old-key");
  equal(page.find("select").value, "2");
  equal(page.find("[value=low]").checked, true);
  equal(page.find("[name=title]").value, "", "a field that the draft does not name");
});

test("leaves alone what the server sent back", async () => {
  localStorage.setItem(NAME, JSON.stringify({ form_key: "old-key", body: "Before" }));

  const page = await start(FORM.replace("</textarea>", "Refused</textarea>"));

  equal(page.find("textarea").value, "Refused");
  equal(page.find("[name=form_key]").value, "new-key");
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

test("forgets the draft and its files once the next page confirms the sending", async () => {
  const page = await start();
  page.type("textarea", "Sent");
  localStorage.setItem(`${NAME}:files`, "[1]");
  page.find("form").requestSubmit();
  equal(draft().body, "Sent", "until the confirmation");

  await start(`<div data-toast></div>${FORM}`, { now: 1000 });

  equal(draft(), null);
  equal(localStorage.getItem(`${NAME}:files`), null);
});

test("keeps the draft when the next page confirms nothing", async () => {
  const page = await start();
  page.type("textarea", "Lost on the way");
  page.find("form").requestSubmit();

  const next = await start();

  equal(next.find("textarea").value, "Lost on the way");
});

test("does not take a much later confirmation for that of the draft", async () => {
  const page = await start();
  page.type("textarea", "Lost on the way");
  page.find("form").requestSubmit();

  await start(`<div data-toast></div>`, { now: 11 * 60_000 });

  equal(draft().body, "Lost on the way");
});

test("keeps the drafts of another person apart", async () => {
  localStorage.setItem("draft:8:/reply/", JSON.stringify({ body: "Not yours" }));

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
  for (const spoiled of ["{spoiled", "null", "3", '"text"']) {
    localStorage.setItem(NAME, spoiled);

    const page = await start();
    equal(page.find("textarea").value, "");
    page.type("textarea", "New");
    await page.clock.pass(400);

    equal(draft().body, "New");
  }
});

test("starts where the note of the last sending is spoiled", async () => {
  sessionStorage.setItem("draft-sent", "{spoiled");

  const page = await start();
  page.type("textarea", "New");
  await page.clock.pass(400);

  equal(draft().body, "New");
});

test("says that a full storage did not keep the draft", async () => {
  const page = await start();
  page.type("textarea", "Kept");
  await page.clock.pass(400);
  page.fillStorage();

  page.type("textarea", "Too much");
  await page.clock.pass(400);

  equal(page.find("[data-draft-state]").textContent, "Not kept");
});

test("sends the form where the storage is full", async () => {
  const page = await start();
  page.fillStorage();

  page.type("textarea", "Too much");
  page.find("form").requestSubmit();

  equal(page.sent.length, 1);
});

test("leaves the page alone where the browser keeps nothing", async () => {
  const page = await start(FORM, { before: blockStorage });

  page.type("textarea", "Typed");
  await page.clock.pass(400);
  page.find("form").requestSubmit();

  equal(page.sent.length, 1);
  equal(page.find("[data-draft-state]").textContent, "");
});

test("keeps nothing for somebody who is not signed in", async () => {
  const page = await open(FORM, "drafts.js");

  page.type("textarea", "Typed");
  await page.clock.pass(400);

  ok(localStorage.length === 0, "something was kept");
});
