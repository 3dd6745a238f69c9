"""Removes invisible characters from names and titles, so that no name imitates another."""

import re
import unicodedata

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_CONTROLS = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = re.compile(r"\s+")
# Letters that are not seen: fillers of Hangul, the empty braille pattern, Khmer inherent vowels,
# and a note head of music without a shape.
_INVISIBLE = set("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u034f\U0001d159")
# A joiner means something only between two letters or digits («۲۴‌ساعته»), with or without marks,
# and between the parts of one emoji.
_MARKS_AND_EMOJI = "\u0300-\u036f\u064b-\u065f\u0670\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_JOINED = rf"(?:[^\W_]|[{_MARKS_AND_EMOJI}])"
_LOOSE_JOINER = re.compile(rf"(?<!{_JOINED})[\u200c\u200d]+|[\u200c\u200d]+(?!{_JOINED})")
# Typed twice, it is seen once.
_REPEATED_JOINER = re.compile("([\u200c\u200d])[\u200c\u200d]+")


def clean_name(value):
    """`value` as one line without control, bidi-control, tag, invisible and loose zero-width
    characters; empty where nothing is left that can be seen.

    ZWNJ and ZWJ stay between two letters or digits, where Persian needs them.
    """
    kept = (
        char
        for char in value or ""
        if char in {_ZWNJ, _ZWJ}
        or char.isspace()
        or (char not in _INVISIBLE and unicodedata.category(char) not in _CONTROLS)
    )
    line = _REPEATED_JOINER.sub(r"\1", _SPACES.sub(" ", "".join(kept)))
    name = _LOOSE_JOINER.sub("", line).strip()
    return "" if is_blank(name) else name


def is_blank(text):
    """Whether nothing of the text can be seen, so that it counts as empty."""
    return not any(
        unicodedata.category(char)[0] in "LNPS" and char not in _INVISIBLE for char in text
    )
