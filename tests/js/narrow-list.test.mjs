import { equal, open, test } from "./harness.mjs";

const HTML = `<form><input type="search" data-narrows="people"></form><div id="people">
  <label><input type="checkbox"> علي رضايي</label><label><input type="checkbox"> سارا احمدی</label>
  <label><input type="checkbox"> پشتیبان‌گیری Team</label></div>`;

const shown = (page) => page.all("label").filter((label) => !label.hidden).map((label) => label.textContent.trim());

test("hides the labels that do not have the typed letters", async () => {
  const page = await open(HTML, "narrow-list.js");

  page.type("[type=search]", "سارا");
  equal(shown(page), ["سارا احمدی"]);
  page.type("[type=search]", "");

  equal(shown(page).length, 3);
});

test("takes Arabic and Persian letters, half-spaces and capitals as the same", async () => {
  const page = await open(HTML, "narrow-list.js");

  for (const [typed, found] of [["علی رضایی", "علي رضايي"], ["پشتیبان گیری", "پشتیبان‌گیری Team"], ["TEAM", "پشتیبان‌گیری Team"]]) {
    page.type("[type=search]", typed);
    equal(shown(page), [found], typed);
  }
});

test("keeps what is chosen in sight", async () => {
  const page = await open(HTML, "narrow-list.js");
  page.find("[type=checkbox]").checked = true;

  page.type("[type=search]", "سارا");

  equal(shown(page), ["علي رضايي", "سارا احمدی"]);
});

test("does not send the form by Enter in the search", async () => {
  const page = await open(HTML, "narrow-list.js");

  equal(page.press(page.find("[type=search]"), "Enter").defaultPrevented, true);
});

test("moves the choice of a radio to one that is seen", async () => {
  const page = await open(
    `<input type="search" data-narrows="list"><div id="list">
      <label><input type="radio" name="one" value="a" checked>Arya</label>
      <label><input type="radio" name="one" value="n">Nordic</label></div>`,
    "narrow-list.js",
  );

  page.type("[type=search]", "nor");

  equal(shown(page), ["Nordic"]);
  equal(page.find(":checked").value, "n");
});
