import { answer, equal, open, settle, test } from "./harness.mjs";

const page = (left, known = "data-known") => `
  <a data-bell data-label-none="Notifications" aria-label="Notifications, 3 unread"><span data-bell-count>3</span></a>
  <form data-marks-read data-left="${left}" ${known} action="/read/"><input type="hidden" name="until" value="7"></form>`;

const shown = ({ find }) => [find("[data-bell]").getAttribute("aria-label"), find("[data-bell-count]")?.textContent ?? null];
const label = (opened) => shown({ find: (selector) => opened.find(selector) });

test("marks a ticket's news as read once and lowers the count", async () => {
  const opened = await open(page("1"), "bell.js");
  opened.hide(false);
  await settle();

  equal(opened.requests.map(({ body }) => body.get("until")), ["7"]);
  equal(label(opened), ["Notifications, 1 unread", "1"]);
});

test("names no number when nothing is left", async () => {
  const opened = await open(page(""), "bell.js");
  await settle();

  equal(label(opened), ["Notifications", null]);
});

test("leaves a count alone of which it does not know what is left", async () => {
  const opened = await open(page("", ""), "bell.js");
  await settle();

  equal(label(opened), ["Notifications, 3 unread", "3"]);
});

test("waits until the page is in front of somebody", async () => {
  const opened = await open(page("1"), "bell.js", { before: (_frame, made) => made.hide(true) });
  equal(opened.requests, []);

  opened.hide(false);

  equal(opened.requests.length, 1);
});

test("keeps the count when the server refuses, and tries again after a lost request", async () => {
  const refusing = { respond: () => answer(403) };
  const refused = await open(page("1"), "bell.js", { before: (_frame, made) => Object.assign(made, refusing) });
  await settle();
  equal(label(refused), ["Notifications, 3 unread", "3"]);

  const offline = { respond: () => Promise.reject(new TypeError("offline")) };
  const lost = await open(page("1"), "bell.js", { before: (_frame, made) => Object.assign(made, offline) });
  await settle();
  lost.hide(false);
  equal(lost.requests.length, 2);
});

test("does nothing on a page with nothing to read", async () => {
  const opened = await open("<p>Text</p>", "bell.js");

  equal(opened.requests, []);
});
