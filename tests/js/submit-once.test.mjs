import { equal, open, test } from "./harness.mjs";

const FORM = `<form data-once><textarea name="body"></textarea><button type="button" class="btn">Preview</button>
  <button class="btn" id="send" name="move" value="wait">Send</button></form>`;

test("sends a form once, however often its button is pressed", async () => {
  const page = await open(FORM, "submit-once.js");

  page.find("#send").click();
  page.find("#send").click();

  equal(page.sent.length, 1);
  equal(page.find("#send").getAttribute("aria-busy"), "true");
});

test("lets who waited long for an answer send again, and says so", async () => {
  const page = await open(
    FORM.replace("</form>", '<i data-slow-text="You can send again"></i></form>'),
    "submit-once.js",
  );
  page.find("#send").click();
  await page.clock.pass(9_999);
  page.find("#send").click();
  equal(page.sent.length, 1);

  await page.clock.pass(1);
  equal(page.find("i").textContent, "You can send again");
  page.find("#send").click();

  equal(page.sent.length, 2);
});

test("lets a form that another script held back be sent later", async () => {
  const page = await open(FORM, []);
  const hold = (event) => event.preventDefault();
  page.find("form").addEventListener("submit", hold);
  const script = page.document.createElement("script");
  script.type = "module";
  script.src = "/static/js/submit-once.js";
  await new Promise((resolve) => {
    script.addEventListener("load", resolve);
    page.document.head.append(script);
  });
  page.find("#send").click();
  page.find("form").removeEventListener("submit", hold);

  page.find("#send").click();

  equal(page.sent.length, 1);
});

test("leaves other forms alone", async () => {
  const page = await open(`<form><button id="send">Send</button></form>`, "submit-once.js");

  page.find("#send").click();
  page.find("#send").click();

  equal(page.sent.length, 2);
});

test("sends by Ctrl or Command with Enter, by the form's own button", async () => {
  for (const key of ["ctrlKey", "metaKey"]) {
    const page = await open(FORM, "submit-once.js");

    page.press(page.find("textarea"), "Enter", { [key]: true });

    equal(page.sent.length, 1, key);
    equal(page.find("#send").getAttribute("aria-busy"), "true");
  }
});

test("does not send by Enter alone or by a key held down", async () => {
  const page = await open(FORM, "submit-once.js");

  page.press(page.find("textarea"), "Enter");
  page.press(page.find("textarea"), "Enter", { ctrlKey: true, repeat: true });

  equal(page.sent.length, 0);
});

test("lets a page that comes back from the browser's memory be sent again", async () => {
  const page = await open(FORM, "submit-once.js");
  page.find("#send").click();

  page.fire(page.window, "pageshow");
  page.find("#send").click();

  equal(page.sent.length, 2);
});
