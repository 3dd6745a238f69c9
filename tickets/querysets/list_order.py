"""By what the customer's list and the queue are sorted: for each column a place that rows have, and
an index."""

from datetime import UTC, datetime

from django.db.models import Case, DateTimeField, F, SmallIntegerField, Value, When
from django.db.models.functions import Coalesce

from plans.models import Priority
from tickets.choices import Category, Status

from .rows import QUEUE_ORDER

# Tickets without a due time follow those with one, in both directions.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _rank(field, values):
    """The place of a word in the order of `values`, which is not that of the alphabet."""
    whens = [When(**{field: str(value)}, then=Value(at)) for at, value in enumerate(values)]
    return Case(*whens, output_field=SmallIntegerField())


def _due_or(moment):
    return Coalesce("due_at", Value(moment), output_field=DateTimeField())


# Each leads an index of the ticket: (organization, place, id).
PLACES = {
    "title": F("title_place"),
    "priority": _rank("priority", Priority.values),
    "category": _rank("category", Category.values),
    "status": _rank("status", Status.values),
    "speaker": F("support_spoke_last"),
    "due": _due_or(NEVER),
}
# Where falling is not rising from its end; each leads an index too.
FALLING_PLACES = {"due": _due_or(LONG_AGO)}
# These have indexes of other names.
FIELDS = {"number": ["id"], "updated": ["public_updated_at", "id"]}
COLUMNS = [*FIELDS, *PLACES]


def place_in(column, *, falling):
    """The sort expression of a column, or None where its fields serve."""
    return (FALLING_PLACES.get(column) if falling else None) or PLACES.get(column)


def order_of(column, *, falling):
    """The names by which a list sorted by `column` is ordered, as `page_by_key` takes them."""
    names = FIELDS.get(column, ["place", "id"])
    return [f"-{name}" for name in names] if falling else names


# --- The queue: open tickets, whoever's they are -------------------------------------------------

# Each leads an index of open tickets. The most urgent come first.
OPEN_PLACES = {
    "title": F("title_place"),
    "organization": F("organization_place"),
    "assignee": F("assignee_place"),
    "priority": _rank("priority", list(reversed(Priority.values))),
    "status": PLACES["status"],
    "waiting": Coalesce("waiting_since", Value(NEVER), output_field=DateTimeField()),
}
OPEN_FALLING_PLACES = {
    "waiting": Coalesce("waiting_since", Value(LONG_AGO), output_field=DateTimeField())
}
OPEN_FIELDS = {"due": QUEUE_ORDER, "number": ["id"], "updated": ["public_updated_at", "id"]}
# What rows with the same place are sorted by: many have the same priority.
THEN = dict.fromkeys(["organization", "assignee", "priority", "status"], QUEUE_ORDER)
OPEN_COLUMNS = [*OPEN_FIELDS, *OPEN_PLACES]
# By these, tickets in any status have an index too.
COLUMNS_OF_ALL = ["number", "updated"]


def open_place_in(column, *, falling):
    """The sort expression of a column of the queue, or None where its fields serve."""
    return (OPEN_FALLING_PLACES.get(column) if falling else None) or OPEN_PLACES.get(column)


def open_order_of(column, *, falling):
    """The names by which the queue sorted by `column` is ordered, as `page_by_key` takes them."""
    names = OPEN_FIELDS.get(column) or ["place", *THEN.get(column, ["id"])]
    return [f"-{name}" for name in names] if falling else names


def open_indexes():
    """(name, expressions) of the indexes of open tickets that these orders walk."""
    places = {f"ticket_open_by_{name}": (name, place) for name, place in OPEN_PLACES.items()}
    places |= {
        f"ticket_open_by_{name}_falling": (name, place)
        for name, place in OPEN_FALLING_PLACES.items()
    }
    found = {name: [place, *THEN.get(column, ["id"])] for name, (column, place) in places.items()}
    return found | {"ticket_open_by_updated": OPEN_FIELDS["updated"]}
