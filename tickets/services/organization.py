"""What happens to tickets when something happens to their organization or their people."""

from django.db import transaction

from tickets import events
from tickets.models import Event, Ticket
from tickets.sla import Ledger

from . import base
from .working import give_to


@transaction.atomic
def follow_plan_change(organization, *, actor, now):
    """Move the running clocks of an organization that changed plan: as a raise, never later.

    Where nothing was promised and the new plan does promise, a clock starts at the change.
    """
    for ticket in _waiting_tickets(organization):
        ledger, before = Ledger(ticket, now=now), ticket.due_at
        if promise := base.promise_for(ticket):
            ledger.change_plan(promise, kind=base.response_kind(ticket))
        _finish(ticket, ledger, Event.Kind.PLAN_CHANGED, actor, now, before)


@transaction.atomic
def follow_suspension(organization, *, actor, now):
    """A suspended organization is promised nothing: its running clocks are withdrawn."""
    for ticket in _waiting_tickets(organization):
        ledger, before = Ledger(ticket, now=now), ticket.due_at
        ledger.withdraw()
        _finish(ticket, ledger, Event.Kind.PLAN_CHANGED, actor, now, before)


@transaction.atomic
def clear_agent(agent, *, actor, now):
    """Take a deactivated agent off every open ticket, with an event each."""
    tickets = Ticket.objects.open().assigned_to(agent).order_by("pk")
    for ticket in tickets.select_for_update(no_key=True):
        ledger, before = Ledger(ticket, now=now), base.facts(ticket)
        give_to(ticket, None)
        changes = base.changed(ticket, before)
        event = events.line(ticket, Event.Kind.ASSIGNED, actor=actor, now=now, **changes)
        base.save(ticket, ledger, event, now=now)
        events.record(event)


def _waiting_tickets(organization):
    return (
        Ticket.objects.of_organization(organization)
        .waiting()
        .order_by("pk")
        .select_for_update(no_key=True)
    )


def _finish(ticket, ledger, kind, actor, now, before):
    ledger.place_due()
    after = ticket.due_at
    due = [each.isoformat() if each else None for each in (before, after)]
    event = events.line(ticket, kind, actor=actor, now=now, due=due)
    base.save(ticket, ledger, event, now=now)
    events.record(event)
