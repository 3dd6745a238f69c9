"""The periodic work: automatic close, its reminder, and the clock scan.

Each finds its work in the database, takes a locked batch, and is harmless when doubled, late or
killed. A batch that fails is done again one ticket at a time: a bad ticket stops only itself.
"""

from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from plans.transactions import in_transaction
from tickets import events, rows
from tickets.choices import Status
from tickets.models import Clock, Event, PeriodicRun, Ticket
from tickets.signals import run_finished

from .catching_up import catch_up
from .changing import changes_of, write
from .closing import settle_close
from .isolating import in_batches

# Which moment of a clock remembers that the scan has announced it.
ANNOUNCED_BY = {
    Event.Kind.UNACCEPTED: "escalation_notified_at",
    Event.Kind.DUE_SOON: "due_soon_notified_at",
    Event.Kind.BREACHED: "breach_notified_at",
}


def auto_close(ticket, *, now=None):
    """Close the ticket if its 48 hours are over and nothing waits. Returns whether it did."""
    return bool(_close_batch([ticket.pk], now=now or timezone.now()))


def close_due(now=None):
    """Close every ticket whose 48 hours are over. Late runs close late, none closes twice.

    Returns how many were closed.
    """
    now = now or timezone.now()
    closed = in_batches(Ticket.objects.closing_by(now), partial(_close_batch, now=now))
    run_finished.send(sender=None, now=now)
    return closed


@in_transaction
def _close_batch(keys, now):
    tickets = _free(Ticket.objects.closing_by(now).filter(rows.AnyOf("pk", keys))).filter(
        status=Status.AWAITING_CUSTOMER, waiting_since__isnull=True
    )
    changes = changes_of(_caught_up(tickets), actor=None, now=now)
    for change in changes:
        change.ticket.close_automatically(now=now)
        settle_close(change)
        change.record(Event.Kind.CLOSED_AUTOMATICALLY)
    write(changes)
    return len(changes)


def remind_of_close(now=None):
    """Notify requesters that their ticket closes within 24 hours, once in each 48.

    Where the moment of the close itself has come, the reminder is skipped.
    """
    now = now or timezone.now()
    found = Ticket.objects.to_remind_of_close(now)
    reminded = in_batches(found, partial(_remind_batch, now=now))
    run_finished.send(sender=None, now=now)
    return reminded


@in_transaction
def _remind_batch(keys, now):
    """The row of the ticket keeps its version and times: nobody's page is out of date by this."""
    tickets = list(_free(Ticket.objects.to_remind_of_close(now).filter(rows.AnyOf("pk", keys))))
    lines = [
        events.prepare(ticket, Event.Kind.CLOSE_REMINDED, actor=None, now=now)
        for ticket in tickets
        if ticket.auto_close_at > now
    ]
    for ticket in tickets:
        ticket.auto_close_remind_at = None
    rows.update_columns(Ticket, tickets, {"auto_close_remind_at"})
    events.record(*lines)
    return len(lines)


@dataclass(frozen=True)
class ScanResult:
    """How many tickets were found due soon, overdue, and still not accepted."""

    due_soon: int
    breached: int
    unaccepted: int = 0


def scan_clocks(now=None):
    """Find clocks that became due soon or overdue since the last scan, and notify once for each.

    Catching up after an outage notifies only of what is still true: there is no "due soon" for a
    clock that is overdue.
    """
    now = now or timezone.now()
    breached = _tell(Clock.objects.breach_to_tell(now), Event.Kind.BREACHED, now)
    due_soon = _tell(Clock.objects.due_soon_to_tell(now), Event.Kind.DUE_SOON, now)
    unaccepted = _tell(Clock.objects.to_escalate(now), Event.Kind.UNACCEPTED, now)
    run_finished.send(sender=None, now=now)
    return ScanResult(due_soon=due_soon, breached=breached, unaccepted=unaccepted)


def _tell(due, kind, now):
    return in_batches(due, partial(_tell_batch, due=due, kind=kind, now=now))


@in_transaction
def _tell_batch(keys, due, kind, now):
    """Stamp the clocks and write one event a ticket. What somebody holds waits for the next run.

    Of a ticket that was accepted in time the clock is stamped alone.
    """
    due = due.filter(rows.AnyOf("pk", keys)).order_by()
    tickets = _caught_up(_free(Ticket.objects.filter(pk__in=due.values("ticket"))))
    if kind == Event.Kind.UNACCEPTED:
        tickets = _still_unaccepted(tickets, keys, now)
    held = rows.AnyOf("ticket", [ticket.pk for ticket in tickets])
    fallen = set(due.filter(held).values_list("pk", flat=True))
    found = []
    for change in changes_of(tickets, actor=None, now=now):
        clocks = [clock for clock in change.clocks.clocks if clock.pk in fallen]
        if clocks:
            change.clocks.mark_announced(clocks, ANNOUNCED_BY[kind])
            dues = {clock.kind: clock.due_at.isoformat() for clock in clocks}
            change.record(kind, clocks=dues)
            found.append(change)
    write(found)
    return len(found)


def _still_unaccepted(tickets, keys, now):
    """Those that nobody has accepted; the others are dealt with once and for all."""
    accepted = [each for each in tickets if each.status != Status.AWAITING_RESPONSE]
    Clock.objects.filter(pk__in=keys, ticket__in=accepted).update(escalation_notified_at=now)
    return [each for each in tickets if each.status == Status.AWAITING_RESPONSE]


def _free(tickets):
    """Locked, without those that somebody else holds."""
    return tickets.select_for_update(skip_locked=True, no_key=True)


def _caught_up(tickets):
    tickets = list(tickets)
    catch_up(tickets)
    return tickets


def record_run(name, *, outcome="", now=None):
    """Remember that a periodic task came to its end; health looks at it."""
    values = {"finished_at": now or timezone.now(), "outcome": outcome[:200]}
    PeriodicRun.objects.update_or_create(name=name, defaults=values)
