"""The sum behind a clock's due, from the stretches it stored: which time counted, which did not.

Pure given the clock, its stretches in order and `at`. The counted stretches of the latest sum add
up to the clock's `reckoned_for`, to the second.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from plans.promises import working_time_by_key
from tickets.clocks.stretches import in_one
from tickets.models import ClockChange

Reason = ClockChange.Reason
NOTHING = timedelta(0)
COUNTED, PAUSED = "counted", "paused"
AWAITING, CLOSED = "awaiting", "closed"
# Why nothing counts after a stretch that is followed by another one.
PAUSES = {Reason.PAUSED: AWAITING}


@dataclass
class Span:
    """A part of the clock's life: counting in a calendar, or paused (`pause` says why).

    `is_present` marks those of the sum behind the present due from those before it.
    """

    starts_at: datetime
    ends_at: datetime | None
    calendar_key: int | None
    is_present: bool
    pause: str = ""


@dataclass(frozen=True)
class Piece:
    """A stretch of time that counted, or why it did not: as `plans.working_time.Skip`, or paused.

    `is_present` marks the pieces of the sum behind the present due from those before it.
    """

    starts_at: datetime
    ends_at: datetime
    kind: str
    name: dict | str | None = None
    is_present: bool = True

    @property
    def length(self):
        return self.ends_at - self.starts_at

    def length_until(self, at):
        """How much of it lies before `at`."""
        return max(min(self.ends_at, at) - self.starts_at, NOTHING)


@dataclass(frozen=True)
class Reckoning:
    """`pieces` in order of time, `hours` (opening hours of their days), and the present sum:
    `total` of it, of which `used` had been counted until `at`: now, or when the clock stopped.

    `summed_at` is set where the sum gives an instant before the change that it came with: the due
    is then the moment of the change.
    """

    pieces: list[Piece]
    hours: list[tuple[datetime, datetime]]
    total: timedelta
    used: timedelta
    at: datetime
    summed_at: datetime | None = None

    @property
    def left(self):
        return self.total - self.used


def reckon(clock, stretches, *, at, zone: tzinfo):
    """The sum of a clock as it is at `at`, from its rows; days around the clock are of `zone`.

    Queries only for calendar versions that this process has not met yet.
    """
    spans, summed_at = _ending(clock, _spans(clock, _counted_by(clock, stretches)), at)
    pieces, hours = [], []
    for span in spans:
        found, opening = _pieces_of(span, zone)
        pieces += found
        hours += opening
    until = min(at, clock.stopped_at or at)
    own = [each for each in pieces if each.is_present and each.kind == COUNTED]
    used = sum((each.length_until(until) for each in own), NOTHING)
    total = sum((each.length for each in own), clock.remaining or NOTHING)
    return Reckoning(pieces, hours, total, used, until, summed_at)


def _counted_by(clock, stretches):
    """The stored stretches that lead to the due: a breach is final, what comes after it is not
    of the sum. A clock that an earlier release wrote is shown in one until a worker fills them."""
    if not stretches or not clock.has_stretches:
        return [in_one(clock)]
    last = clock.breached_at
    return [each for each in stretches if last is None or each.started_at <= last]


def _spans(clock, stretches):
    """The stretches, and the pauses between them."""
    spans, sum_from = [], clock.sum_from or clock.started_at
    for row, following in pairwise([*stretches, None]):
        ends_at = row.ended_at
        if following is not None:
            ends_at = min(row.ended_at, following.started_at)
        spans.append(
            Span(row.started_at, ends_at, row.calendar_version_id, row.started_at >= sum_from)
        )
        if following is not None and ends_at < following.started_at:
            pause = PAUSES.get(row.ended_because, CLOSED)
            is_present = following.started_at >= sum_from
            spans.append(Span(ends_at, following.started_at, None, is_present, pause))
    return spans


def _ending(clock, spans, at):
    """The spans, the last ending at the due, or at `at` in a pause; and the instant that the sum
    gives, where the due lies after it."""
    last, due_at = spans[-1], clock.due_at
    if clock.is_paused:
        paused = Span(last.ends_at, max(at, last.ends_at), None, True, AWAITING)
        return [*spans, paused], None
    last.ends_at = due_at
    summed_at = working_time_by_key(last.calendar_key).add(last.starts_at, clock.reckoned_for)
    if last.starts_at != clock.reckoned_from or summed_at >= due_at:
        return spans, None
    last.ends_at = summed_at
    return spans, summed_at


def _pieces_of(span, zone):
    """The pieces of a span, and the opening hours of its days."""
    if span.pause:
        return [Piece(span.starts_at, span.ends_at, PAUSED, span.pause, span.is_present)], []
    days = working_time_by_key(span.calendar_key).days(span.starts_at, span.ends_at, zone)
    counted = [
        Piece(start, end, COUNTED, None, span.is_present)
        for day in days
        for start, end in day.counted
    ]
    skipped = [
        Piece(each.starts_at, each.ends_at, each.kind, each.name, span.is_present)
        for day in days
        for each in day.skipped
    ]
    pieces = sorted([*counted, *skipped], key=lambda piece: piece.starts_at)
    return pieces, [stretch for day in days for stretch in day.hours]
