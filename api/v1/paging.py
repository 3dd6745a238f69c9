"""Pages by cursor: a page is one walk of an index, however far back it lies."""

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from api.errors import Problem
from tickets.lists.pages import read_token, token
from tickets.lists.row_after import RowAfter

MOST = 100


class Paged(Schema):
    """Where a page begins and how much it holds."""

    cursor: str = Field("", max_length=300, description="`next` of the page before.")
    limit: int = Field(25, ge=1, le=MOST)


def page_of(rows, paged, *, order):
    """(the rows of the page, the cursor of the next one or None). `order` are fields that are never
    null, all rising or all falling. Raises Problem for a cursor of something else."""
    fields, is_falling = [name.lstrip("-") for name in order], order[0].startswith("-")
    if paged.cursor:
        key = read_token(rows, fields, paged.cursor)
        if key is None:
            sentence = _("The cursor does not belong to this list.")
            raise Problem(422, "cursor", sentence, errors=[("?cursor", "cursor", sentence)])
        rows = rows.filter(RowAfter(fields, key, operator="<" if is_falling else ">"))
    found = list(rows.order_by(*order)[: paged.limit + 1])
    shown = found[: paged.limit]
    return shown, token(shown[-1], fields) if len(found) > len(shown) else None
