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

MOST_WATCHERS = 20


@in_transaction
def add_watchers(ticket, *, actor, people, now=None):
    """Add colleagues (ids in `people`) as watchers, notified as the requester is; they then see the
    ticket too. By any member who may write on it, and by agents. Gives those who are new to it.

    Those who watch already, and the requester, are skipped. Raises TicketError
    for anybody who is no member of the ticket's organization, known or not, and past MOST_WATCHERS.
    """
    ticket = base.locked_in_organization(ticket, actor)
    now = now or timezone.now()
    base.allow(permissions.may_add_watchers(ticket, actor))
    members = User.objects.members_of(ticket.organization).in_bulk(people)
    if len(members) != len(set(people)):
        raise TicketError(_("Choose from the list."), code="person")
    watching = set(ticket.watchers.values_list("user", flat=True))
    new = [members[key] for key in people if key not in watching | {ticket.requester_id}]
    if len(watching) + len(new) > MOST_WATCHERS:
        raise TicketError(too_many_watchers(), code="person")
    if new:
        Watcher.objects.bulk_create(
            Watcher(ticket=ticket, user=each, added_by=actor, added_at=now) for each in new
        )
        events.record(_line(ticket, actor, now, added=[each.pk for each in new]))
    return new


@in_transaction
def remove_watcher(ticket, *, actor, person, now=None):
    """End that somebody (an id) watches the ticket: by agents, the requester, owners and managers,
    and by the watcher. Somebody who does not watch it is passed over, whoever that is."""
    ticket = base.locked_in_organization(ticket, actor)
    now = now or timezone.now()
    base.allow(permissions.may_remove_watcher(ticket, actor, person))
    removed, _rows = ticket.watchers.filter(user=person).delete()
    if removed:
        events.record(_line(ticket, actor, now, removed=[person]))


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
