"""Addresses of many tickets at once."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse


def ticket_addresses(name):
    """A function from the public number of a ticket to its address `name`, which is resolved once:
    to do it for each row of a list takes longer than to read the rows."""
    before, after = _around(name, settings.TICKET_PREFIX)
    return lambda number: f"{before}{number}{after}"


@lru_cache(maxsize=64)
def _around(name, prefix):
    """What the address has before and after the number."""
    sample = f"{prefix}-1"
    before, after = reverse(name, args=[sample]).split(sample)
    return before, after
