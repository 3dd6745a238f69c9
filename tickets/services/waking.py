"""What ends a snooze, and the mark of a ticket that is back. Part of every change of a ticket."""

from tickets.choices import Woken
from tickets.models import Event

BY_KIND = {
    Event.Kind.DUE_SOON: Woken.DUE_SOON,
    Event.Kind.BREACHED: Woken.OVERDUE,
    Event.Kind.TOOK_IN: Woken.MERGED,
    Event.Kind.GAVE_BACK: Woken.MERGED,
}


def follow_snooze(change):
    """In memory: what happens to a snoozed ticket may end that, and its event then says so. What
    an agent does with one that is back takes its mark away."""
    ticket, event = change.ticket, change.event
    if ticket.is_snoozed:
        if cause := _cause(change):
            event.changes["woken"] = cause
            ticket.wake(returned_at=change.now if _is_news(change, cause) else None)
    elif ticket.returned_at is not None and (not ticket.is_ours or _is_of_agent(change)):
        ticket.returned_at = None


def _cause(change):
    """Why the change ends the snooze of its ticket, or None."""
    ticket, event = change.ticket, change.event
    if not ticket.is_ours:
        return Woken.MOVED
    if event.kind in BY_KIND:
        return BY_KIND[event.kind]
    # Whatever a customer does: a message, or a raised priority.
    if change.actor is not None and not _is_of_agent(change):
        return Woken.MESSAGE
    return Woken.HANDED_ON if {"assignee", "team"} & event.changes.keys() else None


def _is_of_agent(change):
    return change.actor is not None and bool(change.actor.staff_role)


def _is_news(change, cause):
    """Whether somebody is to be shown that it is back: not who took it in hand themselves."""
    if cause == Woken.HANDED_ON:
        assignee = change.ticket.assignee_id
        return assignee is None or assignee != getattr(change.actor, "pk", None)
    return cause != Woken.MOVED
