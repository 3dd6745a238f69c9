import { equal, open, settle, test } from "./harness.mjs";

const HTML = `<form data-script="/static/js/toasts.js"><textarea id="in"></textarea></form>
  <form data-script="/static/js/none.js"><input id="broken"></form><button id="out">Out</button>`;

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

test("a script that does not come breaks nothing", async () => {
  const page = await open(HTML, "on-demand.js");

  page.find("#broken").focus();
  await until(() => loaded(page).includes("none.js"));

  equal(page.faults, []);
});
