import { equal, open, test } from "./harness.mjs";

const HTML = `<input value="Asia/Tehran"><datalist id="zones"><option value="Asia/Tehran" data-time="12:30"></option>
  <option value="Europe/Berlin" data-time="10:00"></option></datalist>
  <output data-zone-now="zones">It is 12:30 there.</output>`;

test("shows what time it is in the typed zone, however it is capitalised", async () => {
  const page = await open(HTML, "zones.js");

  page.type("input", " europe/berlin ");

  equal(page.find("output").textContent, "It is 10:00 there.");
});

test("shows nothing for a zone that does not exist", async () => {
  const page = await open(HTML, "zones.js");

  page.type("input", "Europe/Ber");

  equal(page.find("output").textContent, "");
});
