"""Pages of a list by key: a page is one walk of an index, however far back it lies."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import DateTimeField

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """The rows of a page and the query strings of its neighbours, None where there is none."""

    rows: list
    previous_query: str | None = None
    next_query: str | None = None


def page_by_key(queryset, params, *, order, size, keep=()):
    """The page that `after` or `before` of `params` names; a token that is none is passed over.

    `order` names the fields of the key, all rising or, with "-" before each, all falling. `keep`
    are the (name, value) pairs of the filters, which go along into the neighbours' queries.
    """
    fields = [name.lstrip("-") for name in order]
    falling = order[0].startswith("-")
    model = queryset.model
    if key := read_token(model, fields, params.get("before", "")):
        turned = [name[1:] if falling else f"-{name}" for name in order]
        rows = _beside(queryset, fields, key, later=falling).order_by(*turned)[: size + 1]
        rows = list(rows)[::-1]
        # Fewer than a page lie before: that is the first page, and it is shown whole.
        if len(rows) > size:
            return _page(rows[1:], fields, keep, earlier=True, later=True)
    key = read_token(model, fields, params.get("after", "")) if not key else None
    following = _beside(queryset, fields, key, later=not falling) if key else queryset
    rows = list(following.order_by(*order)[: size + 1])
    return _page(rows[:size], fields, keep, earlier=key is not None, later=len(rows) > size)


def _beside(queryset, fields, key, *, later):
    return queryset.after(fields, key) if later else queryset.before(fields, key)


def _page(rows, fields, keep, *, earlier, later):
    return Page(
        rows,
        _query("before", rows[0], fields, keep) if rows and earlier else None,
        _query("after", rows[-1], fields, keep) if rows and later else None,
    )


def _query(name, row, fields, keep):
    return urlencode([*keep, (name, token(row, fields))])


def token(row, fields):
    """The key of a row as it stands in an address."""
    values = (getattr(row, name) for name in fields)
    return "_".join(
        str((value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value)
        for value in values
    )


def read_token(model, fields, text):
    """The values of a key, or None for anything that is no key of these fields."""
    parts = text.split("_")
    if len(parts) != len(fields) or not all(_is_number(part) for part in parts):
        return None
    try:
        return [
            EPOCH + int(part) * MICROSECOND
            if isinstance(model._meta.get_field(name), DateTimeField)
            else int(part)
            for name, part in zip(fields, parts, strict=True)
        ]
    except OverflowError:
        return None


def _is_number(part):
    bare = part.removeprefix("-")
    return bare.isascii() and bare.isdigit() and len(bare) < 20 and int(bare) <= LARGEST
