"""The sum behind a clock's due, told again from its ledger: which time counted, which did not.

Pure given the clock, its lines in order and `at`. What is told is what was stored: the counted
stretches of the latest sum add up to the clock's `reckoned_for`, to the second.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from plans.promises import working_time_by_key
from tickets.models import Clock, ClockChange

State, Reason = Clock.State, ClockChange.Reason
NOTHING = timedelta(0)
COUNTED, PAUSED = "counted", "paused"
AWAITING, CLOSED = "awaiting", "closed"
ENDS = {Reason.MET, Reason.ANSWERED_LATE, Reason.CLOSED_LATE, Reason.WITHDRAWN}
# What may give another due: a new sum, or the same one done anew in another calendar.
MOVES = {Reason.RAISED, Reason.LOWERED, Reason.PLAN}
ANEW = {Reason.RECALCULATED, Reason.CLOSURE}


@dataclass
class Span:
    """A part of the clock's life: counting in a calendar, or paused (`pause` says why).

    Spans of the same `sum_number` belong to one sum; the last span ends at the due.
    """

    starts_at: datetime
    ends_at: datetime | None
    calendar_key: int | None
    sum_number: int
    pause: str = ""


@dataclass(frozen=True)
class Piece:
    """A stretch of time that counted, or why it did not: as `plans.working_time.Skip`, or paused.

    `is_present` tells the pieces of the sum behind the present due from those before it.
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


def has_moved(line):
    """Whether a line of the ledger gave the clock another due, or another remainder."""
    return (line.old_due_at, line.old_remaining) != (line.new_due_at, line.new_remaining)


def reckon(clock, lines, *, at, zone: tzinfo):
    """Tell the sum of a clock again, as it is at `at`; days around the clock are those of `zone`.

    Queries only for calendar versions that this process has not met yet.
    """
    life = _Life(clock)
    for line in lines:
        life.follow(line)
    spans, summed_at = life.end(at)
    pieces, hours = [], []
    for span in spans:
        found, opening = _told(span, life.sum_number, zone)
        pieces += found
        hours += opening
    until = min(at, clock.stopped_at or at)
    own = [each for each in pieces if each.is_present and each.kind == COUNTED]
    used = sum((each.length_until(until) for each in own), NOTHING)
    total = sum((each.length for each in own), clock.remaining or NOTHING)
    return Reckoning(pieces, hours, total, used, until, summed_at)


def _told(span, sum_number, zone):
    """The pieces of a span, and the opening hours of its days."""
    is_present = span.sum_number == sum_number
    if span.pause:
        return [Piece(span.starts_at, span.ends_at, PAUSED, span.pause, is_present)], []
    days = working_time_by_key(span.calendar_key).days(span.starts_at, span.ends_at, zone)
    counted = [
        Piece(start, end, COUNTED, None, is_present) for day in days for start, end in day.counted
    ]
    skipped = [
        Piece(each.starts_at, each.ends_at, each.kind, each.name, is_present)
        for day in days
        for each in day.skipped
    ]
    pieces = sorted([*counted, *skipped], key=lambda piece: piece.starts_at)
    return pieces, [stretch for day in days for stretch in day.hours]


@dataclass
class _Life:
    """Follows the ledger line by line, keeping the spans that tell the present due.

    A stretch is told once: under the latest sum that counts it.
    """

    clock: Clock
    spans: list[Span] = field(default_factory=list)
    # What was counted until each pause, as the clock's `counted` holds it.
    counted: list[Span] = field(default_factory=list)
    counting_from: datetime | None = None
    stopped_at: datetime | None = None
    sum_number: int = 0
    # A breach is final: what comes after it does not touch the sum.
    is_breached: bool = False

    def follow(self, line):
        """Take one line of the ledger into account."""
        if self.is_breached:
            return
        if line.reason == Reason.BREACHED:
            self.is_breached = True
        elif not self.spans:
            self._open(self._start_of(line), line)
        elif line.reason == Reason.PAUSED:
            self._pause(line)
        elif line.reason == Reason.RESUMED:
            self._go_on(line)
        elif line.reason in ENDS:
            self._stop(line)
        elif line.reason in ANEW:
            self.spans[-1].calendar_key = line.calendar_version_id
        elif line.reason in MOVES and has_moved(line):
            self._move(line)

    def end(self, at):
        """The spans, the last ending at the due, or at `at` in a pause; and the instant that the
        sum gives, where the due lies after it."""
        last, due_at = self.spans[-1], self.clock.due_at
        if last.pause:
            last.ends_at = max(at, last.starts_at)
            return self.spans, None
        last.ends_at = due_at
        working_time = working_time_by_key(last.calendar_key)
        summed_at = working_time.add(last.starts_at, self.clock.reckoned_for)
        if last.starts_at != self.clock.reckoned_from or summed_at >= due_at:
            return self.spans, None
        last.ends_at = summed_at
        return self.spans, summed_at

    def _start_of(self, line):
        """Where a sum begins; lines of old do not tell it."""
        if line.reckoned_from is not None:
            return line.reckoned_from
        return line.at if line.reason in {Reason.RAISED, Reason.PLAN} else self.clock.started_at

    def _open(self, start, line):
        self.counting_from = self.counting_from or start
        self.spans.append(Span(start, None, line.calendar_version_id, self.sum_number))

    def _cut(self, at):
        """End what is open at `at`, and forget what would begin then or later."""
        self.spans = [each for each in self.spans if each.starts_at < at]
        for span in self.spans:
            span.ends_at = min(span.ends_at or at, at)

    def _pause(self, line):
        self._count_until(line.at)
        self._cut(line.at)
        calendar_key = line.calendar_version_id
        self.spans.append(Span(line.at, None, calendar_key, self.sum_number, AWAITING))

    def _count_until(self, at):
        last = self.spans[-1]
        if self.counting_from < at:
            self.counted.append(Span(self.counting_from, at, last.calendar_key, 0))
        self.counting_from = None

    def _go_on(self, line):
        start = self._start_of(line)
        if self.stopped_at:
            self._cut(self.stopped_at)
            closed = Span(self.stopped_at, None, None, self.sum_number, CLOSED)
            self.spans.append(closed)
            self.stopped_at = None
        self._cut(start)
        self._open(start, line)

    def _stop(self, line):
        """The due stays told, also what of the sum was not needed any more."""
        if self.spans[-1].pause:
            self._cut(line.at)
            self._open(line.at, line)
            self.counting_from = None
        elif self.counting_from is not None:
            self._count_until(line.at)
        self.stopped_at = line.at

    def _move(self, line):
        """Another sum: from the change on, or after a lowering, of all that was counted."""
        self.sum_number += 1
        is_paused, start = bool(self.spans[-1].pause), self._start_of(line)
        if line.reason == Reason.LOWERED:
            pauses = [each for each in self.spans if each.pause]
            self.spans = sorted([*self.counted, *pauses], key=lambda span: span.starts_at)
            for span in self.spans:
                span.sum_number = self.sum_number
        if is_paused:
            self.spans[-1].sum_number = self.sum_number
        else:
            self._cut(start)
            self._open(start, line)
