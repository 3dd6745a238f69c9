"""Letters and digits that look alike, and patterns that find a name however it was typed."""

import re
import unicodedata
from functools import cache

# What is typed or copied for the other; None for what has no shape of its own.
ALIKE = {
    "ي": "ی",
    "ى": "ی",
    "ك": "ک",
    "ة": "ه",
    # NFKD takes ۀ apart into this letter and a mark.
    "\u06d5": "ه",
    "\u06c1": "ه",
    "\u06be": "ه",
    "\u06c3": "ه",
    "\u06ff": "ه",
    "ٱ": "ا",
    "ڪ": "ک",
    "ے": "ی",
    "ې": "ی",
    "ۍ": "ی",
    "ێ": "ی",
    "ۆ": "و",
    "ۇ": "و",
    "\u0640": None,  # tatweel
    "\u0674": None,  # a high hamza
    # Signs by which a symbol is an emoji, or stands in a key.
    **dict.fromkeys(map(chr, [*range(0xFE00, 0xFE10), 0x20E3])),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("‘’‛ʼ′", "'"),
    "٪": "%",
    "٫": ".",
    **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
}
# Spaces and half-spaces, vowel marks, tatweel, direction marks, the soft hyphen.
_BETWEEN = (
    "[ \u00a0\u00ad\u0300-\u036f\u0640\u064b-\u065f\u0670"
    "\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*"
)
# The letters with accents of Latin and Arabic.
_ACCENTED = [*range(0xC0, 0x250), *range(0x620, 0x700)]
MOST_WORDS, LONGEST_WORD = 8, 60
# Keyboards and languages pair other quotes: any two make a phrase, and one alone is no word.
_QUOTES = '"“”„‟«»‹›〝〞❝❞'
_PHRASE_OR_WORD = re.compile(
    rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]"
    r"|(?<!\w)['‘‚‛]([^'‘’]+)['’](?!\w)"
    rf"|([^\s{_QUOTES}]+)"
)
# The punctuation of a sentence that a word was copied from; not what names begin or end with, as
# .env and C++ do.
_BEFORE_WORD, _AFTER_WORD = "([{<'‘،,;؛:!؟?", ")]}>'’،,;؛:!؟?.…"
# What people write between the digits of a long number.
_SEPARATORS = re.compile(r"(?<=\d)[,\u066c\u060c](?=\d{3})")


def patterns_of(text):
    """A regular expression, without regard to case, for each word or quoted phrase that a name
    has to hold.

    Nothing in it can be read in two ways, so that a name is compared in linear time.
    """
    words = [_pattern_of(word[:LONGEST_WORD]) for word in words_of(_SEPARATORS.sub("", text))]
    return list(filter(None, words))[:MOST_WORDS]


def words_of(text):
    """What somebody looks for: words without the punctuation around them, and quoted phrases."""
    return [
        phrase or single or without_punctuation(word)
        for phrase, single, word in _PHRASE_OR_WORD.findall(text)
    ]


def without_punctuation(word):
    """A word without the punctuation around it; punctuation alone stays."""
    return word.lstrip(_BEFORE_WORD).rstrip(_AFTER_WORD) or word


def _pattern_of(word):
    letters = [letter for char in unicodedata.normalize("NFKD", word) for letter in _plain(char)]
    return _BETWEEN.join(_class_of(letter) for letter in letters)


def _plain(char):
    """The letter without its accents and in its usual form; "" for what is not seen."""
    char = unicodedata.normalize("NFKD", char)[0]
    if unicodedata.category(char) in {"Cc", "Cf", "Mn", "Zs"}:
        return ""
    return (ALIKE.get(char, char) or "").lower()


def _class_of(letter):
    alike = _forms().get(letter, {letter})
    if len(alike) == 1:
        return re.escape(letter) if letter.isascii() else letter
    return f"[{''.join(sorted(alike))}]"


@cache
def _forms():
    """The letters that have other forms, with all of these."""
    forms = {}
    for char in [*ALIKE, *map(chr, _ACCENTED)]:
        if letter := _plain(char):
            forms.setdefault(letter, {letter}).add(char)
    return forms
