import { equal, open, test } from "./harness.mjs";

const HTML = `<input data-search value="disk"><textarea></textarea><button>Button</button>`;

test("puts the focus into the search and selects what it holds", async () => {
  const page = await open(HTML, "search-key.js");

  const event = page.press(page.find("button"), "/");

  equal(event.defaultPrevented, true, "the key is not typed");
  equal(page.document.activeElement, page.find("[data-search]"));
  equal(page.find("[data-search]").selectionEnd, 4);
});

test("types a slash where somebody is typing", async () => {
  const page = await open(HTML, "search-key.js");

  equal(page.press(page.find("textarea"), "/").defaultPrevented, false);
});

test("leaves the browser's own shortcuts alone", async () => {
  const page = await open(HTML, "search-key.js");

  for (const key of ["ctrlKey", "metaKey", "altKey"]) {
    equal(page.press(page.find("button"), "/", { [key]: true }).defaultPrevented, false, key);
  }
});

test("does nothing on a page without a search", async () => {
  const page = await open("<button>Button</button>", "search-key.js");

  equal(page.press(page.find("button"), "/").defaultPrevented, false);
});
