"""Columns that say again what a row says already, written again after an upgrade."""

from django.db import transaction

from tickets.choices import HoldCode
from tickets.models import Event, Message, Ticket, place_of
from tickets.rows import update_columns
from tickets.search.folding import alphabetical, fold

BATCH = 500
# The sentences that the release before stored in place of a code.
HOLD_SENTENCES = {
    "آخرین پاسخ به دست مشتری نرسید.": HoldCode.UNREACHED,
    "The latest reply could not be delivered to the customer.": HoldCode.UNREACHED,
}


def refill(*, since):
    """Correct these columns in what was written from `since` on. Returns how many rows changed.

    While a release is brought in, the one before still writes rows and does not know the new
    columns, so that what a migration filled is wrong again for these rows. May be run at any time.
    """
    tickets = Ticket.objects.filter(updated_at__gte=since)
    messages = Message.objects.filter(created_at__gte=since)
    holds = Event.objects.filter(created_at__gte=since).held_in_words(HOLD_SENTENCES)
    return (
        _refill(tickets, _ticket_columns)
        + _refill(messages, _message_columns)
        + _store_hold_codes(holds)
    )


def _ticket_columns(ticket):
    folded = fold(ticket.title)
    message = ticket.last_public_message
    return {
        "title_folded": folded[:400],
        "title_place": alphabetical(folded),
        "support_spoke_last": message is not None and message.is_from_staff,
        "organization_place": place_of(ticket.organization),
        "assignee_place": place_of(ticket.assignee),
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


def _store_hold_codes(holds):
    """Give the code to holds of the system that were stored as a sentence, in the history and in
    the row of a ticket that is still held by it. Returns how many."""
    stored = 0
    while batch := list(holds.order_by("pk")[:BATCH]):
        _store_codes_of(batch)
        stored += len(batch)
    return stored


@transaction.atomic
def _store_codes_of(events):
    for event in events:
        code = HOLD_SENTENCES[event.changes.pop("reason")]
        event.changes["code"] = code
        held = Ticket.objects.filter(pk=event.ticket_id, auto_close_held_at=event.created_at)
        held.filter(auto_close_hold_reason__in=HOLD_SENTENCES).update(
            auto_close_hold_code=code, auto_close_hold_reason=""
        )
    # The history says the same as before, so that it may be written although it is append-only.
    update_columns(Event, events, {"changes"})
