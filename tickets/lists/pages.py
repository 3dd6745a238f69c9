"""Pages of a list by key: a page is one walk of an index, however far back it lies."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import BinaryField, BooleanField, DateTimeField

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LARGEST = 2**63 - 1
_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)


@dataclass(frozen=True)
class Page:
    """The rows of a page and the query strings of its neighbours, None where there is none."""

    rows: list
    previous_query: str | None = None
    next_query: str | None = None


def page_by_key(queryset, params, *, order, size, keep=()):
    """The page that `after` or `before` of `params` names; a token that is none is passed over.

    `order` names the fields or annotations of the key, none of which is ever null: all rising or,
    with "-" before each, all falling. `keep` are the (name, value) pairs of the filters, which go
    along into the neighbours' queries. Behind the last row there is nothing but the first page.
    """
    fields = [name.lstrip("-") for name in order]
    falling = order[0].startswith("-")
    if key := read_token(queryset, fields, params.get("before", "")):
        turned = [name[1:] if falling else f"-{name}" for name in order]
        rows = _beside(queryset, fields, key, later=falling).order_by(*turned)[: size + 1]
        rows = list(rows)[::-1]
        # Fewer than a page lie before: that is the first page, and it is shown whole.
        if len(rows) > size:
            return _page(rows[1:], fields, keep, earlier=True, later=True)
    key = read_token(queryset, fields, params.get("after", "")) if not key else None
    following = _beside(queryset, fields, key, later=not falling) if key else queryset
    rows = list(following.order_by(*order)[: size + 1])
    if key and not rows:
        return page_by_key(queryset, {}, order=order, size=size, keep=keep)
    return _page(rows[:size], fields, keep, earlier=key is not None, later=len(rows) > size)


def is_at_key(params):
    """Whether an address names a place in a list."""
    return bool(params.get("before") or params.get("after"))


def first_page(rows, *, order, size, keep=()):
    """The first page as `page_by_key` gives it, of rows that were read already, one more than its
    `size`."""
    fields = [name.lstrip("-") for name in order]
    return _page(rows[:size], fields, keep, earlier=False, later=len(rows) > size)


def with_rows(page, read):
    """The page with whole rows for its keys: `read` gives those of some ids, in any order. What
    nobody sees any more is left out."""
    keys = [key.id for key in page.rows]
    found = {row.id: row for row in read(keys)} if keys else {}
    return replace(page, rows=[found[key] for key in keys if key in found])


def preceding(queryset, row, *, order):
    """What of a list in that order lies before `row`, the nearest first."""
    turned = [name[1:] if name.startswith("-") else f"-{name}" for name in order]
    return following(queryset, row, order=turned)


def following(queryset, row, *, order):
    """What of a list in that order lies after `row`, the nearest first."""
    fields = [name.lstrip("-") for name in order]
    key = [getattr(row, name) for name in fields]
    later = not order[0].startswith("-")
    return _beside(queryset, fields, key, later=later).order_by(*order)


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
    """The key of a row as written in an address."""
    return "_".join(_written(getattr(row, name)) for name in fields)


def _written(value):
    if isinstance(value, datetime):
        return str((value - EPOCH) // MICROSECOND)
    if isinstance(value, bytes | memoryview):
        return value.hex()
    return str(int(value))


def read_token(queryset, fields, text):
    """The values of a key, or None for anything that is no key of these fields."""
    parts = text.split("_")
    if len(parts) != len(fields):
        return None
    kinds = (_kind(queryset, name) for name in fields)
    values = [_read(kind, part) for kind, part in zip(kinds, parts, strict=True)]
    return None if None in values else values


def _kind(queryset, name):
    annotation = queryset.query.annotations.get(name)
    return annotation.output_field if annotation else queryset.model._meta.get_field(name)


def _read(kind, part):
    """One value of a key, or None."""
    if isinstance(kind, BinaryField):
        fits = len(part) <= 2 * kind.max_length and _HEX.fullmatch(part)
        return bytes.fromhex(part) if fits else None
    if not _is_number(part):
        return None
    if isinstance(kind, BooleanField):
        return {"0": False, "1": True}.get(part)
    return _moment(int(part)) if isinstance(kind, DateTimeField) else int(part)


def _moment(microseconds):
    try:
        return EPOCH + microseconds * MICROSECOND
    except OverflowError:
        return None


def _is_number(part):
    bare = part.removeprefix("-")
    return bare.isascii() and bare.isdigit() and len(bare) < 20 and int(bare) <= LARGEST
