"""Columns that say again what a row says already, written again after an upgrade."""

from django.db import transaction

from tickets.models import Message, Ticket
from tickets.search.folding import alphabetical, fold

BATCH = 500


def refill(*, since):
    """Correct these columns in what was written from `since` on. Returns how many rows changed.

    While a release is brought in, the one before still writes rows and does not know the new
    columns, so that what a migration filled is wrong again for these rows. May be run at any time.
    """
    tickets = Ticket.objects.filter(updated_at__gte=since)
    messages = Message.objects.filter(created_at__gte=since)
    return _refill(tickets, _ticket_columns) + _refill(messages, _message_columns)


def _ticket_columns(ticket):
    folded = fold(ticket.title)
    message = ticket.last_public_message
    return {
        "title_folded": folded[:400],
        "title_place": alphabetical(folded),
        "support_spoke_last": message is not None and message.is_from_staff,
    }


def _message_columns(message):
    return {"body_folded": fold(message.body)}


def _refill(rows, columns_of):
    """Batches by number, each in a transaction of its own over locked rows."""
    written, last = 0, 0
    while keys := list(
        rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        written += _refill_batch(rows.model.objects.filter(pk__in=keys), columns_of)
        last = keys[-1]
    return written


@transaction.atomic
def _refill_batch(rows, columns_of):
    wrong, names = [], []
    for row in rows.order_by("pk").select_for_update(no_key=True):
        columns = columns_of(row)
        if any(_as_value(getattr(row, name)) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(row, name, value)
            wrong.append(row)
        names = list(columns)
    if wrong:
        rows.model.objects.bulk_update(wrong, names, batch_size=100)
    return len(wrong)


def _as_value(stored):
    return bytes(stored) if isinstance(stored, memoryview) else stored
