"""What the bell shows: how much is unread, and the rows of its page."""

from dataclasses import dataclass
from datetime import datetime

from plans.models import Priority
from tickets.event_types import Kind, type_of
from tickets.lists.pages import page_by_key
from tickets.models import Ticket
from tickets.prepared import Prepared
from ui.wording import number

from .audience import may_customers_learn
from .letters import sentence_of
from .models import Notification
from .topics import topic_of_row

# So many unread rows are counted; of more the bell shows that there are more.
MOST_COUNTED = 99
PAGE_SIZE = 50
LOUD = {Priority.CRITICAL, Priority.URGENT}


@dataclass(frozen=True)
class BellState:
    """How much is unread for a person, up to one more than MOST_COUNTED, and the newest of it.

    `tickets` are the keys of the tickets of what was counted, one for each row.
    """

    unread: int
    newest: int
    tickets: tuple

    @property
    def is_more(self):
        return self.unread > MOST_COUNTED

    @property
    def count(self):
        """How much is unread, for people to read; empty where nothing is."""
        if self.is_more:
            return f"{number(MOST_COUNTED)}+"
        return number(self.unread) if self.unread else ""

    def unread_of(self, ticket):
        return self.tickets.count(ticket.pk)


def _unread(user):
    """(key, key of the ticket) of each row, the newest first."""
    if user.is_agent:
        return _unread_of_staff.rows(person=user.pk)
    if (membership := user.only_membership) is None:
        return list(_newest(Notification.objects.on_bell_of(user)))
    where = {"organization": membership.organization_id, "person": user.pk}
    return _unread_of_member.rows(membership.sees_all, **where)


@Prepared
def _unread_of_staff(person):
    return _newest(Notification.objects.on_bell_of_staff(person))


@Prepared
def _unread_of_member(sees_all, organization, person):
    seen = Ticket.objects.visible_in(organization, person, sees_all=sees_all)
    return _newest(Notification.objects.on_bell_of_staff(person).of_tickets(seen))


def _newest(rows):
    return rows.unread().newest_first().values_list("pk", "ticket_id")[: MOST_COUNTED + 1]


def bell_state(user):
    """What is unread for a person: one statement over an index, however much there is."""
    rows = _unread(user)
    return BellState(
        unread=len(rows),
        newest=rows[0][0] if rows else 0,
        tickets=tuple(ticket for _key, ticket in rows),
    )


def newest_on_bell(user, state):
    """What the newest unread row says, for an alert; None where it was read meanwhile."""
    row = Notification.objects.on_bell_of(user).with_story().filter(pk=state.newest).first()
    if row is None or not (user.staff_role or may_customers_learn(row.event)):
        return None
    ticket = row.ticket
    return {
        "kind": topic_of_row(row) or "",
        "title": f"{ticket.number} · {ticket.title}",
        "text": str(sentence_of(row)),
        "url": ticket.get_queue_url() if user.staff_role else ticket.get_absolute_url(),
    }


@dataclass(frozen=True)
class Entry:
    """One row: what happened, and when."""

    sentence: str
    symbol: str
    at: datetime
    is_unread: bool
    is_loud: bool


@dataclass
class Group:
    """The rows of one ticket on a page, the newest first."""

    ticket: object
    url: str
    newest: int
    entries: list

    @property
    def is_unread(self):
        return any(entry.is_unread for entry in self.entries)


def bell_page(user, params):
    """(groups, page) of a person's bell, the newest first, by the page's address."""
    rows = Notification.objects.on_bell_of(user).with_story()
    page = page_by_key(rows, params, order=("-id",), size=PAGE_SIZE)
    groups = {}
    for row in page.rows:
        if not (user.staff_role or may_customers_learn(row.event)):
            continue
        ticket = row.ticket
        url = ticket.get_queue_url() if user.staff_role else ticket.get_absolute_url()
        group = groups.setdefault(row.ticket_id, Group(ticket, url, row.pk, []))
        group.entries.append(_entry(row, user))
    return list(groups.values()), page


def _entry(row, user):
    event = row.event
    return Entry(
        sentence=sentence_of(row),
        symbol=type_of(event.kind).symbol,
        at=row.created_at,
        is_unread=row.read_at is None,
        is_loud=bool(user.staff_role) and event.kind == Kind.OPENED and row.ticket.priority in LOUD,
    )
