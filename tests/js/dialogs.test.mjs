import { equal, open, test } from "./harness.mjs";

const HTML = `<button id="open" popovertarget="ask">Close</button><a id="link" href="/close/" data-dialog="ask">Close</a>
  <a id="away" href="#there" data-dialog="missing">Elsewhere</a>
  <dialog id="ask" popover><form method="dialog"><button id="no" type="button" data-dialog-close>No</button></form></dialog>`;

test("opens a popover as a modal dialog", async () => {
  const page = await open(HTML, "dialogs.js");

  page.find("#open").click();

  equal(page.find("#ask").matches(":modal"), true);
});

test("opens the dialog in place of the page that a link leads to", async () => {
  const page = await open(HTML, "dialogs.js");
  const event = page.fire(page.find("#link"), "click");

  equal(event.defaultPrevented, true);
  equal(page.find("#ask").matches(":modal"), true);
});

test("follows the link where its dialog is not on the page", async () => {
  const page = await open(HTML, "dialogs.js");
  const event = page.fire(page.find("#away"), "click");

  equal(event.defaultPrevented, false);
});

test("closes by its button and by the backdrop", async () => {
  const page = await open(HTML, "dialogs.js");
  for (const closer of ["#no", "#ask"]) {
    page.find("#open").click();

    page.find(closer).click();

    equal(page.find("#ask").open, false, closer);
  }
});

test("stays open on a click on what it shows", async () => {
  const page = await open(HTML, "dialogs.js");
  page.find("#open").click();

  page.find("#ask form").click();

  equal(page.find("#ask").open, true);
});
