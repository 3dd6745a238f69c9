"""The periodic work: automatic close, its reminder, and the clock scan.

Each finds its work in the database, takes a locked batch, and is harmless when doubled, late or
killed. A batch that fails is done again one ticket at a time: a bad ticket stops only itself.
"""

import logging
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from tickets import events
from tickets.choices import Status
from tickets.errors import TicketError
from tickets.models import Clock, Event, PeriodicRun, Ticket

from . import batches
from .closing import settle_close

logger = logging.getLogger(__name__)

BATCH = 500
# What a broken row, or somebody who listens, can raise. Anything else is a bug of this module.
BAD_TICKET = (
    ArithmeticError,
    AttributeError,
    DatabaseError,
    LookupError,
    ObjectDoesNotExist,
    RuntimeError,
    TicketError,
    TransitionNotAllowed,
    TypeError,
    ValueError,
)


def auto_close(ticket, *, now=None):
    """Close the ticket if its 48 hours are over and nothing waits. Returns whether it did."""
    return bool(_close_batch([ticket.pk], now or timezone.now()))


def close_due(now=None):
    """Close every ticket whose 48 hours are over. Late runs close late, none closes twice.

    Returns how many were closed.
    """
    now = now or timezone.now()
    return _in_batches(Ticket.objects.closing_by(now), _close_batch, now)


@transaction.atomic
def _close_batch(keys, now):
    tickets = list(
        Ticket.objects.select_for_update(skip_locked=True, no_key=True)
        .closing_by(now)
        .filter(pk__in=keys, status=Status.AWAITING_CUSTOMER, waiting_since__isnull=True)
    )
    closed = []
    for ticket, ledger in batches.with_ledgers(tickets, now):
        before = ticket.status
        ticket.close_automatically(now=now)
        settle_close(ticket, ledger)
        moved = [before, ticket.status]
        kind = Event.Kind.CLOSED_AUTOMATICALLY
        event = events.prepare(ticket, kind, actor=None, now=now, status=moved)
        closed.append((ticket, ledger, event))
    batches.write(closed, now=now)
    return len(closed)


def remind_of_close(now=None):
    """Tell requesters that their ticket closes within 24 hours, once in each 48.

    Where the moment of the close itself has come, the reminder is skipped.
    """
    now = now or timezone.now()
    return _in_batches(Ticket.objects.to_remind_of_close(now), _remind_batch, now)


@transaction.atomic
def _remind_batch(keys, now):
    tickets = list(
        Ticket.objects.select_for_update(skip_locked=True, no_key=True)
        .to_remind_of_close(now)
        .filter(pk__in=keys)
    )
    lines = [
        events.prepare(ticket, Event.Kind.CLOSE_REMINDED, actor=None, now=now)
        for ticket in tickets
        if ticket.auto_close_at > now
    ]
    for ticket in tickets:
        ticket.auto_close_remind_at = None
    Ticket.objects.bulk_update(tickets, ["auto_close_remind_at"])
    events.record(*lines)
    return len(lines)


@dataclass(frozen=True)
class ScanResult:
    """How many tickets were found due soon and overdue."""

    due_soon: int
    breached: int


def scan_clocks(now=None):
    """Find what fell due soon or overdue since the last scan, and tell each once in its life.

    Catching up after a time off tells only what is still true: of a clock that is overdue no
    "due soon" is told any more.
    """
    now = now or timezone.now()
    breached = _in_batches(Clock.objects.breach_to_tell(now), _breach_batch, now)
    due_soon = _in_batches(Clock.objects.due_soon_to_tell(now), _due_soon_batch, now)
    return ScanResult(due_soon=due_soon, breached=breached)


def _breach_batch(keys, now):
    return _tell_batch(keys, now, Clock.objects.breach_to_tell(now), Event.Kind.BREACHED)


def _due_soon_batch(keys, now):
    return _tell_batch(keys, now, Clock.objects.due_soon_to_tell(now), Event.Kind.DUE_SOON)


@transaction.atomic
def _tell_batch(keys, now, due, kind):
    """Stamp the clocks and write one event a ticket. What somebody holds waits for the next run."""
    tickets = list(
        Ticket.objects.select_for_update(skip_locked=True, no_key=True).filter(
            pk__in=due.filter(pk__in=keys).order_by().values("ticket")
        )
    )
    due_of = {}
    for clock in due.filter(pk__in=keys, ticket__in=tickets):
        due_of.setdefault(clock.ticket_id, set()).add(clock.pk)
    told = []
    for ticket, ledger in batches.with_ledgers(tickets, now):
        fallen = [clock for clock in ledger.clocks if clock.pk in due_of.get(ticket.pk, ())]
        if not fallen:
            continue
        ledger.mark_told(fallen, is_breach=kind == Event.Kind.BREACHED)
        dues = {clock.kind: clock.due_at.isoformat() for clock in fallen}
        event = events.prepare(ticket, kind, actor=None, now=now, clocks=dues)
        told.append((ticket, ledger, event))
    batches.write(told, now=now)
    return len(told)


def _in_batches(found, work, now):
    """Run `work` over the keys of `found`, a batch at a time; each key is tried once a run."""
    keys, done = list(found.values_list("pk", flat=True)), 0
    for start in range(0, len(keys), BATCH):
        done += one_or_each(keys[start : start + BATCH], work, now)[0]
    return done


def one_or_each(keys, work, now):
    """Do a batch, or when that fails each of it alone. Returns how much was done, and failed."""
    try:
        return work(keys, now), 0
    except BAD_TICKET:
        if len(keys) == 1:
            logger.exception("Periodic work failed for %s", keys[0])
            return 0, 1
        logger.exception("Periodic work failed for a batch; trying one by one")
    each = [one_or_each([key], work, now) for key in keys]
    return sum(done for done, _failed in each), sum(failed for _done, failed in each)


def record_run(name, *, outcome="", now=None):
    """Remember that a periodic task came to its end; health looks at it."""
    values = {"finished_at": now or timezone.now(), "outcome": outcome[:200]}
    PeriodicRun.objects.update_or_create(name=name, defaults=values)
