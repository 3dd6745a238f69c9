"""Whether a notification is still to be sent, asked at the moment of sending."""

from datetime import timedelta

from django.db.models import Q

from tickets.models import Clock, Event, Ticket

from .audience import is_for_customers
from .preferences import is_wanted

# The reminder of an automatic close belongs to a close at most this far ahead of it.
REMINDED_BEFORE = timedelta(hours=24)


def reason_to_skip(notification, *, now):
    """Why it is not to be sent any more, in a few words for operators; "" when it is."""
    event = notification.event
    if reason := _not_for(notification):
        return reason
    if event.kind in {Event.Kind.DUE_SOON, Event.Kind.BREACHED}:
        return _stale_alert(event, now)
    if event.kind == Event.Kind.CLOSE_REMINDED:
        return _stale_reminder(notification, now)
    return ""


def _not_for(notification):
    """Why the recipient is not told of the event."""
    recipient, event = notification.recipient, notification.event
    if not recipient.is_active:
        return "the person is no longer active"
    if Ticket.objects.visible_to(recipient).numbered(notification.ticket_id) is None:
        return "the person may not see the ticket any more"
    if not recipient.staff_role and not _may_customers_learn(event):
        return "customers do not learn of this"
    return "" if is_wanted(notification) else "the person chose not to be told"


def _may_customers_learn(event):
    return is_for_customers(event) and not (event.message_id and event.message.is_note)


def _stale_alert(event, now):
    """An alert is about a running clock with the very due that it was raised for."""
    meant = Q(pk__in=())
    for kind, due_at in event.changes.get("clocks", {}).items():
        meant |= Q(kind=kind, due_at=due_at)
    running = Clock.objects.running().filter(meant, ticket=event.ticket_id)
    if event.kind == Event.Kind.DUE_SOON:
        running = running.filter(due_at__gt=now)
    return "" if running.exists() else "answered or moved meanwhile"


def _stale_reminder(notification, now):
    close_at = notification.ticket.auto_close_at
    if close_at is None or close_at > notification.event.created_at + REMINDED_BEFORE:
        return "the ticket does not close any more then"
    return "" if now < close_at else "the close is due already"
