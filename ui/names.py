"""What is taken out of names and titles before they are stored, so that none imitates another."""

import re
import unicodedata

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_SPACES = re.compile(r"\s+")
# A joiner means something only between two letters.
_LOOSE_JOINER = re.compile(r"(?<![^\W\d_])[\u200c\u200d]+|[\u200c\u200d]+(?![^\W\d_])")


def clean_name(value):
    """`value` as one line without control, bidi-control, tag and loose zero-width characters.

    ZWNJ and ZWJ stay between two letters, where Persian needs them.
    """
    kept = (
        char
        for char in value or ""
        if char in {_ZWNJ, _ZWJ}
        or char.isspace()
        or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return _LOOSE_JOINER.sub("", _SPACES.sub(" ", "".join(kept))).strip()
