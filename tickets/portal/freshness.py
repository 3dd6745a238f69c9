"""Whether a customer's open page still shows a ticket as it is."""

from datetime import timedelta
from hashlib import sha256

from django.utils.translation import get_language

from tickets.querysets.rows import PUBLIC_FACTS

# How often a page updates its countdowns ("43 hours left").
COUNTDOWN_INTERVAL = timedelta(minutes=5)


def mark_of(ticket, now):
    """The short name of the public state of a row, at `now`."""
    return mark([getattr(ticket, name) for name in PUBLIC_FACTS], now)


def mark(facts, now):
    """The short name of a public state, in the order of PUBLIC_FACTS."""
    parts = [*facts, get_language(), now.timestamp() // COUNTDOWN_INTERVAL.total_seconds()]
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]
