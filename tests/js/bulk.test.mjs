import { equal, open, settle, test } from "./harness.mjs";

const row = (n) => `<tr><td><input type="checkbox" name="ticket" value="KT-${n}" id="b${n}"></td></tr>`;
const HTML = `<form data-bulk><table data-rows="tickets"><thead><tr><th><input type="checkbox" data-select-page id="page"></th></tr></thead>
  <tbody id="body">${[1, 2, 3, 4].map(row).join("")}</tbody></table>
  <p data-bulk-count data-one="1 selected" data-many="{count} selected">With the selected:</p>
  <input type="checkbox" name="whole" id="whole"><button name="action" id="act" aria-keyshortcuts="B">Assign</button><button type="reset" id="clear">Clear</button></form>`;

const start = () => open(HTML, "bulk.js");
const chosen = (page) => page.all("[name=ticket]:checked").map((box) => box.value);
const count = (page) => page.find("[data-bulk-count]").textContent;
const click = (page, selector, more = {}) =>
  page.find(selector).dispatchEvent(new page.window.MouseEvent("click", { bubbles: true, cancelable: true, ...more }));

test("says how many rows are selected", async () => {
  const page = await start();

  click(page, "#b1");
  equal(count(page), "1 selected");
  click(page, "#b3");

  equal(count(page), "2 selected");
  equal(page.find("#page").indeterminate, true);
});

test("selects all rows of the page and none of them", async () => {
  const page = await start();

  click(page, "#page");
  equal(chosen(page), ["KT-1", "KT-2", "KT-3", "KT-4"]);
  click(page, "#page");

  equal(chosen(page), []);
});

test("selects a range with Shift, in both directions", async () => {
  const page = await start();

  click(page, "#b3");
  click(page, "#b1", { shiftKey: true });
  equal(chosen(page), ["KT-1", "KT-2", "KT-3"]);
  click(page, "#b2", { shiftKey: true });

  equal(chosen(page), ["KT-3"]);
});

test("means the whole view no more once a row is taken out or all is cleared", async () => {
  const page = await start();
  click(page, "#b1");
  click(page, "#b2");
  click(page, "#whole");

  click(page, "#b2");
  equal(page.find("#whole").checked, false);
  click(page, "#whole");
  click(page, "#clear");
  await page.clock.pass(0);
  await settle();

  equal([page.find("#whole").checked, chosen(page)], [false, []]);
});

test("counts rows that came since", async () => {
  const page = await start();
  page.find("#body").insertAdjacentHTML("beforeend", row(5));

  click(page, "#page");

  equal(count(page), "5 selected");
});

test("goes from the rows to the actions by a key, where keys are wanted and a row is selected", async () => {
  const page = await open(HTML, "bulk.js", { body: "data-shortcuts" });
  const press = (more = {}) =>
    page.find("#b4").dispatchEvent(new page.window.KeyboardEvent("keydown", { code: "KeyB", bubbles: true, ...more }));
  press();
  equal(page.document.activeElement.id, "");

  click(page, "#b4");
  press({ ctrlKey: true });
  equal(page.document.activeElement.id, "");
  press();

  equal(page.document.activeElement.id, "act");
});
