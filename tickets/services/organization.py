"""What happens to tickets when something happens to their organization or their people."""

from functools import cache, partial

from django.db import transaction

from tickets import events
from tickets.clocks.ledger import TicketClocks
from tickets.models import Event, Ticket

from . import base, batches
from .working import give_to

BATCH = 500


def follow_plan_change(organization, *, actor, now):
    """Move the running clocks of an organization that changed plan: as a raise, never later.

    Where nothing was promised and the new plan does promise, a clock starts at the change.
    """
    promise = cache(partial(base.promise_to, organization))  # only with tickets is it asked for

    def move(ledger, kind):
        if promise() is not None:
            ledger.change_plan(promise(), kind=kind)

    _move_clocks(organization, move, actor=actor, now=now)


def follow_suspension(organization, *, actor, now):
    """A suspended organization is promised nothing: its running clocks are withdrawn."""
    _move_clocks(organization, lambda ledger, kind: ledger.withdraw_all(), actor=actor, now=now)


@transaction.atomic
def clear_agent(agent, *, actor, now):
    """Take a deactivated agent off every open ticket, with an event each."""
    tickets = Ticket.objects.open().assigned_to(agent).order_by("pk")
    for ticket in tickets.select_for_update(no_key=True):
        ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
        give_to(ticket, None)
        changes = base.field_changes(ticket, before)
        event = events.prepare(ticket, Event.Kind.ASSIGNED, actor=actor, now=now, **changes)
        base.save(ticket, ledger, event, now=now)
        events.record(event)


@transaction.atomic
def _move_clocks(organization, move, *, actor, now):
    """Do `move(ledger, kind of a response that would start)` to each open ticket, all in one
    transaction; what it leaves as it was gets no event."""
    tickets = Ticket.objects.of_organization(organization).open().order_by("pk")
    tickets = list(tickets.select_for_update(no_key=True))
    for start in range(0, len(tickets), BATCH):
        batch, moved = tickets[start : start + BATCH], []
        kinds = batches.response_kinds(batch)
        for ticket, ledger in batches.with_ledgers(batch, now):
            ticket.organization, before = organization, ticket.due_at
            move(ledger, kinds[ticket.pk])
            ledger.follow_status()
            if ledger.touched:
                moved.append((ticket, ledger, _event(ticket, ledger, before, actor, now)))
        batches.write(moved, now=now)


def _event(ticket, ledger, before, actor, now):
    ledger.place_due()
    due = [each.isoformat() if each else None for each in (before, ticket.due_at)]
    return events.prepare(ticket, Event.Kind.PLAN_CHANGED, actor=actor, now=now, due=due)
