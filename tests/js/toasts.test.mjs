import { equal, open, test } from "./harness.mjs";

const HTML = `<div role="status"><div data-toast><span data-toast-text>Sent</span> <button data-toast-close>Dismiss</button></div></div>`;

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

test("is put into its region again, as screen readers say nothing of what a page arrives with", async () => {
  const page = await open(HTML, "toasts.js");
  const before = page.find("[data-toast-text]").firstChild;
  const added = [];
  const changes = new page.window.MutationObserver((records) =>
    added.push(...records.flatMap((each) => [...each.addedNodes])),
  );
  changes.observe(page.find("[role=status]"), { childList: true, subtree: true });

  await page.clock.pass(500);

  equal(page.find("[data-toast-text]").textContent, "Sent");
  equal(added.includes(before), true);
});
