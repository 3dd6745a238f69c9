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
# The letters with accents of Latin and Arabic, the shapes of Arabic letters as a PDF has them, and
# letters as wide as Chinese ones.
_ACCENTED = [*range(0xC0, 0x250), *range(0x620, 0x700)]
_SHAPES = [*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEFD), *range(0xFF01, 0xFF5F)]
# Signs that stand for several letters: ß, ﬁ, ﻻ.
_LIGATURES = [0xDF, 0x1E9E, *range(0xFB00, 0xFB07), *range(0xFEF5, 0xFEFD)]
# A typed letter for another that has no decomposition.
_TYPED_FOR = {"ı": "i", "ς": "σ"}
MOST_WORDS, LONGEST_WORD = 8, 60
# Keyboards and languages pair other quotes: any two make a phrase, and one alone is no word.
QUOTES = '"“”„‟«»‹›〝〞❝❞'
_PHRASE_OR_WORD = re.compile(
    rf"[{QUOTES}]([^{QUOTES}]*)[{QUOTES}]"
    r"|(?<!\w)['‘‚‛]([^'‘’]+)['’](?!\w)"
    rf"|([^\s{QUOTES}]+)"
)
# The punctuation of a sentence that a word was copied from; not what names begin or end with, as
# .env and C++ do.
_BEFORE_WORD, _AFTER_WORD = "([{<'‘،,;؛:!؟?", ")]}>'’،,;؛:!؟?.…"
# What people write between the digits of a long number.
_SEPARATORS = re.compile(r"(?<=\d)[,\u066c\u060c\u2019'](?=\d{3})")
_BETWEEN_DIGITS = f"{_BETWEEN}(?:[,\u066c\u060c\u2019'](?=[0-9۰-۹٠-٩０-９]{{3}}))?"


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
    pattern, place = "", 0
    while place < len(letters):
        part, length = _part_of(letters, place)
        if place:
            are_digits = letters[place - 1].isdecimal() and letters[place].isdecimal()
            pattern += _BETWEEN_DIGITS if are_digits else _BETWEEN
        pattern += part
        place += length
    return pattern


def _part_of(letters, place):
    """The pattern of the next letters that one sign may stand for, or of one; and how many."""
    for length in (3, 2):
        signs = _ligatures().get("".join(letters[place : place + length]))
        if signs:
            apart = _BETWEEN.join(map(_class_of, letters[place : place + length]))
            return f"(?:{apart}|[{signs}])", length
    return _class_of(letters[place]), 1


def _plain(char):
    """The letter without its accents and in its usual form; "" for what is not seen, and more than
    one letter for ß."""
    char = unicodedata.normalize("NFKD", char)[0]
    if unicodedata.category(char) in {"Cc", "Cf", "Mn", "Zs"}:
        return ""
    char = (ALIKE.get(char, char) or "").casefold()
    return _TYPED_FOR.get(char, char)


def _class_of(letter):
    alike = _forms().get(letter, {letter})
    if len(alike) == 1:
        return re.escape(letter) if letter.isascii() else letter
    return f"[{''.join(sorted(map(_in_class, alike)))}]"


def _in_class(char):
    return rf"\{char}" if char in r"\]^-" else char


@cache
def _forms():
    """The letters that have other forms, with all of these."""
    forms = {}
    for char in [*ALIKE, *_TYPED_FOR, *map(chr, [*_ACCENTED, *_SHAPES])]:
        letter = _plain(char)
        if len(letter) == 1 and len(_bare(char)) == 1:
            forms.setdefault(letter, {letter}).add(char)
    return forms


@cache
def _ligatures():
    """The signs that stand for several letters, by these."""
    signs = {}
    for char in map(chr, _LIGATURES):
        letters = "".join(map(_plain, _bare(char)))
        signs[letters] = signs.get(letters, "") + char
    return signs


def _bare(char):
    """What the sign is made of, without accents."""
    return [
        each
        for each in unicodedata.normalize("NFKD", char)
        if not unicodedata.category(each).startswith("M")
    ]
