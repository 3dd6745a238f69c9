"""Short marks of what open pages show: a page whose mark differs from the present one has news.

Marks are computed from columns that every write stores anyway, in one index walk each. What
customers are given derives from public facts alone, so that an internal note changes no mark.
"""

from datetime import timedelta
from hashlib import sha256

from django.utils.translation import get_language

from tickets.models import Event, Ticket
from tickets.prepared import Prepared
from tickets.querysets.rows import PUBLIC_FACTS

# How often a page updates its countdowns ("43 hours left") and what only time changes.
COUNTDOWN_INTERVAL = timedelta(minutes=5)
# So that pages of several people do not update at the same instant.
APART = timedelta(seconds=7)


def mark_of(ticket, now):
    """The mark of a customer's page of a ticket, from its row, at `now`."""
    return mark([getattr(ticket, name) for name in PUBLIC_FACTS], now)


def mark(facts, now):
    """The mark of a public state, in the order of PUBLIC_FACTS."""
    return _mark(facts, page_slot(now))


def list_mark(member, organization, now):
    """The mark of what a member sees of an organization: the tickets that changed last."""
    states = []
    if organization:
        membership = member.membership_by_organization[organization.pk]
        where = {"organization": organization.pk, "person": member.pk}
        states = _states.rows(membership.sees_all, **where)
    return _mark(states, slot_of(member.pk, now))


@Prepared
def _states(sees_all, organization, person):
    seen = Ticket.objects.visible_in(organization, person, sees_all=sees_all)
    return seen.public_states_changed_last()


def state_of_tickets():
    """A number that every change of a ticket makes larger, for each writes an event; None without
    any."""
    return Event.objects.sum_of_newest_ids()


def queue_mark(agent, now, state):
    """The mark of all tickets, for staff; `state` is as `state_of_tickets` gives it."""
    return _mark([state], slot_of(agent.pk, now))


def rows_mark(agent, rows, counts, now):
    """The mark of the rows and counts of an agents' list: only what it shows itself changes it."""
    facts = [*((row.id, row.version, row.queue_band) for row in rows), *sorted(counts.items())]
    return _mark(facts, slot_of(agent.pk, now))


def staff_mark_of(ticket):
    """The mark of an agent's page of a ticket, from its row."""
    return str(ticket.version)


def page_slot(now):
    """A number that changes whenever an open page is to update what only time changes."""
    return now.timestamp() // COUNTDOWN_INTERVAL.total_seconds()


def slot_of(person, now):
    """As `page_slot`, for lists: not at the same instant for every person (their key)."""
    return page_slot(now + person * APART)


def _mark(facts, slot):
    parts = [*facts, get_language(), slot]
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]
