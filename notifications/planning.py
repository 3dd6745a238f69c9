"""New rows of notifications: many events for many people, written by one statement."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tickets import rows

from .models import Notification, Outbox
from .notices import notice_of
from .querysets import LONGEST_RUN

# The columns of a planned notification: those of its event, and those of `Planned`.
OF_EVENT = ("event_id", "ticket_id")
OF_PERSON = (
    *("recipient_id", "channel", "state", "next_try_at", "created_at", "sent_at", "read_at"),
    "is_bundled",
)
# Every event with every row of its group; the keys of those that are to be sent at once come back.
# The rows of one event and person are written one after the other.
INSERT = """
WITH written AS (
    INSERT INTO notifications_notification (
        event_id, ticket_id, recipient_id, channel, state, next_try_at, created_at, sent_at,
        read_at, is_bundled, attempts, error
    )
    SELECT event.id, event.ticket, person.id, person.channel, person.state, person.next_try_at,
        person.created_at, person.sent_at, person.read_at, person.is_bundled, 0, ''
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[])
        WITH ORDINALITY AS event (id, ticket, part, place)
    JOIN unnest(
        %s::int[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],
        %s::timestamptz[], %s::timestamptz[], %s::bool[]
    ) WITH ORDINALITY AS person (
        part, id, channel, state, next_try_at, created_at, sent_at, read_at, is_bundled, place
    ) ON person.part = event.part
    ORDER BY event.place, person.place
    RETURNING id, channel, state, is_bundled
)
SELECT id, channel FROM written WHERE state = 'pending' AND NOT is_bundled ORDER BY id
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

    @property
    def is_sent_at_once(self):
        """Whether a worker is to be handed the row; what a run finds waits for its end."""
        return self.state == Outbox.State.PENDING and not self.is_bundled


def write(events, audience):
    """Write a row for each event, person and channel. Returns (key, channel) of each that is to be
    sent at once.

    Events of one kind and actor at one instant for the same people differ only in their tickets:
    their rows are put together once, and on PostgreSQL joined to them by the database.
    """
    parts, part_of = {}, []
    for event in events:
        people = tuple(sorted(audience.of(event)))
        same = (event.kind, event.actor_id, event.created_at, people)
        if same not in parts:
            parts[same] = len(parts), _planned_for(event, people, audience.choices)
        part_of.append(parts[same])
    if connection.vendor == "postgresql":
        return _write_joined(events, part_of, list(parts.values()))
    return _write_each(events, part_of)


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
    is_bundled = channel.can_bundle and notice_of(event).is_found_by_run
    first_try = at + LONGEST_RUN if is_bundled else at
    return Planned(
        person, channel.name, Outbox.State.PENDING, first_try, at, None, None, is_bundled
    )


def _write_joined(events, part_of, parts):
    of_events = [
        (event.pk, event.ticket_id, part)
        for event, (part, _rows) in zip(events, part_of, strict=True)
    ]
    of_people = [(part, *row) for part, planned in parts for row in planned]
    if not of_people:
        return []
    columns = [*zip(*of_events, strict=True), *zip(*of_people, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, list(map(_array, columns)))
        return cursor.fetchall()


def _array(values):
    """Numbers, names, instants and truths as the text of an array, which needs no escapes and is
    made faster than by the driver."""
    texts = ("NULL" if value is None else f'"{value!s}"' for value in values)
    return f"{{{','.join(texts)}}}"


def _write_each(events, part_of):
    planned = [
        (event, row)
        for event, (_part, rows_of_part) in zip(events, part_of, strict=True)
        for row in rows_of_part
    ]
    values = [(event.pk, event.ticket_id, *row) for event, row in planned]
    keys = rows.insert_values(Notification, (*OF_EVENT, *OF_PERSON), values)
    return [
        (key, row.channel)
        for key, (_event, row) in zip(keys, planned, strict=True)
        if row.is_sent_at_once
    ]
