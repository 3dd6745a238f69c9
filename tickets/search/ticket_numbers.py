"""A ticket's number in an address: KT-549, in its one canonical form."""

import re

from django.conf import settings

from ui.lookalikes import QUOTES, without_punctuation

from .folding import fold

# So many of the newest numbers with the same first digits are looked for: some may be missing.
MOST_BEGUN = 50
# What is written before a number.
_WORDS = r"(?:(?:تیکت|شماره|ticket|number|no)[\s:.]*|#\s*)*"
# The trigram indexes of texts know three digits and more.
SHORTEST = 100


class NumberConverter:
    """`KT-549` to 549 and back; what is no number of ours matches nothing."""

    regex = r"[A-Z]+-[1-9][0-9]{0,17}"

    def to_python(self, value):
        prefix, _, digits = value.partition("-")
        if prefix != settings.TICKET_PREFIX:
            raise ValueError(value)
        return int(digits)

    def to_url(self, value):
        return (
            value
            if isinstance(value, str)
            else f"{settings.TICKET_PREFIX}-{getattr(value, 'pk', value)}"
        )


def typed_number(text):
    """The id that somebody means who typed "KT-549", "kt549", "#549", "۵۴۹", «تیکت ۵۴۹» or the
    address of the ticket's page, or None."""
    typed = without_punctuation(fold(text).strip(QUOTES + " "))
    prefix = settings.TICKET_PREFIX.lower()
    number = r"([1-9][0-9]{0,17})"
    match = re.fullmatch(rf"{_WORDS}(?:{prefix}[\s_:#-]*0*)?{number}", typed)
    match = match or re.fullmatch(rf"\S+/{prefix}-{number}/?(?:[?#]\S*)?", typed)
    return int(match[1]) if match else None


def is_begun(number):
    """Whether `typed_number` gave a number so short that no index finds its digits in texts: more
    of them will be typed, and until then it is looked for among the numbers alone."""
    return number is not None and number < SHORTEST


def numbers_from(number, last):
    """The highest MOST_BEGUN numbers up to `last` that begin with the digits of `number` and have
    more of them, the highest first."""
    found, span = [], 10
    while number * span <= last:
        highest = min((number + 1) * span - 1, last)
        lowest = max(number * span, highest - MOST_BEGUN + 1)
        found = [*range(highest, lowest - 1, -1), *found]
        span *= 10
    return found[:MOST_BEGUN]
