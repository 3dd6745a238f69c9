"""Until when a closed ticket may be reopened."""

from datetime import timedelta

from django.conf import settings


def is_closed_for_long(ticket, now):
    """Whether the ticket can no longer be reopened at `now`: what is written on it then opens a
    follow-up ticket. See "Life of a ticket" of the domain, *reopen* and *follow up*."""
    closed_at = ticket.closed_at  # null while it is open
    return closed_at is not None and now >= closed_at + reopening_period()


def reopening_period():
    """For how long after a close a ticket may be reopened."""
    return timedelta(days=settings.REOPEN_WITHIN_DAYS)
