// Text as search sees it, for lists that are narrowed in the browser: the counterpart of
// tickets/search/folding.py. Letters and digits that look alike are one, and a space, a half-space and
// nothing are the same.

const ALIKE = { ي: "ی", ى: "ی", ے: "ی", ك: "ک", ڪ: "ک", ة: "ه", ە: "ه", ہ: "ه", ھ: "ه", ٱ: "ا" };

const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}\u0640\s]/gu, "")
    .toLowerCase()
    .replace(/[يىےكڪةەہھٱ]/g, (letter) => ALIKE[letter])
    // The digits of both sets stand in their order, from a multiple of 16 on.
    .replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) % 16);

// Whether the text has every word that was typed, in any order.
export function holds(text, typed) {
  const folded = fold(text);
  return typed.split(/\s+/).every((word) => folded.includes(fold(word)));
}
