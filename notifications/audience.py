"""Whom an event concerns, by the rules of the domain. Channels and texts come later.

Which events, and which of the helpdesk's own people, each kind declares in `notices`:

Customers (the requester and the watchers) are notified of every status change and public reply,
of a ticket that an agent opened for them, of a changed priority and of the coming automatic close;
a new watcher of being one; nobody of what they did themselves, but for the receipt of a ticket that
they opened. Where the requester has left, the watchers are notified, else the owners. The owners
alone are notified of an address that e-mails come back from.

Of the helpdesk's own people the assignee is notified of what customers do on their ticket and that
it was given to them or taken from them. Of a new ticket that is nobody's those of its team who are
on duty are notified, without a team the agents on duty, else the supervisors. From then on it waits
in the queue, not in mail; only a clock that runs out notifies all agents, and a breach the
supervisors too. Agents who follow a ticket are notified of its messages, status and breaches.
"""

from collections import defaultdict

from . import candidates
from .notices import notice_of
from .notices.declaration import Roles
from .preferences import Choices


def is_for_customers(event):
    """Whether the requester and the watchers are notified of it."""
    return notice_of(event).is_for_customers(event)


def may_customers_learn(event):
    """Whether it is still what customers are notified of, and carries nothing internal."""
    return is_for_customers(event) and not (event.message_id and event.message.is_note)


def is_for_staff(event):
    """Whether it may concern somebody of the helpdesk's own people."""
    return notice_of(event).is_for_staff(event)


def is_for_somebody(event):
    """Whether anybody may be notified of it: customers, staff, or agents who follow the ticket."""
    followed = notice_of(event).tells_followers(event)
    return followed or is_for_customers(event) or is_for_staff(event)


def is_for_team(event):
    """Whether the team that has the ticket may be notified: nobody else has it."""
    ticket = event.ticket
    return notice_of(event).is_for_team and ticket.team_id and not ticket.assignee_id


def has_receipt(event):
    """Whether a customer who did it themselves is sent a receipt."""
    is_own = event.actor_id == event.ticket.requester_id
    return is_own and notice_of(event).receipt_topic is not None


class Audience:
    """The people of some events with their choices, read in one statement for one event as for
    many; in one more where nobody follows a ticket any more. `choices` are those of all of them.
    """

    def __init__(self, events):
        public = [event for event in events if is_for_customers(event)]
        owned = {each.ticket.organization_id for each in public if notice_of(each).only_owners}
        self._read(
            [event.ticket for event in public],
            for_staff=[event for event in events if is_for_staff(event)],
            for_agents=[event for event in events if notice_of(event).tells_followers(event)],
            owned=owned,
        )

    @classmethod
    def of_followers(cls, tickets):
        """That of the tickets' customers, whatever happens."""
        audience = cls(())
        audience._read(tickets)
        return audience

    def _read(self, tickets, *, for_staff=(), for_agents=(), owned=frozenset()):
        """The owners are read of what is `owned`, and of tickets that nobody follows any more."""
        self._followers, self._watchers = defaultdict(set), defaultdict(set)
        self._owners, self._staff = defaultdict(set), Roles()
        self._agents = defaultdict(set)
        self.choices = Choices()
        names = self.choices.early_channels
        routed = [each.ticket for each in for_staff if is_for_team(each)]
        followed = [each.ticket for each in for_agents]
        for each in candidates.followers_and_staff(
            tickets, with_staff=bool(for_staff), routed=routed, followed=followed, channels=names
        ):
            if each.place < 0 and each.is_watching:
                self.choices.take(each)
                self._agents[-each.place].add(each.person)
            elif each.place < 0:
                self._staff.teams[-each.place].add(each.person)
            else:
                self._take(each)
        left = {each.organization_id for each in tickets if each.pk not in self._followers}
        if left or owned:
            for each in candidates.owners(left | owned, channels=names):
                self.choices.take(each)
                self._owners[each.place].add(each.person)

    def _take(self, candidate):
        """Take up one of the staff, or a customer who follows a ticket."""
        self.choices.take(candidate)
        place, person = candidate.place, candidate.person
        if not place:
            self._staff[person] = candidate.staff_role
            self._staff.away.update(() if candidate.is_available else [person])
            return
        self._followers[place].add(person)
        if candidate.is_watching:
            self._watchers[place].add(person)

    def of(self, event):
        """The ids of those who are notified of the event."""
        people = set()
        if is_for_customers(event):
            people |= self._customers_of(event)
        if is_for_staff(event):
            people |= notice_of(event).to_staff(event, self._staff) & self._staff.keys()
        if notice_of(event).tells_followers(event):
            people |= self._agents[event.ticket_id]
        return people if has_receipt(event) else people - {event.actor_id}

    def _customers_of(self, event):
        if notice_of(event).only_owners:
            return self._owners[event.ticket.organization_id]
        if fact := notice_of(event).only_watchers_in:
            return self._watchers[event.ticket_id].intersection(event.changes[fact])
        return self.customers(event.ticket)

    def customers(self, ticket):
        """The ids of those who follow the ticket and still belong, else of the owners."""
        return self._followers[ticket.pk] or self._owners[ticket.organization_id]


def followers(tickets):
    """For each ticket the ids of its requester and watchers who still belong, else the owners."""
    audience = Audience.of_followers(tickets)
    return {ticket: audience.customers(ticket) for ticket in tickets}
