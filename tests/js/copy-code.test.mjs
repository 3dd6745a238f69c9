import { equal, open, settle, test } from "./harness.mjs";

const HTML = `<div class="code-block"><button data-copy><svg><use href="/icons.svg#copy"></use></svg></button><pre>df -h
free</pre></div>`;

const withClipboard = (clipboard) => ({
  before: (frame) => Object.defineProperty(frame.navigator, "clipboard", { value: clipboard }),
});
const symbol = (page) => page.find("use").getAttribute("href");

test("puts the code on the clipboard and shows a tick for a moment", async () => {
  const copied = [];
  const page = await open(HTML, "copy-code.js", withClipboard({ writeText: async (text) => copied.push(text) }));

  page.find("button").click();
  await settle();
  equal(copied, ["df -h\nfree"]);
  equal(symbol(page), "/icons.svg#check");
  await page.clock.pass(1500);

  equal(symbol(page), "/icons.svg#copy");
});

test("keeps its symbol when it is pressed twice", async () => {
  const page = await open(HTML, "copy-code.js", withClipboard({ writeText: async () => {} }));

  page.find("button").click();
  await page.clock.pass(100);
  page.find("button").click();
  await page.clock.pass(5000);

  equal(symbol(page), "/icons.svg#copy");
});

test("selects the code where the browser does not let it be copied", async () => {
  const refused = { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) };
  for (const clipboard of [refused, undefined]) {
    const page = await open(HTML, "copy-code.js", withClipboard(clipboard));

    page.find("button").click();
    await settle();

    equal(page.window.getSelection().toString(), "df -h\nfree");
    equal(symbol(page), "/icons.svg#copy");
  }
});
