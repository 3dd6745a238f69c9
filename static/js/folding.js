// Text as search sees it, for lists that are narrowed in the browser: the counterpart of
// tickets/search/folding.py and ui/lookalikes.py. What looks alike is one, and a space, a half-space and
// nothing are the same.

const ALIKE = new Map();
for (const [one, others] of [
  ["ی", "يىےېۍێ"], ["ک", "كڪ"], ["ه", "ةەہھۃۿ"], ["ا", "ٱ"], ["و", "ۆۇ"], ["", "ـٴ"], ["%", "٪"], [".", "٫"],
  ["-", "‐‑‒–—―−"], ["'", "‘’‛ʼ′"], ["i", "ı"], ["ss", "ß"], ["σ", "ς"],
]) for (const other of others) ALIKE.set(other, one);

const SEPARATORS = /(?<=[0-9])[,٬،'](?=[0-9]{3})/g;
const QUOTES = "\"“”„‟«»‹›〝〞❝❞";
const PHRASE_OR_WORD = new RegExp(`[${QUOTES}]([^${QUOTES}]*)[${QUOTES}]|([^\\s${QUOTES}]+)`, "g");
const AROUND = /^[([{<'‘،,;؛:!؟?]+|[)\]}>'’،,;؛:!؟?.…]+$/g;

export const fold = (text) =>
  // Letters as of a file or a PDF are taken apart before their case is, and what comes of that after it.
  text.normalize("NFKD").toLowerCase().normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    // The digits of both sets stand in their order, from a multiple of 16 on.
    .replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) % 16)
    .replace(/[^\x00-\x7f]/g, (letter) => ALIKE.get(letter) ?? letter)
    .replace(SEPARATORS, "")
    .replace(/\s/g, "");

const wordsOf = (typed) =>
  [...typed.matchAll(PHRASE_OR_WORD)].map(([, phrase, word]) => fold(phrase ?? (word.replace(AROUND, "") || word)));

// Whether the text has every word and quoted phrase that was typed, in any order.
export function holds(text, typed) {
  const folded = fold(text);
  return wordsOf(typed).every((word) => folded.includes(word));
}
