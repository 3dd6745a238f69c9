"""By what the customer's list is sorted: for each column a place that rows have, and an index."""

from datetime import UTC, datetime

from django.db.models import Case, DateTimeField, F, SmallIntegerField, Value, When
from django.db.models.functions import Coalesce

from plans.models import Priority
from tickets.choices import Category, Status

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
