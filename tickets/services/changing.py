"""The steps that every change of a ticket shares: settle clocks, compare, save, publish.

A service locks the ticket, opens a change, checks, changes the ticket and its clocks in memory,
and records one event. Single services do it by `changing`, periodic work by `changes_of` and
`write`: the same settling and the same statements, for one ticket or for hundreds.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext as _

from tickets import events, rows
from tickets.choices import Status
from tickets.clocks import queue_place
from tickets.clocks.ledger import TicketClocks
from tickets.errors import StaleTicket
from tickets.models import Clock, ClockChange, Message, Ticket
from tickets.prepared import Prepared

from .reading import record_first_sighting, record_sighting
from .stale_days import mark_stale
from .stretches import write_stretches
from .waking import follow_snooze

TRACKED = {
    "status": "status",
    "assignee": "assignee_id",
    "priority": "priority",
    "category": "category",
}
# What the present request has seen of a ticket: see `only_if`.
_SEEN = ContextVar("seen", default=None)


@contextmanager
def only_if(is_as_seen):
    """Changes of the block are refused where `is_as_seen(ticket)` says no of the locked row: the
    ticket is not any more what the one who changes it has seen. Raises StaleTicket."""
    token = _SEEN.set(is_as_seen)
    try:
        yield
    finally:
        _SEEN.reset(token)


def check_seen(ticket):
    """Refuse what `only_if` says no of. A Change asks it by itself; so does a service that changes
    what belongs to the locked ticket and not its row. Raises StaleTicket."""
    is_as_seen = _SEEN.get()
    if is_as_seen is not None and not is_as_seen(ticket):
        raise StaleTicket(_("The ticket has changed in the meantime. Read it again first."))


class Change:
    """A locked ticket on its way to its next version.

    `clocks` are its clocks, settled to `now` before anything else. Nothing is written until an
    event is recorded: a service that finds nothing to do just leaves.
    """

    def __init__(self, ticket, *, actor, now, clocks):
        check_seen(ticket)
        self.ticket, self.actor, self.now = ticket, actor, now
        self.event = None
        # Where support spoke last, a public agent message exists; else it has to be looked up.
        self.was_answered = ticket.support_spoke_last
        self._was_close_reminded = bool(ticket.auto_close_at and not ticket.auto_close_remind_at)
        self._before = tracked_fields(ticket)
        self._ticket_as_read = rows.stored_values(ticket)
        self._clocks_as_read = {clock.pk: rows.stored_values(clock) for clock in clocks}
        self.clocks = TicketClocks(ticket, now=now, clocks=clocks)

    def record(self, kind, *, message=None, **more):
        """Make the one event of this change: the tracked fields from–to, and `more`."""
        changes = field_changes(self.ticket, self._before) | more
        self.event = events.prepare(
            self.ticket, kind, actor=self.actor, now=self.now, message=message, **changes
        )
        self.event.was_close_reminded = self._was_close_reminded

    def record_due(self, kind, before, **more):
        """As `record`, for what moved the due: from `before` to where it is now."""
        self.clocks.place_due()
        due = [each.isoformat() if each else None for each in (before, self.ticket.due_at)]
        self.record(kind, due=due, **more)

    def settle(self):
        """Bring the row into line with what was changed: clocks, due, place in the queue, times."""
        ticket = self.ticket
        follow_snooze(self)
        self._follow_names()
        self.clocks.follow_status(actor=self.actor)
        self.clocks.place_due()
        queue_place.place(ticket)
        # A change that a worker comes to later keeps its instant, and the row its latest one.
        ticket.updated_at = max(ticket.updated_at, self.now)
        # The event decides whether customers see a new update time.
        if self.event.is_public:
            ticket.public_updated_at = max(ticket.public_updated_at, self.now)
        ticket.version += 1

    def _follow_names(self):
        """A ticket that is new or open again has its place by the names as they are now."""
        ticket, before = self.ticket, self._before
        is_back = before["status"] == Status.CLOSED != ticket.status or ticket._state.adding
        if is_back or ticket.assignee_id != before["assignee"]:
            ticket.take_names(of_organization=is_back)
        if is_back:  # it is removed again when it has been closed for long again
            ticket.contents_removed_at = None

    @property
    def is_known_to_customer(self):
        """Whether a customer did it, in public: one's own change is never unread."""
        return self.event.is_public and self.actor is not None and not self.actor.staff_role

    def changed_columns(self):
        """The columns of the ticket that its row has to be given."""
        return rows.changed_columns(self.ticket, self._ticket_as_read)

    def changed_clocks(self):
        """(clock, its changed columns) of each touched clock that has a row."""
        return [
            (clock, rows.changed_columns(clock, self._clocks_as_read[clock.pk]))
            for clock in self.clocks.touched
            if clock.pk is not None
        ]


