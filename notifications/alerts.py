"""Alerts on the bells that are not read yet: what is news only for a while, and may be untrue."""

from collections import defaultdict
from typing import NamedTuple

from organizations.models import User
from tickets.models import Clock, Event
from tickets.prepared import Prepared
from tickets.rows import AnyOf

from .models import Notification
from .notices import NOTICES, notice_of

# The kinds of events whose notifications are news only for a while.
ALERTS = [kind for kind, notice in NOTICES.items() if notice.is_alert]


class Alert(NamedTuple):
    """What a notice needs of a notification to tell whether it is still true."""

    pk: int
    event: Event
    recipient: User

    @property
    def ticket(self):
        return self.event.ticket


def outdated_alerts(tickets, *, now):
    """The keys of the unread alerts about the tickets, which are keys, that are untrue at `now`.

    One that tells of more tickets than its own stays.
    """
    return [
        alert.pk for alert in _unread_alerts(tickets) if notice_of(alert.event).outdated(alert, now)
    ]


def _unread_alerts(tickets):
    # Of small tables first: joined to all events at once, a database without statistics of them
    # may read whole tables for each act.
    rows = _unread.rows(tickets=list(tickets))
    if not rows:
        return []
    events = _events({event for _pk, event, _person, _role in rows})
    people = {person: User(pk=person, staff_role=role) for _pk, _event, person, role in rows}
    return [
        Alert(pk, events[event], people[person])
        for pk, event, person, _role in rows
        if event in events
    ]


@Prepared
def _unread(tickets):
    found = Notification.objects.on_bells_of(tickets).unread().of_one_ticket()
    return found.values_list("pk", "event", "recipient", "recipient__staff_role")


@Prepared
def _alerts(keys):
    found = Event.objects.filter(AnyOf("pk", keys), kind__in=ALERTS).select_related("ticket")
    return found.only(*_needed())


def _events(keys):
    """Those of the events that are alerts, by their keys, with their tickets and running clocks."""
    events = {event.pk: event for event in _alerts.rows(keys=list(keys))}
    if not events:
        return events
    clocks = defaultdict(list)
    of_tickets = AnyOf("ticket", {event.ticket_id for event in events.values()})
    for clock in Clock.objects.running().filter(of_tickets).only("ticket", "kind", "due_at"):
        clocks[clock.ticket_id].append(clock)
    for event in events.values():
        event.ticket.running_clocks = clocks[event.ticket_id]
    return events


def _needed():
    """What the notices ask for: of the event, and of its ticket."""
    ticket = ("status", "assignee", "auto_close_at")
    return ["kind", "changes", "created_at", *(f"ticket__{name}" for name in ticket)]
