import { equal, ok, open, test } from "./harness.mjs";

const HTML = `<input id="field"><div id="list"><a role="option" id="a" aria-selected="false">a</a>
  <a role="option" id="b" aria-selected="false" hidden>b</a><a role="option" id="c" aria-selected="false">c</a></div>`;

async function start() {
  const page = await open(HTML, []);
  const { Options } = await import("/static/js/options.js");
  page.marks = [];
  page.options = new Options(page.find("#field"), page.find("#list"), (option) => page.marks.push(option?.id));
  return page;
}
const press = (page, key, more = {}) => page.options.move({ key, ...more });

test("arrows go round and pass over what is hidden", async () => {
  const page = await start();

  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"]) ok(press(page, key));

  equal(page.marks, ["a", "c", "a", "c"]);
  equal(page.all("[aria-selected=true]").map((each) => each.id), ["c"]);
  equal(page.find("#field").getAttribute("aria-activedescendant"), "c");
});

test("up from nothing marks the last", async () => {
  const page = await start();

  press(page, "ArrowUp");

  equal(page.options.marked.id, "c");
});

test("another key, and one that composes a letter, moves nothing", async () => {
  const page = await start();

  equal([press(page, "Enter"), press(page, "a"), press(page, "ArrowDown", { isComposing: true })], [false, false, false]);
  equal(page.options.marked, null);
});

test("an empty list takes the keys and marks nothing", async () => {
  const page = await start();
  page.find("#list").replaceChildren();

  ok(press(page, "ArrowDown"));
  page.options.mark(null);

  equal(page.find("#field").hasAttribute("aria-activedescendant"), false);
});
