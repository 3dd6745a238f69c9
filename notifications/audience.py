"""Whom an event concerns, by the rules of the domain. Channels and words come later.

Customers (the requester and the watchers) are told of every status change and public reply, of a
ticket that an agent opened for them, of a changed priority and of the coming automatic close; a
new watcher of being one; nobody of what they did themselves. Where the requester has left, the
watchers are told, else the owners.

Of the helpdesk's own people the assignee is told what customers do on their ticket and that it
was given to them or taken from them. A ticket that is nobody's waits in the queue, not in mail;
only a clock that runs out is told to all agents then, and a breach to the supervisors too.
"""

from collections import defaultdict

from organizations.models import Membership, Role, StaffRole, User
from tickets.models import Event, Watcher

Kind = Event.Kind

# What a person did with a ticket that somebody else has.
FOR_ASSIGNEE = {
    Kind.OPENED,
    Kind.CUSTOMER_REPLIED,
    Kind.CLOSED_BY_CUSTOMER,
    Kind.REOPENED,
    Kind.PRIORITY_CHANGED,
}
HANDOVERS = {Kind.ASSIGNED, Kind.ACCEPTED, Kind.RELEASED}
ALERTS = {Kind.DUE_SOON, Kind.BREACHED}


def is_for_customers(event):
    """Whether the requester and the watchers are told of it."""
    if event.kind == Kind.CLOSE_REMINDED:
        return True
    if event.kind == Kind.WATCHERS_CHANGED:
        return "added" in event.changes
    if not event.is_public or event.kind == Kind.CUSTOMER_THANKED:
        return False
    told = {Kind.OPENED, Kind.PRIORITY_CHANGED}
    return event.kind in told or "status" in event.changes or event.message_id is not None


def is_for_staff(event):
    """Whether it may concern somebody of the helpdesk's own people."""
    return event.kind in FOR_ASSIGNEE | HANDOVERS | ALERTS or _is_held_by_system(event)


def _is_held_by_system(event):
    """No channel could deliver the latest reply: somebody has to call."""
    return event.kind == Kind.HELD and event.actor_id is None


class Audience:
    """The people of some events, read in the same few queries for one event as for many."""

    def __init__(self, events):
        self._watchers, self._members, self._owners = defaultdict(set), set(), defaultdict(set)
        self._staff = {}
        public = [event.ticket for event in events if is_for_customers(event)]
        if public:
            self._read_customers(public)
        if any(map(is_for_staff, events)):
            self._staff = dict(User.objects.agents().values_list("pk", "staff_role"))

    def _read_customers(self, tickets):
        for ticket, user in Watcher.objects.filter(ticket__in=tickets).values_list(
            "ticket_id", "user_id"
        ):
            self._watchers[ticket].add(user)
        concerned = {ticket.requester_id for ticket in tickets}.union(*self._watchers.values())
        members = Membership.objects.filter(
            organization__in={ticket.organization_id for ticket in tickets}, user__is_active=True
        )
        self._members = set(
            members.filter(user__in=concerned).values_list("organization_id", "user_id")
        )
        requesters = {(ticket.organization_id, ticket.requester_id) for ticket in tickets}
        if requesters - self._members:
            owners = members.filter(role=Role.OWNER)
            for organization, user in owners.values_list("organization_id", "user_id"):
                self._owners[organization].add(user)

    def of(self, event):
        """The ids of those who are told of the event."""
        told = set()
        if is_for_customers(event):
            told |= self._customers_of(event)
        if is_for_staff(event):
            told |= self._staff_of(event) & self._staff.keys()
        return told - {event.actor_id}

    def _customers_of(self, event):
        ticket = event.ticket
        if event.kind == Kind.WATCHERS_CHANGED:
            added = self._watchers[ticket.pk].intersection(event.changes["added"])
            return {user for user in added if (ticket.organization_id, user) in self._members}
        return self._customers(ticket)

    def _customers(self, ticket):
        here = ticket.organization_id
        candidates = {ticket.requester_id, *self._watchers[ticket.pk]}
        followers = {user for user in candidates if (here, user) in self._members}
        return followers or self._owners[here]

    def _staff_of(self, event):
        ticket = event.ticket
        if event.kind in HANDOVERS:
            return set(event.changes.get("assignee", ()))
        told = {ticket.assignee_id}
        if event.kind in ALERTS | {Kind.HELD} and ticket.assignee_id not in self._staff:
            told = set(self._staff)
        if event.kind == Kind.BREACHED:
            above = {StaffRole.SUPERVISOR, StaffRole.ADMIN}
            told |= {user for user, role in self._staff.items() if role in above}
        return told


def followers(tickets):
    """For each ticket the ids of its requester and watchers who still belong, else the owners."""
    audience = Audience(())
    audience._read_customers(tickets)
    return {ticket: audience._customers(ticket) for ticket in tickets}