@contextmanager
def changing(ticket, *, actor, now, clocks=None):
    """A change of one locked ticket, written at the end if the block recorded an event.

    `clocks` is which of its clocks can change, where those that are alive are not all.
    """
    if clocks is None:
        clocks = _alive_clocks.rows(ticket=ticket.pk)
    change = Change(ticket, actor=actor, now=now, clocks=list(clocks))
    yield change
    if change.event is not None:
        write([change])


@Prepared
def _alive_clocks(ticket):
    return Clock.objects.alive().with_terms().filter(ticket=ticket)


@contextmanager
def opening(ticket, description, *, actor, now):
    """As `changing`, for a ticket that has no row yet and its first message.

    Each is inserted once and whole: a new message has its key already, a reserved one. One that
    another ticket had before is moved.
    """
    is_new = description._state.adding
    ticket.last_public_message = description
    change = Change(ticket, actor=actor, now=now, clocks=[])
    yield change
    change.settle()
    ticket.save(force_insert=True)
    description.save(force_insert=is_new)
    write_clocks([change])
    events.record(change.event)
    if change.is_known_to_customer:
        record_first_sighting(ticket, actor, now)


def changes_of(tickets, *, actor, now):
    """A change of each of the locked tickets; their clocks are read in three queries."""
    clocks_of = {}
    of_tickets = rows.AnyOf("ticket", [ticket.pk for ticket in tickets])
    for clock in Clock.objects.alive().with_shared_terms().filter(of_tickets):
        clocks_of.setdefault(clock.ticket_id, []).append(clock)
    return [
        Change(ticket, actor=actor, now=now, clocks=clocks_of.get(ticket.pk, []))
        for ticket in tickets
    ]


def write(changes):
    """Write the changes, each with its event, in a number of statements that does not grow with
    them; the ticket and clock rows get only the columns that differ."""
    for change in changes:
        change.settle()
    tickets = [change.ticket for change in changes]
    columns = set().union(*(change.changed_columns() for change in changes))
    rows.update_columns(Ticket, tickets, columns)
    write_clocks(changes)
    events.record(*[change.event for change in changes])
    for change in changes:
        if change.is_known_to_customer:
            record_sighting(change.ticket, change.actor, change.now)


def response_kinds(tickets):
    """The kind of a response clock that would start now, by ticket id, in one query."""
    answered = set(
        Message.objects.public_of_staff()
        .filter(rows.AnyOf("ticket", [ticket.pk for ticket in tickets]))
        .order_by()
        .values_list("ticket_id", flat=True)
        .distinct()
    )
    first, following = Clock.RESPONSE_KINDS
    return {ticket.pk: following if ticket.pk in answered else first for ticket in tickets}


def give_to(ticket, agent):
    """In memory: make `agent` the assignee, or take a ticket in progress back to the queue."""
    if agent is None and ticket.status == Status.IN_PROGRESS:
        ticket.unassign()
    else:
        ticket.assignee = agent


def tracked_fields(ticket):
    """The fields of the row whose changes events record as from–to."""
    return {name: getattr(ticket, attribute) for name, attribute in TRACKED.items()}


def field_changes(ticket, before):
    """The tracked fields that differ from those `before`, each as [from, to]."""
    after = tracked_fields(ticket)
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def write_clocks(changes):
    """Write the touched clocks of changes, the lines of their ledgers, and what they counted."""
    changed = [each for change in changes for each in change.changed_clocks()]
    columns = set().union(*(columns for _clock, columns in changed))
    rows.update_columns(Clock, [clock for clock, _columns in changed], columns)
    touched = [clock for change in changes for clock in change.clocks.touched]
    lines = [line for change in changes for line in change.clocks.changes]
    rows.insert(Clock, [clock for clock in touched if clock.pk is None])
    rows.insert(ClockChange, lines)
    write_stretches([change.clocks.stretches for change in changes])
    mark_stale(touched, lines)
