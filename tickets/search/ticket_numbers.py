"""A ticket's number in an address: KT-549, in its one canonical form."""

import re

from django.conf import settings

from .folding import fold, without_punctuation


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
    """The id that somebody means who typed "KT-549", "kt549", "#549" or "۵۴۹", or None."""
    typed = without_punctuation(fold(text).removeprefix("#"))
    match = re.fullmatch(
        rf"(?:{settings.TICKET_PREFIX.lower()}\s*-?\s*)?([1-9][0-9]{{0,17}})", typed
    )
    return int(match[1]) if match else None
