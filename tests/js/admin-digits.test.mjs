import { equal, open, settle, test } from "./harness.mjs";

const HTML = `<span class="action-counter">0 از 6</span>`;

test("writes the count of selected rows with Persian digits, also when it changes", async () => {
  const page = await open(HTML, "admin-digits.js", { lang: "fa" });
  equal(page.find("span").textContent, "۰ از ۶");

  page.find("span").textContent = "12 از 60";
  await settle();

  equal(page.find("span").textContent, "۱۲ از ۶۰");
});

test("leaves an English page alone", async () => {
  const page = await open(HTML, "admin-digits.js");

  equal(page.find("span").textContent, "0 از 6");
});

test("does nothing on a page without a counter", async () => {
  await open("<p>Text 1</p>", "admin-digits.js", { lang: "fa" });
});
