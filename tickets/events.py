"""A ticket's history: `record` writes events and signals the apps above in one transaction."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.dispatch import Signal

from . import rows
from .event_types import TYPES
from .models import Event

# Sent inside the transaction with `events`, a list: one from a person's act, many from a batch.
ticket_events = Signal()
# The name of the API key by which the present request acts.
_KEY = ContextVar("key", default=None)
# The key of the bulk run whose ticket is being changed.
_BULK_RUN = ContextVar("bulk_run", default=None)

# The fingerprint of the alert that is being received.
_ALERT = ContextVar("alert", default=None)


@contextmanager
def recorded_through(key):
    """Events of the block name the API key by which their actor acts."""
    token = _KEY.set(key)
    try:
        yield
    finally:
        _KEY.reset(token)


@contextmanager
def of_bulk_run(key):
    """Events of the block hold the bulk run that they belong to, as the fact `bulk`."""
    token = _BULK_RUN.set(key)
    try:
        yield
    finally:
        _BULK_RUN.reset(token)


@contextmanager
def of_alert(fingerprint):
    """Events of the block hold the alert that they came of, as the fact `alert`."""
    token = _ALERT.set(fingerprint)
    try:
        yield
    finally:
        _ALERT.reset(token)


def prepare(ticket, kind, *, actor, now, message=None, **changes):
    """An unsaved event; the declaration of its kind says whether customers may know of it."""
    if actor is not None and (key := _KEY.get()):
        changes["through"] = key
    if run := _BULK_RUN.get():
        changes["bulk"] = run
    if alert := _ALERT.get():
        changes["alert"] = alert
    return Event.new(
        ticket=ticket,
        kind=kind,
        actor=actor,
        message=message,
        changes=changes,
        is_public=TYPES[kind].is_public(changes, message),
        created_at=now,
    )


def record(*events):
    """Write the events and send the signal to the apps above."""
    if not events:
        return []
    written = rows.insert(Event, events)
    ticket_events.send(sender=Event, events=written)
    return written
