import { equal, open, test } from "./harness.mjs";

const HTML = `<style>#two > a { position: fixed } .leaves > a { left: -40px; width: 30px } .leaves.menu-flipped > a { left: 0 }</style>
  <main tabindex="-1"><button id="outside">Outside</button>
  <details class="menu" id="one"><summary>One</summary><label><input type="checkbox" id="inside"> Choice</label></details>
  <details class="menu" id="two"><summary>Two</summary><a href="#">Link</a></details>
  <details id="plain"><summary>Not a menu</summary>Text</details></main>`;

const start = async () => {
  const page = await open(HTML, "menus.js");
  page.find("#one").open = true;
  return page;
};

test("closes an open menu on a click outside of it", async () => {
  const page = await start();
  page.find("#plain").open = true;

  page.find("#outside").click();

  equal(page.find("#one").open, false);
  equal(page.find("#plain").open, true, "what is not a menu");
});

test("keeps a menu open on a click inside of it", async () => {
  const page = await start();

  page.find("#inside").click();

  equal(page.find("#one").open, true);
});

test("closes one menu when another opens", async () => {
  const page = await start();

  page.find("#two summary").click();

  equal([page.find("#one").open, page.find("#two").open], [false, true]);
});

test("closes on Escape and gives the focus back to the summary", async () => {
  const page = await start();
  page.find("#inside").focus();

  page.press(page.find("#inside"), "Escape");

  equal(page.find("#one").open, false);
  equal(page.document.activeElement.textContent, "One");
});

test("closes when the focus leaves it", async () => {
  const page = await start();
  page.find("#inside").focus();

  page.find("#outside").focus();

  equal(page.find("#one").open, false);
});

test("stays open when the focus goes to what is around it", async () => {
  const page = await start();
  page.find("#inside").focus();

  page.find("main").focus();

  equal(page.find("#one").open, true);
});

test("opens to the other side where it would leave the window", async () => {
  const page = await start();
  const menu = page.find("#two");
  menu.classList.add("leaves");

  menu.open = true;
  await new Promise((done) => menu.addEventListener("toggle", () => done(), { once: true }));

  equal(menu.classList.contains("menu-flipped"), true);
  equal(page.find("#one").classList.contains("menu-flipped"), false);
});

test("goes back to its side when the window is wide enough again", async () => {
  const page = await start();
  const menu = page.find("#two");
  menu.open = true;
  await new Promise((done) => menu.addEventListener("toggle", () => done(), { once: true }));
  menu.classList.add("menu-flipped");

  page.window.dispatchEvent(new page.window.Event("resize"));

  equal(menu.classList.contains("menu-flipped"), false);
});

test("keeps its side where the other is no better", async () => {
  const page = await start();
  const menu = page.find("#two");
  menu.lastElementChild.style.cssText = "position: fixed; left: -40px; width: 30px";

  menu.open = true;
  await new Promise((done) => menu.addEventListener("toggle", () => done(), { once: true }));

  equal(menu.classList.contains("menu-flipped"), false);
});
