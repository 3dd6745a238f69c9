import { answer, equal, ok, open, settle, test } from "./harness.mjs";

const BAR = `<div data-news-bar data-one="1 new" data-many="{count} new" data-changed="The list has changed"></div>`;
const HTML = `<div data-news="/news/" data-seen="10">
    <p data-part="status"><span>In progress</span></p>
    <div data-entries><article id="m1">First</article></div>
    <form id="composer"><input id="field"><input type="hidden" name="seen_message" value="1">
      <input type="hidden" name="seen_assignee" value=""></form></div>${BAR}`;
const fresh = (...entries) => answer(200, `<div data-seen="11"><p data-part="status"><span>Awaiting customer</span></p>
  <div data-entries>${entries.join("")}</div>
  <input name="seen_message" value="2" data-shown-by="entries"><input name="seen_assignee" value="5" data-shown-by="status"></div>`);
const SECOND = '<article id="m2">Second</article>';
const THIRD = '<article id="m3">Third</article>';
const DAY = '<p class="day" id="d1">Today</p>';

const row = (number, text, due = "12:00") => `<tr><td><a class="id" href="/queue/KT-${number}/">KT-${number}</a></td>
  <td><a class="title" href="#">${text}</a></td><td class="due"><time datetime="${due}">soon</time></td></tr>`;
const list = (mark, ...rows) => `<div data-live-mark="${mark}"><nav data-part="views">Open ${rows.length}</nav>
  <div data-rows="tickets"><table><tbody><tr class="group"><th>Today</th></tr>${rows.join("")}</tbody></table></div></div>`;
const ONE = row(1, "Server down");
const TWO = row(2, "Disk full");
const BODY = 'data-live-mark="10"';

// Opens a page and lets live.js, which is not here, say that there is news.
async function start(html, respond, options = {}) {
  const page = await open(html, "news.js", options);
  page.respond = respond;
  return page;
}
async function tell(page, mark = "11") {
  page.document.dispatchEvent(new page.window.CustomEvent("live", { detail: { page: mark, bell: null } }));
  await page.clock.pass(0);
  await settle();
}
const bar = (page) => page.find("[data-news-bar]").textContent;
const keys = (page) => page.all("[data-rows] a.id").map((link) => link.textContent);

test("asks for what is newer than what the page shows", async () => {
  const page = await start(HTML, () => fresh());

  await tell(page, "10");
  equal(page.requests.length, 0, "the page has it already");
  await tell(page, "11");

  equal(page.requests[0].url, "/news/?seen=10");
});

test("keeps a new message behind a button and shows the status at once", async () => {
  const page = await start(HTML, () => fresh(DAY, SECOND));

  await tell(page);
  equal(bar(page), "1 new");
  equal(page.all("article").length, 1, "nothing moves under a reader");
  equal(page.find("[data-part]").textContent, "Awaiting customer");
  page.find("[data-news-bar] button").click();

  equal(page.all("article").map(({ id }) => id), ["m1", "m2"]);
  equal(page.document.activeElement.id, "m2");
  equal(bar(page), "");
});

test("the form says of the page what its writer has seen", async () => {
  const page = await start(HTML, () => fresh(SECOND));

  await tell(page);
  equal(page.find("[name=seen_assignee]").value, "5", "the assignee is shown");
  equal(page.find("[name=seen_message]").value, "1", "the message is not shown yet");
  page.find("[data-news-bar] button").click();

  equal(page.find("[name=seen_message]").value, "2");
});

test("counts several with the digits of the language", async () => {
  const page = await start(HTML, () => fresh(SECOND, THIRD), { lang: "fa" });

  await tell(page);

  equal(bar(page), "۲ new");
});

test("does not count what the page shows already", async () => {
  const page = await start(HTML, () => fresh('<article id="m1">First</article>'));

  await tell(page);

  equal(bar(page), "");
});

test("leaves a part alone that has the focus", async () => {
  const html = HTML.replace("<span>In progress</span>", '<button id="act">In progress</button>');
  const page = await start(html, () => fresh());
  page.find("#act").focus();

  await tell(page);

  equal(page.find("[data-part]").textContent, "In progress");
  equal(page.find("[name=seen_assignee]").value, "");
});

test("asks again for what it could not fetch", async () => {
  for (const respond of [() => Promise.reject(new TypeError("offline")), () => answer(503)]) {
    const page = await start(HTML, respond);
    let missed = 0;
    page.document.addEventListener("live-missed", () => { missed += 1; });
    await tell(page);
    equal([missed, bar(page)], [1, ""]);
    page.respond = () => fresh(SECOND);

    await tell(page);

    equal([missed, bar(page)], [1, "1 new"]);
  }
});

