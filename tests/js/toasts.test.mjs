import { equal, open, test } from "./harness.mjs";

const HTML = `<div data-toast>Sent <button data-toast-close>Dismiss</button></div>`;

test("goes after some seconds", async () => {
  const page = await open(HTML, "toasts.js");

  await page.clock.pass(5999);
  equal(page.all("[data-toast]").length, 1);
  await page.clock.pass(1);

  equal(page.all("[data-toast]").length, 0);
});

test("stays while it has the focus", async () => {
  const page = await open(HTML, "toasts.js");
  page.find("button").focus();

  await page.clock.pass(6000);
  equal(page.all("[data-toast]").length, 1);
  page.find("button").blur();
  await page.clock.pass(6000);

  equal(page.all("[data-toast]").length, 0);
});

test("goes at once by its button", async () => {
  const page = await open(HTML, "toasts.js");

  page.find("button").click();

  equal(page.all("[data-toast]").length, 0);
});
