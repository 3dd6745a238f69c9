"""Closing, reopening, and the hold that stops the automatic close."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets import events, permissions
from tickets.choices import Status
from tickets.clocks.ledger import TicketClocks
from tickets.errors import TicketError
from tickets.models import Event

from . import base
from .replying import drop_absent_assignee, reply_as_agent


@transaction.atomic
def close_by_customer(ticket, *, actor, now=None):
    """A member closes their ticket; what waited waits no longer, its clock is withdrawn."""
    ticket = base.locked_in_organization(ticket, actor)
    now = now or timezone.now()
    base.check(ticket.close_by_customer, actor)
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.close_by_customer(now=now)
    settle_close(ticket, ledger)
    return _finish(ticket, ledger, Event.Kind.CLOSED_BY_CUSTOMER, actor, now, before)


def resolve(ticket, *, actor, words=None, now=None):
    """Close the ticket because its request is fulfilled. With something waiting it needs a
    closing reply (`words`), which answers it. Raises TicketError."""
    if words is not None:
        return reply_as_agent(ticket, actor=actor, words=words, then="close", now=now)
    return _resolve_silently(ticket, actor, now)


@transaction.atomic
def _resolve_silently(ticket, actor, now):
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.check(ticket.resolve, actor)
    if ticket.waits_for_answer:
        raise TicketError(_("Answer the customer's message before closing."), code="waiting")
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.resolve(now=now)
    settle_close(ticket, ledger)
    return _finish(ticket, ledger, Event.Kind.RESOLVED, actor, now, before)


@transaction.atomic
def reopen(ticket, *, actor, now=None):
    """Open a closed ticket by a click of either side; this waits for an answer like a message."""
    ticket = base.locked_in_organization(ticket, actor)
    now = now or timezone.now()
    base.check(ticket.reopen, actor)
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.reopen()
    drop_absent_assignee(ticket)
    base.start_waiting(ticket, ledger, now=now)
    return _finish(ticket, ledger, Event.Kind.REOPENED, actor, now, before)


def settle_close(ticket, ledger):
    """In memory and for the messages: a close settles all that waits, for good."""
    ledger.withdraw_response()
    base.stop_waiting(ticket)
    base.stop_auto_close(ticket)


@transaction.atomic
def hold_auto_close(ticket, *, actor, reason, now=None):
    """Stop the 48 hours with a reason; by an agent, or by the system (`actor` None) when no
    channel could deliver the latest reply."""
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(actor is None or permissions.may_work(ticket, actor))
    if ticket.status != Status.AWAITING_CUSTOMER:
        raise base.refusal(ticket)
    if not reason.strip():
        raise TicketError(_("Say why; the reason stays with the ticket."), code="reason")
    if ticket.auto_close_held_at:
        return ticket
    ledger = TicketClocks(ticket, now=now)
    base.stop_auto_close(ticket)
    ticket.auto_close_held_at, ticket.auto_close_hold_reason = now, reason.strip()[:200]
    event = events.prepare(ticket, Event.Kind.HELD, actor=actor, now=now, reason=reason.strip())
    base.save(ticket, ledger, event, now=now)
    events.record(event)
    return ticket


@transaction.atomic
def lift_hold(ticket, *, actor, now=None):
    """Let the ticket close by itself again: the 48 hours start anew."""
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    if ticket.status != Status.AWAITING_CUSTOMER:
        raise base.refusal(ticket)
    if not ticket.auto_close_held_at:
        return ticket
    ledger = TicketClocks(ticket, now=now)
    base.start_auto_close(ticket, now=now)
    event = events.prepare(ticket, Event.Kind.HOLD_LIFTED, actor=actor, now=now)
    base.save(ticket, ledger, event, now=now)
    events.record(event)
    return ticket


def _finish(ticket, ledger, kind, actor, now, before):
    event = events.prepare(ticket, kind, actor=actor, now=now, **base.field_changes(ticket, before))
    base.save(ticket, ledger, event, now=now)
    events.record(event)
    return ticket
