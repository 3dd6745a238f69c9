import { answer, equal, open, settle, test } from "./harness.mjs";

const HTML = `<details><summary>Tags</summary><div data-fragment="/tags/"><a href="/tags/">Tags</a></div></details>`;
const PART = `<input type="hidden"><input id="first">`;

async function until(isTrue) {
  for (let round = 0; round < 200 && !isTrue(); round += 1) {
    await settle();
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
  }
  return isTrue();
}

async function openMenu(page) {
  const asked = page.requests.length;
  page.find("details").open = true;
  await until(() => page.requests.length > asked);
  await settle();
}

test("a part is fetched when its menu opens, and has the focus then", async () => {
  const page = await open(HTML, "fragments.js");
  page.respond = () => answer(200, PART);
  equal(page.requests.length, 0);

  await openMenu(page);

  equal(page.requests.map(({ url, headers }) => [url, headers["X-Fragment"]]), [["/tags/", "yes"]]);
  equal(await until(() => page.document.activeElement.id === "first"), true);
});

test("it is fetched once", async () => {
  const page = await open(HTML, "fragments.js");
  page.respond = () => answer(200, PART);
  await openMenu(page);

  for (const isOpen of [false, true]) {
    page.find("details").open = isOpen;
    await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
  }

  equal(page.requests.length, 1);
});

test("where it does not come the link stays, and the next opening asks again", async () => {
  const page = await open(HTML, "fragments.js");
  page.respond = () => answer(500);
  await openMenu(page);
  equal(page.find("a").textContent, "Tags");
  await until(() => "fragment" in page.find("details div").dataset);

  page.find("details").open = false;
  await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
  page.respond = () => answer(200, PART);
  await openMenu(page);

  equal(await until(() => page.find("#first") !== null), true);
  equal(page.requests.length, 2);
});
