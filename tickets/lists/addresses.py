"""Addresses of many tickets at once."""

from django.conf import settings
from django.urls import reverse


def ticket_addresses(name):
    """A function from the public number of a ticket to its address `name`, which is resolved once:
    to do it for each row of a list takes longer than to read the rows."""
    sample = f"{settings.TICKET_PREFIX}-1"
    before, after = reverse(name, args=[sample]).split(sample)
    return lambda number: f"{before}{number}{after}"
