import { equal, open, settle, test } from "./harness.mjs";

const HTML = `<form data-script="/static/js/toasts.js"><textarea id="in"></textarea><button type="button" id="own" data-on-demand>Own</button></form>
  <form data-script="/static/js/none.js"><input id="broken"><button id="none" data-on-demand>None</button></form><button id="out">Out</button>`;

const loaded = (page) => page.window.performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1));

async function until(isTrue) {
  for (let round = 0; round < 200 && !isTrue(); round += 1) {
    await settle();
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
  }
  return isTrue();
}

test("a script comes with the first focus in its form, and not before", async () => {
  const page = await open(HTML, "on-demand.js");
  page.find("#out").focus();
  equal(loaded(page).includes("toasts.js"), false);

  page.find("#in").focus();

  equal(await until(() => loaded(page).includes("toasts.js")), true);
});

test("the first press of its button counts once the script is there", async () => {
  const page = await open(HTML, "on-demand.js");
  const pressed = [];
  page.find("#own").addEventListener("click", () => pressed.push(loaded(page).includes("toasts.js")));

  page.find("#own").click();
  equal(pressed, []);

  equal(await until(() => pressed.length), 1);
  page.find("#own").click();
  equal(pressed, [true, true]);
});

test("without its script the button sends its form", async () => {
  const page = await open(HTML, "on-demand.js");

  page.find("#none").click();

  equal(await until(() => page.sent.length), 1);
});

test("a script that does not come breaks nothing", async () => {
  const page = await open(HTML, "on-demand.js");

  page.find("#broken").focus();
  await until(() => loaded(page).includes("none.js"));

  equal(page.faults, []);
});
