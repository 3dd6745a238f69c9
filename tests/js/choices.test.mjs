import { equal, open, test } from "./harness.mjs";

const HTML = `<div class="promise"><p data-promise>At first</p></div>
  <input type="radio" name="priority" id="low" data-sentence="Within 48 hours">
  <input type="radio" name="priority" id="high" data-sentence="No commitment" data-promised="no">
  <input type="radio" name="category" id="other">`;

test("repeats the promise of the chosen priority", async () => {
  const page = await open(HTML, "choices.js");

  page.find("#low").click();

  equal(page.find("[data-promise]").textContent, "Within 48 hours");
  equal(page.find(".promise").className, "promise");
});

test("marks a priority without commitment", async () => {
  const page = await open(HTML, "choices.js");

  page.find("#high").click();
  equal(page.find(".promise").className, "promise promise-none");
  page.find("#low").click();

  equal(page.find(".promise").className, "promise");
});

test("leaves the sentence alone when something else is chosen", async () => {
  const page = await open(HTML, "choices.js");

  page.find("#other").click();

  equal(page.find("[data-promise]").textContent, "At first");
});

test("does nothing on a page without promises", async () => {
  const page = await open(`<input type="radio" data-sentence="Words">`, "choices.js");

  page.find("input").click();
});
