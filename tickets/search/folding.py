"""Text as search sees it: letters, digits and joiners that look alike become one."""

import re
import unicodedata
from functools import lru_cache

from ui.lookalikes import ALIKE, words_of

# From letters that look alike to the usual one.
PLAIN = str.maketrans(ALIKE)

# The Persian alphabet as it is left by `fold`, from one place in Unicode on.
_ALPHABET = "ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_PLACES = {ord(letter): 0x0621 + place for place, letter in enumerate(_ALPHABET)}
LONGEST_PLACE = 64


# What people write between the digits of a long number; not the full stop, which is a decimal mark.
_SEPARATORS = re.compile(r"(?<=[0-9])[,\u066c\u060c\u2019'](?=[0-9]{3})")
MOST_TERMS = 8


def fold(text):
    """`text` without case, diacritics, invisible marks and tatweel, with one heh, one yeh, one kaf,
    Latin digits, and no separators in numbers."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(
        char
        for char in decomposed
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
    alike = bare.translate(PLAIN).casefold()
    return " ".join(_SEPARATORS.sub("", alike).split())


def squash(folded):
    """Folded text without spaces: to search, a space, a half-space and nothing are the same."""
    return folded.replace(" ", "")


def name_key(name):
    """What two names share that look the same: a tag, a team or a view is not there twice."""
    return squash(fold(name))


def search_terms(text):
    """What somebody looks for: the squashed words, and the quoted phrases, which stay together."""
    found = (squash(fold(word)) for word in words_of(text))
    return list(dict.fromkeys(filter(None, found)))[:MOST_TERMS]


def alphabetical(folded):
    """The bytes by which folded text is sorted: Persian letters in the order of their alphabet.

    Unicode has them in another order, and what a database makes of them differs from one to the
    next; bytes are compared alike by all.
    """
    return folded.translate(_PLACES).encode()[:LONGEST_PLACE]


@lru_cache(maxsize=4096)
def _squashed_letter(char):
    return squash(fold(char))


def letters_with_places(text):
    """The squashed folded text, and for each of its letters the place in `text` it came from."""
    letters, places = [], []
    for place, char in enumerate(text):
        for letter in _squashed_letter(char):
            letters.append(letter)
            places.append(place)
    found = "".join(letters)
    for separator in reversed(list(_SEPARATORS.finditer(found))):
        found = found[: separator.start()] + found[separator.end() :]
        del places[separator.start() : separator.end()]
    return found, places
