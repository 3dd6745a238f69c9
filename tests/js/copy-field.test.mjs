import { equal, open, settle, test } from "./harness.mjs";

const HTML = `<input id="secret" readonly value="hdk_1"><button data-copy-field="secret"><svg><use href="/icons.svg#copy"></use></svg></button>`;

const withClipboard = (clipboard) => ({
  before: (frame) => Object.defineProperty(frame.navigator, "clipboard", { value: clipboard }),
});
const symbol = (page) => page.find("use").getAttribute("href");

test("copies the whole of a field that shows only its beginning", async () => {
  const copied = [];
  const page = await open(HTML, "copy-field.js", withClipboard({ writeText: async (text) => copied.push(text) }));

  page.find("button").click();
  await settle();

  equal(copied, ["hdk_1"]);
  equal(symbol(page), "/icons.svg#check");
});

test("selects the value where the browser does not let it be copied", async () => {
  const page = await open(HTML, "copy-field.js", withClipboard(undefined));

  page.find("button").click();
  await settle();

  equal(page.find("input").selectionEnd, 5);
  equal(symbol(page), "/icons.svg#copy");
});
