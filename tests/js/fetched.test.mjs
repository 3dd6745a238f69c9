import { answer, equal, ok, open, settle, test } from "./harness.mjs";

const HTML = `<details class="menu" data-script="/static/js/fetched.js"><summary>Snooze</summary><div><a href="/queue/KT-1/snooze/?list=">Until when?</a></div></details>`;
const PAGE = `<h1>Snooze</h1><div data-fetchable><form><button data-first>In an hour</button></form></div>`;

async function opened(respond) {
  const page = await open(HTML, "on-demand.js");
  page.respond = respond;
  page.details = page.find("details");
  await toggle(page);
  return page;
}

// The script is fetched like any other.
async function loaded(page) {
  for (let round = 0; round < 60; round += 1) {
    await settle();
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
    if (!page.details.open || page.details.lastElementChild.dataset.fetchedFrom) break;
  }
  await settle();
  await settle();
}

async function toggle(page) {
  page.details.open = !page.details.open;
  // The event of the browser comes later than `settle` waits.
  page.details.dispatchEvent(new page.window.Event("toggle"));
  await loaded(page);
}

test("what the link leads to takes its place, and its first button has the focus", async () => {
  const page = await opened(() => answer(200, PAGE));

  ok(page.requests[0].url.endsWith("/queue/KT-1/snooze/?list="));
  equal(page.requests[0].headers["X-Rows-Only"], "1");
  equal(page.find("details a"), null);
  equal(page.document.activeElement.textContent, "In an hour");
});

test("opened once more it is fetched anew", async () => {
  const page = await opened(() => answer(200, PAGE));
  await toggle(page);
  const before = page.requests.length;
  page.respond = () => answer(200, PAGE.replace("an hour", "two hours"));

  await toggle(page);

  ok(page.requests.length > before);
  ok(page.find("details").textContent.includes("two hours"));
});

for (const [what, respond] of Object.entries({
  "no answer": () => { throw new Error("offline"); },
  "a refusal": () => answer(404, PAGE),
  "the sign-in page": () => answer(200, PAGE, { redirected: true }),
  "another page": () => answer(200, "<h1>Busy</h1>"),
})) {
  test(`after ${what} the link stays`, async () => {
    const page = await opened(respond);

    equal(page.find("details a").textContent, "Until when?");
    equal(page.faults, []);
  });
}
