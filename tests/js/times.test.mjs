import { equal, open, test } from "./harness.mjs";

const HOUR = 3600_000;
const NOON = Date.parse("2026-05-04T12:00:00Z");
const at = (hours) => new Date(NOON + hours * HOUR).toISOString();
const BODY = `data-now="${at(0)}" data-seconds="{count} s" data-minutes="{count} min" data-hours="{count} h" data-days="{count} d"
  data-over="{time} late" data-closes="closes in {time}" data-closing="closing"
  data-word-in-time="In time" data-word-soon="Due soon" data-word-over="Overdue" data-word-closed-calendar="Paused"`;
const due = (hours, soon, more = "") => `<span class="due due-in_time"><svg><use href="/icons.svg#clock"></use></svg>
  <span class="visually-hidden">In time </span>
  <time data-due="in_time" datetime="${at(hours)}" data-soon-at="${at(soon)}" ${more}>?</time></span>`;

const start = (html, { ahead = 0, ...options } = {}) =>
  open(html, "times.js", { body: BODY, now: NOON + ahead, ...options });
const shown = (page) => page.find("time").textContent;
const badge = (page) => [page.find(".due").className, page.find("use").getAttribute("href"), page.find(".visually-hidden").textContent];

test("counts down in the largest unit that says something", async () => {
  for (const [hours, words] of [[49, "2 d"], [48, "48 h"], [1.9, "1 h"], [0.5, "30 min"], [0.01, "36 s"]]) {
    equal(shown(await start(due(hours, -1))), words);
  }
});

test("counts with the digits of the language", async () => {
  equal(shown(await start(due(12, 8), { lang: "fa" })), "۱۲ h");
});

test("turns a badge to soon and to late at the very instants", async () => {
  const page = await start(due(4, 3));

  await page.clock.pass(3 * HOUR - 1);
  equal(badge(page), ["due due-in_time", "/icons.svg#clock", "In time "]);
  await page.clock.pass(1);
  equal(badge(page), ["due due-soon", "/icons.svg#hourglass", "Due soon "]);
  await page.clock.pass(HOUR - 1);
  equal(shown(page), "1 s");
  await page.clock.pass(1);

  equal(badge(page), ["due due-over", "/icons.svg#alert", "Overdue "]);
  equal(shown(page), "0 s late");
});

test("rests while the calendar is closed, and goes on when it opens", async () => {
  const page = await start(due(20, 18, `data-shuts-at="${at(1)}" data-opens-at="${at(15)}" data-opens="from 03:00"`));

  await page.clock.pass(HOUR);
  equal([shown(page), page.find(".due").className], ["from 03:00", "due due-closed_calendar"]);
  await page.clock.pass(14 * HOUR);

  equal([shown(page), page.find(".due").className], ["5 h", "due due-in_time"]);
});

test("counts by the server's clock where the computer's is wrong", async () => {
  equal(shown(await start(due(4, 3), { ahead: 9 * HOUR })), "4 h");
});

test("counts down to an automatic close", async () => {
  const page = await start(`<time data-closes datetime="${at(1)}">?</time>`);

  equal(shown(page), "closes in 1 h");
  await page.clock.pass(HOUR);

  equal(shown(page), "closing");
});

test("catches up when a tab that slept is looked at again", async () => {
  const page = await start(due(4, 3));
  page.clock.now += 5 * HOUR; // no timer ran

  page.hide(false);

  equal(shown(page), "1 h late");
});

test("leaves a page without due times alone", async () => {
  const page = await start("<time datetime='2026-05-04'>4 May</time>");

  await page.clock.pass(HOUR);

  equal(shown(page), "4 May");
});
