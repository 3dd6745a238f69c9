"""What the history of a ticket says of how its people can be reached."""

from plans.transactions import in_transaction
from tickets import events
from tickets.models import Event

from . import base


@in_transaction
def record_undeliverable(ticket, *, person, now):
    """Note that e-mails to a person about the ticket came back for good.

    The row of the ticket stays as it is: nothing about it has changed.
    """
    ticket = base.locked_though_merged(ticket)
    facts = {"person": person.pk, "address": person.email, "is_staff": bool(person.staff_role)}
    events.record(events.prepare(ticket, Event.Kind.UNDELIVERABLE, actor=None, now=now, **facts))
