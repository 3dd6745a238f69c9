import { equal, open, settle, test } from "./harness.mjs";

const HTML = `<form data-marks-seen action="/seen/"><input type="hidden" name="until" value="noon"></form>`;

const untils = (page) => page.requests.map(({ body }) => body.get("until"));

test("marks the page as read once", async () => {
  const page = await open(HTML, "seen.js");

  page.hide(false);

  equal(untils(page), ["noon"]);
});

test("waits until the page is in front of somebody", async () => {
  const page = await open(HTML, "seen.js", { before: (_frame, opened) => opened.hide(true) });
  equal(untils(page), []);

  page.hide(false);

  equal(untils(page), ["noon"]);
});

test("marks what comes later too", async () => {
  const page = await open(HTML, "seen.js");

  page.find("input").setAttribute("value", "evening");
  await settle();

  equal(untils(page), ["noon", "evening"]);
});

test("tries again when it could not be sent", async () => {
  const offline = () => Promise.reject(new TypeError("offline"));
  const page = await open(HTML, "seen.js", { before: (_frame, opened) => Object.assign(opened, { respond: offline }) });

  page.hide(false);

  equal(untils(page), ["noon", "noon"]);
});

test("does nothing on a page of nothing to read", async () => {
  const page = await open("<p>Text</p>", "seen.js");

  equal(page.requests, []);
});
