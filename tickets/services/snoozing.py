"""Putting a ticket away until a time or the next message, and taking it out again."""

from datetime import timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.transactions import in_transaction
from tickets import permissions, rows
from tickets.choices import Woken
from tickets.clocks import queue_place
from tickets.errors import TicketError
from tickets.models import Event, Ticket
from tickets.signals import run_finished
from tickets.snoozes import is_overdue
from ui.wording import number

from . import base
from .catching_up import catch_up
from .changing import changes_of, changing, write
from .isolating import in_batches

LONGEST_DAYS = 90
LONGEST_SNOOZE = timedelta(days=LONGEST_DAYS)
# Two presses of “in an hour” mean the same.
SAME_WITHIN = timedelta(minutes=2)
# The columns that opening a ticket that is back changes.
PLACE = {"returned_at", "queue_band", "queue_rank", "queue_at"}


@in_transaction
def snooze(ticket, *, actor, until, seen_version=None, now=None):
    """Put a ticket that is ours to handle away until a time, or with None until the next message,
    and then for LONGEST_DAYS at most. By any agent; its clocks run on.

    Raises TicketError, with the code `when` for a time that has passed or is too far away, and for
    a ticket that is overdue: nothing hides a promise that was broken.
    """
    base.lock_person(actor)
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    if seen_version not in {None, ticket.version} and _is_repeated(ticket, actor, until):
        return ticket
    if not ticket.is_ours:
        raise base.refusal(ticket)
    base.check_version(ticket, seen_version)
    _check_time(ticket, until, now)
    with changing(ticket, actor=actor, now=now) as change:
        latest = until or now + LONGEST_SNOOZE
        ticket.snooze(until=latest, by=actor, for_message=until is None)
        change.record(Event.Kind.SNOOZED, until=latest.isoformat(), for_message=until is None)
    return ticket


def _is_repeated(ticket, actor, until):
    """Whether the actor has just put it away like this: pressed twice, or sent once more."""
    if not (ticket.is_snoozed and base.is_repeated(ticket, actor, Event.Kind.SNOOZED)):
        return False
    if until is None or ticket.snoozed_for_message:
        return until is None and ticket.snoozed_for_message
    return abs(until - ticket.snoozed_until) <= SAME_WITHIN


def _check_time(ticket, until, now):
    if is_overdue(ticket, now):
        sentence = _("The ticket is overdue. Answer it, or hand it over.")
        raise TicketError(sentence, code="when")
    if until is None:
        return
    if until <= now:
        raise TicketError(_("Choose a time that is still to come."), code="when")
    if until > now + LONGEST_SNOOZE:
        sentence = ngettext(
            "A ticket can be snoozed for at most %(limit)s day.",
            "A ticket can be snoozed for at most %(limit)s days.",
            LONGEST_DAYS,
        )
        raise TicketError(sentence % {"limit": number(LONGEST_DAYS)}, code="when")


@in_transaction
def wake(ticket, *, actor, now=None):
    """Take a snoozed ticket out again before its time. By any agent; one that is not snoozed any
    more is left as it is."""
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    if ticket.is_snoozed:
        with changing(ticket, actor=actor, now=now) as change:
            _wake(change, Woken.BY_HAND)
    return ticket


def _wake(change, cause, *, returned_at=None):
    facts = {"woken": cause, "snoozed_by": [change.ticket.snoozed_by_id]}
    change.ticket.wake(returned_at=returned_at)
    change.record(Event.Kind.WOKEN, **facts)


def return_snoozed(now=None):
    """Bring every ticket back whose time away is over, to the top of the queue. Late runs bring
    them back late, never early. Returns how many."""
    now = now or timezone.now()
    returned = in_batches(Ticket.objects.returning_by(now), partial(_return_batch, now=now))
    run_finished.send(sender=None, now=now)
    return returned


@in_transaction
def _return_batch(keys, now):
    found = Ticket.objects.returning_by(now).filter(rows.AnyOf("pk", keys))
    tickets = list(found.select_for_update(skip_locked=True, no_key=True))
    catch_up(tickets)
    changes = changes_of(tickets, actor=None, now=now)
    for change in changes:
        _wake(change, Woken.TIME, returned_at=now)
    write(changes)
    return len(changes)


@in_transaction
def see_returned(ticket, *, actor):
    """That an agent opened a ticket that is back: it goes to its ordinary place. The assignee's to
    do, anybody's while nobody has it. Nothing happened to the ticket, so this is no event; one
    that somebody holds is left alone, so that a page never waits for it."""
    held = base.first_unlocked(Ticket.objects.filter(pk=ticket.pk, returned_at__isnull=False))
    if held is not None and held.assignee_id in {None, actor.pk}:
        held.returned_at = None
        queue_place.place(held)
        rows.update_columns(Ticket, [held], PLACE)
