import { equal, open, settle, test } from "./harness.mjs";

const HTML = `<form data-keep-form action="/tickets/keep/"><input type="hidden" name="csrfmiddlewaretoken" value="token"></form>
  <nav data-keep><a id="filter" href="?status=open&page=2">Open</a><a id="away" href="#away">Elsewhere</a></nav>
  <details open><summary>Menu</summary>
    <a id="close" href="/tickets/KT-7/close/" data-dialog="ask" data-close-of="KT-7" data-title="Disk is full">Close</a></details>
  <dialog id="ask"><h2>Close <bdi></bdi>?</h2><p data-title></p><form method="post"><button>Yes</button></form></dialog>`;

const start = (html = HTML) =>
  open(html, "list.js", {
    before: (_frame, page) => page.document.addEventListener("click", (event) => event.preventDefault()),
  });

test("lets the server remember what a link makes of the list", async () => {
  const page = await start();

  page.find("#filter").click();

  equal(page.requests.length, 1);
  const [{ url, method, body, keepalive }] = page.requests;
  equal([new URL(url).pathname, method, keepalive], ["/tickets/keep/", "POST", true]);
  equal([body.get("view"), body.get("csrfmiddlewaretoken")], ["?status=open&page=2", "token"]);
});

test("follows the link although there is no connection", async () => {
  const page = await start();
  page.respond = () => Promise.reject(new TypeError("offline"));

  page.find("#filter").click();
  await settle();

  equal(page.requests.length, 1);
});

test("remembers nothing of other links", async () => {
  const page = await start();

  page.find("#away").click();

  equal(page.requests.length, 0);
});

test("names the ticket in the question before closing", async () => {
  const page = await start();

  page.find("#close").click();

  equal(page.find("#ask bdi").textContent, "KT-7");
  equal(page.find("#ask [data-title]").textContent, "Disk is full");
  equal(new URL(page.find("#ask form").action).pathname, "/tickets/KT-7/close/");
});

test("gives the focus back to the menu of the row", async () => {
  const page = await start();
  page.find("#close").click();
  page.find("#ask").showModal();

  page.find("#ask").close();
  await new Promise((resolve) => page.find("#ask").addEventListener("close", resolve, { once: true }));

  equal(page.document.activeElement.textContent, "Menu");
});
