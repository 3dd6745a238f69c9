"""Whom an event concerns, by the rules of the domain. Channels and texts come later.

Which events, and which of the helpdesk's own people, each kind declares in `notices`:

Customers (the requester and the watchers) are notified of every status change and public reply,
of a ticket that an agent opened for them, of a changed priority and of the coming automatic close;
a new watcher of being one; nobody of what they did themselves, but for the receipt of a ticket that
they opened. Where the requester has left, the watchers are notified, else the owners.

Of the helpdesk's own people the assignee is notified of what customers do on their ticket and that
it was given to them or taken from them. Of a new ticket that is nobody's the agents on duty are
notified, else the supervisors. From then on it waits in the queue, not in mail; only a clock that
runs out notifies all agents, and a breach the supervisors too.
"""

from collections import defaultdict

from organizations.models import Membership, Role, User
from tickets.models import Watcher
from tickets.rows import AnyOf

from .notices import notice_of
from .notices.declaration import Roles


def is_for_customers(event):
    """Whether the requester and the watchers are notified of it."""
    return notice_of(event).is_for_customers(event)


def may_customers_learn(event):
    """Whether it is still what customers are notified of, and carries nothing internal."""
    return is_for_customers(event) and not (event.message_id and event.message.is_note)


def is_for_staff(event):
    """Whether it may concern somebody of the helpdesk's own people."""
    return notice_of(event).is_for_staff(event)


def has_receipt(event):
    """Whether a customer who did it themselves is sent a receipt."""
    is_own = event.actor_id == event.ticket.requester_id
    return is_own and notice_of(event).receipt_topic is not None


class Audience:
    """The people of some events, read in the same few queries for one event as for many."""

    def __init__(self, events):
        self._watchers, self._members, self._owners = defaultdict(set), set(), defaultdict(set)
        self._staff = Roles()
        public = [event.ticket for event in events if is_for_customers(event)]
        if public:
            self._read_customers(public)
        if any(map(is_for_staff, events)):
            self._read_staff()

    def _read_staff(self):
        people = list(User.objects.agents().values_list("pk", "staff_role", "is_present"))
        self._staff = Roles((pk, role) for pk, role, _is_present in people)
        self._staff.away = {pk for pk, _role, is_present in people if not is_present}

    def _read_customers(self, tickets):
        watching = Watcher.objects.filter(AnyOf("ticket", [ticket.pk for ticket in tickets]))
        for ticket, user in watching.values_list("ticket_id", "user_id"):
            self._watchers[ticket].add(user)
        concerned = {ticket.requester_id for ticket in tickets}.union(*self._watchers.values())
        members = Membership.objects.filter(
            AnyOf("organization", {ticket.organization_id for ticket in tickets}),
            user__is_active=True,
        )
        self._members = set(
            members.filter(AnyOf("user", concerned)).values_list("organization_id", "user_id")
        )
        requesters = {(ticket.organization_id, ticket.requester_id) for ticket in tickets}
        if requesters - self._members:
            owners = members.filter(role=Role.OWNER)
            for organization, user in owners.values_list("organization_id", "user_id"):
                self._owners[organization].add(user)

    def of(self, event):
        """The ids of those who are notified of the event."""
        people = set()
        if is_for_customers(event):
            people |= self._customers_of(event)
        if is_for_staff(event):
            people |= notice_of(event).to_staff(event, self._staff) & self._staff.keys()
        return people if has_receipt(event) else people - {event.actor_id}

    def _customers_of(self, event):
        ticket = event.ticket
        if fact := notice_of(event).only_watchers_in:
            named = self._watchers[ticket.pk].intersection(event.changes[fact])
            return {user for user in named if (ticket.organization_id, user) in self._members}
        return self._customers(ticket)

    def _customers(self, ticket):
        here = ticket.organization_id
        candidates = {ticket.requester_id, *self._watchers[ticket.pk]}
        followers = {user for user in candidates if (here, user) in self._members}
        return followers or self._owners[here]


def followers(tickets):
    """For each ticket the ids of its requester and watchers who still belong, else the owners."""
    audience = Audience(())
    audience._read_customers(tickets)
    return {ticket: audience._customers(ticket) for ticket in tickets}
