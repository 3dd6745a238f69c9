"""Which fields lists and pages show, are sorted by, or are made of: what is read, and no more."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from organizations.querysets import name_of
from tickets.choices import MessageKind

QUEUE_ORDER = ["queue_band", "queue_rank", "queue_at", "id"]
# By which the queue is filtered, beside its order.
QUEUE_FILTERS = [
    *("status", "priority", "category", "organization", "requester", "assignee", "team"),
    *("created_at", "waiting_since", "due_at", "due_soon_at"),
]
# The ticket's own fields that a row of the agents' lists shows, is sorted by, or finds its due by.
QUEUE_ROW = [
    *QUEUE_ORDER,
    *("title", "status", "priority", "category", "assignee_id", "last_public_message_id"),
    "version",
    *("due_at", "due_soon_at", "waiting_since", "auto_close_at"),
    *("public_updated_at", "closed_at"),
    *("snoozed_until", "snoozed_for_message", "returned_at"),
]
# The ticket's own fields that a row of the customer's list shows, or finds its due by.
PORTAL_ROW = [
    *("id", "title", "status", "priority", "category", "organization_id", "requester_id"),
    *("last_public_message_id", "support_spoke_last", "public_updated_at"),
    *("due_at", "due_soon_at", "waiting_since", "auto_close_at", "closed_at"),
]
# Those of one that waits for its customer, above the list.
TURN = ["id", "title", "support_spoke_last", "last_public_message_at", "auto_close_at"]


class MessageRow(NamedTuple):
    """A message as the page of its ticket shows it."""

    id: int
    kind: str
    is_from_staff: bool
    channel: str
    body: str
    aside: str
    sent_from: str
    created_at: datetime
    form_key: UUID | None
    author_id: int
    author_name: str
    by_program: bool
    role: str | None

    @classmethod
    def columns(cls):
        return [*cls._fields[:-2], "author__is_service", "membership__role"]

    @property
    def is_note(self):
        return self.kind == MessageKind.NOTE


class Actor(NamedTuple):
    """Who did something: the name, as `str` gives that of a person."""

    name: str
    staff_role: str

    def __str__(self):
        return self.name


class EventRow(NamedTuple):
    """An event as the history of its ticket shows it; without an actor it was the system."""

    id: int
    kind: str
    actor_id: int | None
    changes: dict
    created_at: datetime
    actor: Actor | None

    @classmethod
    def read(cls, row):
        """Of the values of a row by `with_actors`."""
        *values, name, staff_role = row
        actor = None if values[2] is None else Actor(name, staff_role)
        return cls(*values, actor)


class FeedRow(NamedTuple):
    """An event as the feed of all tickets tells it."""

    id: int
    kind: str
    ticket_id: int
    message_id: int | None
    changes: dict
    created_at: datetime
    actor_id: int | None
    actor_name: str | None
    actor_role: str | None

    @classmethod
    def columns(cls):
        return [*cls._fields[:-2], name_of("actor__"), "actor__staff_role"]


# What a customer's page shows of the row itself, and may go out of date.
PUBLIC_FACTS = (
    "public_updated_at",
    "status",
    "priority",
    "category",
    "due_at",
    "auto_close_at",
)
