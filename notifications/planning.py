"""New rows of notifications: many events for many people, written by one statement."""

from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection

from tickets import rows

from .models import Notification, Outbox
from .notices import notice_of
from .querysets import LONGEST_RUN

# Of more that a run finds alike for the same people only so many have rows: those that a message
# shows one by one, and one that tells how many others there are.
MOST_WITH_ROWS = 21
LATEST = datetime.max.replace(tzinfo=UTC)
# The columns of a planned notification: those of its event, and those of `Planned`.
OF_EVENT = ("event_id", "ticket_id")
OF_PERSON = (
    *("recipient_id", "channel", "state", "next_try_at", "created_at", "sent_at", "read_at"),
    "is_bundled",
    "more",
)
# Every event with every row of its group; the keys of those that are to be sent at once come back.
# The rows of one event and person are written one after the other.
INSERT = """
WITH written AS (
    INSERT INTO notifications_notification (
        event_id, ticket_id, recipient_id, channel, state, next_try_at, created_at, sent_at,
        read_at, is_bundled, more, attempts, error
    )
    SELECT event.id, event.ticket, person.id, person.channel, person.state, person.next_try_at,
        person.created_at, person.sent_at, person.read_at, person.is_bundled, person.more, 0, ''
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[])
        WITH ORDINALITY AS event (id, ticket, part, place)
    JOIN unnest(
        %s::int[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],
        %s::timestamptz[], %s::timestamptz[], %s::bool[], %s::int[]
    ) WITH ORDINALITY AS person (
        part, id, channel, state, next_try_at, created_at, sent_at, read_at, is_bundled, more, place
    ) ON person.part = event.part
    ORDER BY event.place, person.place
    RETURNING id, channel, state, is_bundled
)
SELECT id, channel FROM written WHERE state = %s AND NOT is_bundled ORDER BY id
"""


class Planned(NamedTuple):
    """The columns of a new row that do not name its event, as OF_PERSON."""

    recipient: int
    channel: str
    state: str
    next_try_at: datetime
    created_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    is_bundled: bool
    more: int = 0

    @property
    def is_sent_at_once(self):
        """Whether a worker is to be handed the row; what a run finds waits for its end."""
        return self.state == Outbox.State.PENDING and not self.is_bundled

    @property
    def is_summable(self):
        """Whether it can stand for many: on the bell, and in a message about several tickets."""
        return self.is_bundled or self.state == Outbox.State.SENT


def write(events, audience):
    """Write a row for each event, person and channel, but where many are summed up. Returns
    (key, channel) of each that is to be sent at once.

    Events of one kind and actor at one instant for the same people differ only in their tickets:
    their rows are put together once, and on PostgreSQL joined to them by the database.
    """
    alike = {}
    for event in events:
        people = tuple(sorted(audience.of(event)))
        same = (event.kind, event.actor_id, event.created_at, people)
        alike.setdefault(same, []).append(event)
    parts = []
    for (*_event, people), found in alike.items():
        parts += _parts(found, _planned_for(found[0], people, audience.choices))
    if connection.vendor == "postgresql":
        return _write_joined(parts)
    return _write_each(parts)


def _parts(events, planned):
    """Pairs of events and the rows that each of them gets.

    Of many the first to fall due have rows, and the last of these says how many more there are,
    so that a thousand overdue tickets are not a thousand rows of each agent's bell.
    """
    left = len(events) - MOST_WITH_ROWS
    if left < 1 or not notice_of(events[0]).is_summed_up:
        return [(events, planned)]
    ordered = sorted(events, key=lambda event: event.ticket.due_at or LATEST)
    first, last, others = ordered[: -left - 1], ordered[-left - 1], ordered[-left:]
    summed = [row._replace(more=left) if row.is_summable else row for row in planned]
    single = [row for row in planned if not row.is_summable]
    return [(first, planned), ([last], summed), (others, single)]


def _planned_for(event, people, choices):
    return [
        _planned(event, person, channel)
        for person in people
        for channel in choices.channels_for(event, person)
    ]


def _planned(event, person, channel):
    """A new row; one of the bell is delivered by being written."""
    at = event.created_at
    if channel.is_internal:
        # What people did themselves is no news to them.
        read_at = at if person == event.actor_id else None
        return Planned(person, channel.name, Outbox.State.SENT, at, at, at, read_at, False)
    is_bundled = channel.can_bundle and _is_one_of_many(event)
    first_try = at + LONGEST_RUN if is_bundled else at
    return Planned(
        person, channel.name, Outbox.State.PENDING, first_try, at, None, None, is_bundled
    )


def _is_one_of_many(event):
    """Whether it comes with others of which a person is notified in one message."""
    notice = notice_of(event)
    return notice.is_found_by_run or (notice.is_bundled_in_bulk and "bulk" in event.changes)


def _write_joined(parts):
    of_events = [
        (event.pk, event.ticket_id, number)
        for number, (events, _rows) in enumerate(parts)
        for event in events
    ]
    of_people = [
        (number, *row) for number, (_events, planned) in enumerate(parts) for row in planned
    ]
    if not of_people:
        return []
    columns = [*zip(*of_events, strict=True), *zip(*of_people, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*map(_array, columns), Outbox.State.PENDING])
        return cursor.fetchall()


def _array(values):
    """Numbers, names, instants and truths as the text of an array, which needs no escapes and is
    made faster than by the driver."""
    texts = ("NULL" if value is None else f'"{value!s}"' for value in values)
    return f"{{{','.join(texts)}}}"


def _write_each(parts):
    written = [(event, row) for events, planned in parts for event in events for row in planned]
    values = [(event.pk, event.ticket_id, *row) for event, row in written]
    keys = rows.insert_values(Notification, (*OF_EVENT, *OF_PERSON), values)
    return [
        (key, row.channel)
        for key, (_event, row) in zip(keys, written, strict=True)
        if row.is_sent_at_once
    ]
