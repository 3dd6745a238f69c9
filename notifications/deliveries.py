"""What became of notifications, for staff: of one ticket, and what has failed or waits at all."""

from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import Min

from tickets.lists.counts import MOST_COUNTED, count_up_to

from . import channels
from .models import Notification
from .reasons import reason_text

MOST_OF_A_TICKET = 100
PAGE_SIZE = 50


class Delivery(NamedTuple):
    """One notification, and why it was not delivered in the reader's language.

    It may be sent again where it was not delivered, its address is good, and its channel in use.
    What is delivered by being written (`is_internal`) is never sent: its recipient reads it.
    """

    row: Notification
    reason: str
    is_internal: bool
    is_undeliverable: bool
    may_be_sent_again: bool


class Recipient(NamedTuple):
    """Who was notified of an event, and what became of it by each channel."""

    first: Notification
    deliveries: list
    is_undeliverable: bool


class Backlog(NamedTuple):
    """What waits in an outbox: how many rows, counted to a bound, and since when the oldest."""

    pending: int
    failed: int
    oldest_at: datetime | None


def of_ticket(ticket):
    """Who was notified of a ticket by the newest notifications."""
    return _recipients(Notification.objects.of_ticket(ticket).for_staff()[:MOST_OF_A_TICKET])


def to_marked(found):
    """One notification to each of these recipients whose address is marked."""
    rows = {each.first.recipient_id: each.first for each in found if each.is_undeliverable}
    return list(rows.values())


def failures(before=None):
    """A page of what has finally failed, the newest first, and the key of the page after it."""
    rows = Notification.objects.failed().for_staff()
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE_SIZE + 1])
    following = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    return _recipients(found[:PAGE_SIZE]), following


def backlog_of(model):
    """The backlog of notifications or of account mails."""
    counts = count_up_to({"pending": model.objects.pending(), "failed": model.objects.failed()})
    return Backlog(counts["pending"], counts["failed"], _oldest(model))


def _oldest(model):
    """The creation of the oldest of the rows that have waited longest for their next attempt."""
    waiting = model.objects.pending().order_by("next_try_at")[:MOST_COUNTED]
    return model.objects.filter(pk__in=waiting.values("pk")).aggregate(at=Min("created_at"))["at"]


def _recipients(rows):
    """The rows by event and person: those of one person are written one after the other."""
    found = []
    for (_event, _person), some in groupby(rows, key=lambda row: (row.event_id, row.recipient_id)):
        deliveries = sorted(map(_delivery, some), key=lambda each: each.is_internal)
        is_undeliverable = any(each.is_undeliverable for each in deliveries)
        found.append(Recipient(deliveries[0].row, deliveries, is_undeliverable))
    return found


def _delivery(row):
    channel = channels.channel_named(row.channel)
    is_undeliverable = channel is not None and channel.is_undeliverable(row.recipient)
    is_good = channel is not None and not is_undeliverable
    return Delivery(
        row,
        reason_text(row.error),
        is_internal=channel is not None and channel.is_internal,
        is_undeliverable=is_undeliverable,
        may_be_sent_again=row.is_not_delivered and is_good,
    )
