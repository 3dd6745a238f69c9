"""Text as search sees it: letters, digits and joiners that look alike become one."""

import unicodedata

_ALIKE = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "\u200c": None,
        "\u200d": None,
        "\u0640": None,  # tatweel
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)

# The Persian alphabet as it is left by `fold`, from one place in Unicode on.
_ALPHABET = "ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_PLACES = {ord(letter): 0x0621 + place for place, letter in enumerate(_ALPHABET)}
LONGEST_PLACE = 64


def fold(text):
    """`text` without case, diacritics, ZWNJ and tatweel, with one yeh, one kaf and Latin digits."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.translate(_ALIKE).casefold().split())


def alphabetical(folded):
    """The bytes by which folded text is sorted: Persian letters in the order of their alphabet.

    Unicode has them in another order, and what a database makes of them differs from one to the
    next; bytes are compared alike by all.
    """
    return folded.translate(_PLACES).encode()[:LONGEST_PLACE]
