import { equal, ok, open, settle, test } from "./harness.mjs";

async function start(html) {
  const before = (frame) => {
    frame.document.title = "Queue";
    frame.document.head.insertAdjacentHTML("beforeend", '<link rel="icon" href="/plain.svg">');
  };
  return open(html, "bell-count.js", { before });
}
async function tell(page, bell) {
  page.document.dispatchEvent(new page.window.CustomEvent("live", { detail: { bell } }));
  await settle();
  await settle();
}
const icon = (page) => page.find("link[rel=icon]").getAttribute("href");

test("the title and the icon carry the count of the bell", async () => {
  const page = await start('<a data-bell data-newest="4" aria-label="Notifications"></a>');
  equal([page.document.title, icon(page)], ["Queue", "/plain.svg"]);

  await tell(page, { count: "3", label: "Notifications, 3 unread", newest: 5 });

  equal(page.document.title, "(3) Queue");
  ok(icon(page).startsWith("data:image/svg+xml,"), "the icon is as it was");
  equal(page.find("[data-bell-count]").textContent, "3");
  equal(page.find("[data-bell]").getAttribute("aria-label"), "Notifications, 3 unread");
});

test("the count goes when all is read", async () => {
  const page = await start('<a data-bell><span data-bell-count>3</span></a>');
  equal(page.document.title, "(3) Queue");

  await tell(page, { count: "", label: "Notifications", newest: 0 });

  equal([page.document.title, icon(page), page.find("[data-bell-count]")], ["Queue", "/plain.svg", null]);
});
