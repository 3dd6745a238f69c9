import { ok, open, test } from "./harness.mjs";

async function holds(text, typed) {
  const page = await open(`<form><input type="search" data-narrows="list"></form>
    <div id="list"><label>${text}</label></div>`, "narrow-list.js");
  page.type("[type=search]", typed);
  return !page.find("label").hidden;
}

test("finds a name however it was typed", async () => {
  for (const [text, typed] of [
    ["علي كريمى", "علی کریمی"], ["سارا احمدی", "احمدی سارا"], ["محمّد", "محمد"], ["آرمان مؤمنی", "ارمان مومنی"],
    ["نامۀ نو", "نامه"], ["نامه", "نامۀ"], ["گروه ۲۴", "گروه ٢٤"], ["گروه 24", "۲۴"], ["Zoë", "zoe"], ["سلام", "ســلام"],
    ["علی\u200cرضا", "علیرضا"], ["علیرضا", "علی\u200cرضا"], ["سلام", "\u202bسلام\u202c"], ["سارا", "سارا "],
    ["گروه ۱۸٬۴۳۰", "۱۸۴۳۰"], ["گروه 18430", "۱۸٬۴۳۰"], ["شرکت ابر پارس", "«ابر پارس»"], ["شرکت ابر پارس", '"پارس'],
    ["Straße", "STRASSE"], ["Ilgaz", "ılgaz"], ["İzmir", "izmir"], ["Tehran–Yazd", "tehran-yazd"], ["O’Hara", "o'hara"],
    ["ﺳﻼﻡ", "سلام"], ["ＡＢＣ", "abc"], ["۹۹٪", "99%"], ["۲٫۵", "2.5"], ["پشتیبانی فنی", "(فنی)"], ["سارا", "سارا؟"],
  ]) {
    ok(await holds(text, typed), `${typed} does not find ${text}`);
  }
});

test("finds no other name", async () => {
  for (const [text, typed] of [["علی کریمی", "علی رضایی"], ["گروه ۲۴", "42"], ["ابر نو پارس", '"ابر پارس"'], ["1,23", "123"]]) ok(!(await holds(text, typed)), typed);
});
