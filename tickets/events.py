"""A ticket's history: `record` writes its lines and tells the apps above in one transaction."""

from django.dispatch import Signal

from .models import Event

# Sent inside the transaction with `events`, a list: one from a person's act, many from a batch.
ticket_events = Signal()

# What customers may know of: opening, public messages, status, priority and category, and which
# of their own people watch.
ALWAYS_PUBLIC = {
    Event.Kind.OPENED,
    Event.Kind.AGENT_REPLIED,
    Event.Kind.CUSTOMER_REPLIED,
    Event.Kind.CUSTOMER_THANKED,
    Event.Kind.PRIORITY_CHANGED,
    Event.Kind.CATEGORY_CHANGED,
    Event.Kind.WATCHERS_CHANGED,
}


def prepare(ticket, kind, *, actor, now, message=None, **changes):
    """An unsaved event, public when its kind or message is, or when it changed the status."""
    return Event(
        ticket=ticket,
        kind=kind,
        actor=actor,
        message=message,
        changes=changes,
        is_public=kind in ALWAYS_PUBLIC
        or "status" in changes
        or (message is not None and not message.is_note),
        created_at=now,
    )


def record(*events):
    """Write the events and tell the apps above."""
    if not events:
        return []
    written = Event.objects.bulk_create(events)
    ticket_events.send(sender=Event, events=written)
    return written
