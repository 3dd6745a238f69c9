"""Closing, reopening, and the hold that stops the automatic close."""

from django.utils import timezone
from django.utils.translation import gettext as _

from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import AfterReply, Status
from tickets.errors import TicketError
from tickets.models import Event
from ui.names import is_blank

from . import base
from .changing import changing
from .replying import drop_absent_assignee, reply_as_agent


@in_transaction
def close_by_customer(ticket, *, actor, now=None):
    """A member closes their ticket; what waited waits no longer, its clock is withdrawn."""
    ticket = base.locked_in_organization(ticket, actor)
    if ticket.is_closed and base.is_repeated(ticket, actor, Event.Kind.CLOSED_BY_CUSTOMER):
        return ticket
    now = now or timezone.now()
    base.check(ticket.close_by_customer, actor)
    with changing(ticket, actor=actor, now=now) as change:
        ticket.close_by_customer(now=now)
        settle_close(change)
        change.record(Event.Kind.CLOSED_BY_CUSTOMER)
    return ticket


def resolve(ticket, *, actor, content=None, now=None):
    """Close the ticket because its request is fulfilled. With something waiting it needs a
    closing reply (`content`), which answers it. Raises TicketError."""
    if content is not None:
        return reply_as_agent(ticket, actor=actor, content=content, then=AfterReply.CLOSE, now=now)
    return _resolve_silently(ticket, actor, now)


@in_transaction
def _resolve_silently(ticket, actor, now):
    ticket = base.locked(ticket)
    if ticket.is_closed and base.is_repeated(ticket, actor, Event.Kind.RESOLVED):
        return ticket
    now = now or timezone.now()
    base.check(ticket.resolve, actor)
    if ticket.waits_for_answer:
        raise TicketError(_("Answer the customer's message before closing."), code="waiting")
    with changing(ticket, actor=actor, now=now) as change:
        ticket.resolve(now=now)
        settle_close(change)
        change.record(Event.Kind.RESOLVED)
    return ticket


@in_transaction
def reopen(ticket, *, actor, now=None):
    """Open a closed ticket by a click of either side; this waits for an answer like a message.

    Raises ClosedForLong after the days of the setting REOPEN_WITHIN_DAYS.
    """
    ticket = base.locked_in_organization(ticket, actor)
    if not ticket.is_closed and base.is_repeated(ticket, actor, Event.Kind.REOPENED):
        return ticket
    now = now or timezone.now()
    base.check(ticket.reopen, actor)
    base.check_reopening(ticket, now)
    with changing(ticket, actor=actor, now=now) as change:
        ticket.reopen()
        drop_absent_assignee(ticket)
        base.start_waiting(change)
        change.record(Event.Kind.REOPENED)
    return ticket


def settle_close(change):
    """In memory and for the messages: a close settles all that waits, for good."""
    change.clocks.withdraw_response()
    base.stop_waiting(change.ticket)
    base.stop_auto_close(change.ticket)


@in_transaction
def hold_auto_close(ticket, *, actor, reason="", code="", now=None):
    """Stop the 48 hours until another reply or an agent lifts the hold.

    An agent gives a reason in their own words; the system (`actor` None) gives the `code` of one,
    a HoldCode, which every reader sees in their own language. Raises TicketError.
    """
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(actor is None or permissions.may_work(ticket, actor))
    if ticket.status != Status.AWAITING_CUSTOMER:
        raise base.refusal(ticket)
    reason = reason.strip()
    if is_blank(reason) and not code:
        raise TicketError(_("Enter a reason; it stays with the ticket."), code="reason")
    if ticket.auto_close_held_at:
        _check_same_hold(ticket, actor, reason)
        return ticket
    with changing(ticket, actor=actor, now=now) as change:
        base.stop_auto_close(ticket)
        ticket.auto_close_held_at = now
        ticket.auto_close_hold_code, ticket.auto_close_hold_reason = code, reason[:200]
        change.record(Event.Kind.HELD, **({"code": code} if code else {"reason": reason}))
    return ticket


def _check_same_hold(ticket, actor, reason):
    """Refuse an agent's reason beside another one: it would be stored nowhere."""
    if actor is not None and reason[:200] != ticket.auto_close_hold_reason:
        raise TicketError(
            _(
                "The automatic close is stopped already, for another reason. Your reason has not "
                "been stored."
            ),
            code="reason",
        )


@in_transaction
def lift_hold(ticket, *, actor, code="", now=None):
    """Let the ticket close by itself again: the 48 hours restart.

    The system (`actor` None) lifts only a hold of its own with the `code`. Raises TicketError.
    """
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(actor is None or permissions.may_work(ticket, actor))
    if ticket.status != Status.AWAITING_CUSTOMER:
        raise base.refusal(ticket)
    if not ticket.auto_close_held_at or (code and ticket.auto_close_hold_code != code):
        return ticket
    with changing(ticket, actor=actor, now=now) as change:
        base.start_auto_close(ticket, now=now)
        change.record(Event.Kind.HOLD_LIFTED)
    return ticket
