"""Watchers: colleagues of the requester who are notified as the requester is."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.models import User
from plans.transactions import in_transaction
from tickets import events, permissions
from tickets.errors import TicketError
from tickets.models import Event, Ticket, Watcher
from ui.wording import number

from . import base
from .changing import check_seen

MOST_WATCHERS = 20


def add_watchers(ticket, *, actor, people, now=None):
    """Add colleagues (ids in `people`) as watchers: see `change_watchers`. Gives those who are new
    to it."""
    return change_watchers(ticket, actor=actor, add=people, now=now)


def remove_watcher(ticket, *, actor, person, now=None):
    """End that somebody (an id) watches the ticket: see `change_watchers`."""
    change_watchers(ticket, actor=actor, remove=[person], now=now)


@in_transaction
def change_watchers(ticket, *, actor, add=(), remove=(), now=None):
    """Add colleagues as watchers and remove others (ids), all of it or nothing. Gives the new ones.

    Who is added is notified as the requester is, and then sees the ticket too. By any member who
    may write on it, and by agents; those who watch already, and the requester, are skipped. By
    agents, the requester, owners and managers others are removed, and everybody by themselves;
    somebody who does not watch it is passed over, whoever that is. Raises TicketError for anybody
    to add who is no member of the ticket's organization, known or not, and past MOST_WATCHERS.
    """
    ticket = base.locked_in_organization(ticket, actor)
    check_seen(ticket)
    now = now or timezone.now()
    base.allow(not add or permissions.may_add_watchers(ticket, actor))
    base.allow(all(permissions.may_remove_watcher(ticket, actor, each) for each in remove))
    new = _add(ticket, actor, add, now) if add else []
    gone = set(ticket.watchers.filter(user__in=remove).values_list("user", flat=True))
    ticket.watchers.filter(user__in=gone).delete()
    lines = []
    if new:
        lines.append(_line(ticket, actor, now, added=[each.pk for each in new]))
    if gone:
        lines.append(_line(ticket, actor, now, removed=sorted(gone)))
    events.record(*lines)
    return new


def _add(ticket, actor, people, now):
    members = User.objects.members_of(ticket.organization).in_bulk(people)
    if len(members) != len(set(people)):
        raise TicketError(_("Choose from the list."), code="person")
    watching = set(ticket.watchers.values_list("user", flat=True))
    known = watching | {ticket.requester_id}
    new = [members[key] for key in dict.fromkeys(people) if key not in known]
    if len(watching) + len(new) > MOST_WATCHERS:
        raise TicketError(too_many_watchers(), code="person")
    Watcher.objects.bulk_create(
        Watcher(ticket=ticket, user=each, added_by=actor, added_at=now) for each in new
    )
    return new


@in_transaction
def forget_watcher(organization, user, *, actor, now):
    """Who has left an organization watches none of its tickets, with an event each."""
    watched = Watcher.objects.filter(ticket__organization=organization, user=user)
    held = Ticket.objects.filter(pk__in=watched.values("ticket")).order_by("pk")
    tickets = list(held.select_for_update(no_key=True))
    watched.delete()
    events.record(*[_line(ticket, actor, now, removed=[user.pk]) for ticket in tickets])


def too_many_watchers():
    """The limit, as a sentence."""
    sentence = ngettext(
        "At most %(limit)s colleague can watch.",
        "At most %(limit)s colleagues can watch.",
        MOST_WATCHERS,
    )
    return sentence % {"limit": number(MOST_WATCHERS)}


def _line(ticket, actor, now, **changes):
    # The row of the ticket stays as it is: customers' "last update" does not move by this.
    return events.prepare(ticket, Event.Kind.WATCHERS_CHANGED, actor=actor, now=now, **changes)