test("keeps new rows behind a button and shows the counts at once", async () => {
  const page = await start(list("10", ONE) + BAR, () => answer(200, list("11", TWO, ONE)), { body: BODY });

  await tell(page);
  equal(page.requests[0].headers["X-Rows-Only"], "1");
  equal([bar(page), page.find("[data-part=views]").textContent], ["1 new", "Open 2"]);
  equal(keys(page), ["KT-1"], "nothing moves under a reader");
  page.find("[data-news-bar] button").click();

  equal(keys(page), ["KT-2", "KT-1"]);
  equal(page.document.activeElement.textContent, "Disk full");
  equal(bar(page), "");
});

test("says that a list has changed where nothing in it is new", async () => {
  const page = await start(list("10", ONE, TWO) + BAR, () => answer(200, list("11", TWO)), { body: BODY });

  await tell(page);

  equal(bar(page), "The list has changed");
});

test("says nothing of rows in which only the time went on", async () => {
  const later = ONE.replace(">soon<", ">now<");
  const page = await start(list("10", ONE) + BAR, () => answer(200, list("11", later)), { body: BODY });

  await tell(page);

  equal(bar(page), "");
});

test("rows of a busy list are never older than 15 seconds", async () => {
  const body = `${BODY} data-live="/live/queue/" data-live-every="12" data-person="7"`;
  // The longest pause between two polls.
  const before = (frame) => { frame.Math.random = () => 1; };
  const page = await open(list("10", ONE) + BAR, ["live.js", "news.js"], { body, before });
  // Something happens each second; the mark is the second in which the answer was made.
  const made = () => String(Math.floor(page.clock.now / 1000));
  const headers = { value: { get: () => made() } };
  page.respond = (url) => (url.startsWith("/live/")
    ? Object.defineProperty(answer(200, JSON.stringify({ person: 7, page: made(), bell: null })), "headers", headers)
    : answer(200, list(made(), row(Number(made()) + 1, "New"), ONE)));

  let oldest = 0, shownAt = 0;
  for (let second = 1; second <= 120; second += 1) {
    await page.clock.pass(1000);
    await settle();
    const rows = page.requests.filter(({ url }) => !url.startsWith("/live/")).length;
    if (rows > page.rows) shownAt = second;
    page.rows = rows;
    oldest = Math.max(oldest, second - shownAt);
  }

  ok(oldest <= 15, `rows were ${oldest} seconds old`);
});

test("news during a request for rows is fetched after it", async () => {
  const answers = [];
  const page = await start(list("10", ONE) + BAR, () => new Promise((give) => answers.push(give)), { body: BODY });
  await tell(page, "11");
  await tell(page, "12");
  equal(answers.length, 1, "one request at a time");

  answers[0](answer(200, list("11", TWO, ONE)));
  await page.clock.pass(0);
  await settle();

  equal(answers.length, 2);
  answers[1](answer(200, list("12", row(3, "Slow"), TWO, ONE)));
  await page.clock.pass(0);
  await settle();
  equal([answers.length, bar(page)], [2, "2 new"]);
});

test("names the rows that it has, and shows nothing where they are the same", async () => {
  const rows = list("11", ONE).replace("data-live-mark", 'data-rows-mark="r1" data-live-mark');
  const page = await start(list("10", ONE) + BAR, () => answer(200, rows), { body: BODY });
  await tell(page, "11");
  page.respond = () => answer(204);

  await tell(page, "12");
  await tell(page, "12");

  equal(page.requests.map(({ headers }) => headers["X-Rows-Only"]), ["1", "r1"]);
  equal(bar(page), "");
});

test("rows that nobody sees are fetched when somebody does", async () => {
  const page = await start(list("10", ONE) + BAR, () => answer(200, list("11", TWO, ONE)), { body: BODY });
  page.hide(true);
  await tell(page);
  equal(page.requests.length, 0);

  page.hide(false);
  await page.clock.pass(0);
  await settle();

  equal(bar(page), "1 new");
});

test("rows that were picked stay picked", async () => {
  const box = (number) => row(number, "Text").replace("<tr>", `<tr><td><input type="checkbox" name="ticket" value="${number}"></td>`);
  const page = await start(list("10", box(1)) + BAR, () => answer(200, list("11", box(2), box(1))), { body: BODY });
  page.find("[value='1']").checked = true;

  await tell(page);
  page.find("[data-news-bar] button").click();

  equal(page.all("input:checked").map(({ value }) => value), ["1"]);
});

test("does nothing on a page without news", async () => {
  const page = await open("<p>Text</p>", "news.js");

  await tell(page);

  ok(page.requests.length === 0, "something was asked");
});
