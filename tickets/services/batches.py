"""Many tickets at once: their ledgers read in one query, and written as `base.save` writes one."""

from tickets import events
from tickets.clocks import queue_place
from tickets.clocks.ledger import TicketClocks
from tickets.models import Clock, ClockChange, Message, Ticket

from .stale_days import mark_stale

TICKET_FIELDS = [
    "status",
    "assignee",
    "closed_at",
    "waiting_since",
    "due_at",
    "due_soon_at",
    "auto_close_at",
    "auto_close_remind_at",
    "auto_close_held_at",
    "auto_close_hold_reason",
    "queue_band",
    "queue_rank",
    "queue_at",
    "updated_at",
    "public_updated_at",
    "version",
]
CLOCK_FIXED = {"id", "ticket", "kind", "started_at"}
CLOCK_FIELDS = [
    field.name for field in Clock._meta.concrete_fields if field.name not in CLOCK_FIXED
]


def with_ledgers(tickets, now):
    """Each locked ticket with its settled clocks, read in one query for all of them."""
    alive = Clock.objects.alive().filter(ticket__in=tickets)
    clocks_of = {}
    for clock in alive.select_related("plan_version", "calendar_version"):
        clocks_of.setdefault(clock.ticket_id, []).append(clock)
    for ticket in tickets:
        yield ticket, TicketClocks(ticket, now=now, clocks=clocks_of.get(ticket.pk, []))


def response_kinds(tickets):
    """The kind of a response clock that would start now, by ticket id, in one query."""
    answered = set(
        Message.objects.public_of_staff()
        .filter(ticket__in=tickets)
        .order_by()
        .values_list("ticket_id", flat=True)
        .distinct()
    )
    first, following = Clock.RESPONSE_KINDS
    return {ticket.pk: following if ticket.pk in answered else first for ticket in tickets}


def write(changed, *, now):
    """Write (ticket, ledger, event) of each changed ticket, in a number of statements that does
    not grow with them."""
    for ticket, ledger, event in changed:
        ledger.follow_status(actor=event.actor)
        ledger.place_due()
        queue_place.place(ticket)
        ticket.updated_at = now
        if event.is_public:
            ticket.public_updated_at = now
        ticket.version += 1
    Ticket.objects.bulk_update([ticket for ticket, _ledger, _event in changed], TICKET_FIELDS)
    touched = [clock for _ticket, ledger, _event in changed for clock in ledger.touched]
    Clock.objects.bulk_create([clock for clock in touched if clock.pk is None])
    Clock.objects.bulk_create(
        [clock for clock in touched if clock.pk is not None],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=CLOCK_FIELDS,
    )
    lines = [line for _ticket, ledger, _event in changed for line in ledger.changes]
    ClockChange.objects.bulk_create(lines)
    mark_stale(touched, lines)
    events.record(*[event for _ticket, _ledger, event in changed])
