"""Pure arithmetic of working time: add a duration, measure a span, name the stretches that count.

Time passes exactly while the clock on the calendar's wall shows working hours on a day that is no
holiday. What follows for a change of summer time: an hour that the wall clock skips does not count,
and one that it shows twice counts twice. Instants are aware datetimes; results are in UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MINUTES_A_DAY = 24 * 60
# No sum is followed farther than this: about ten years, many times the longest sensible target.
FARTHEST = timedelta(days=3660)

Stretch = tuple[datetime, datetime]


class NoWorkingTime(ValueError):
    """The calendar has no working time, or too little of it for the sum within ten years."""


@dataclass(frozen=True)
class WorkingTime:
    """Weekly hours in a time zone, less holidays. Immutable and hashable."""

    time_zone: ZoneInfo
    weekly: tuple[tuple[tuple[int, int], ...], ...]  # by weekday from Monday; minutes, half-open
    holidays: frozenset[date]

    @classmethod
    def from_definition(cls, definition: dict) -> "WorkingTime":
        """Read what `CalendarVersion.definition` holds.

        Raises NoWorkingTime when no weekday has hours; ValueError, KeyError or
        ZoneInfoNotFoundError when the definition is malformed.
        """
        weekly = tuple(_hours_of_a_day(definition["weekly"].get(str(day), ())) for day in range(7))
        if not any(weekly):
            raise NoWorkingTime("No weekday has working hours.")
        return cls(
            time_zone=ZoneInfo(definition["time_zone"]),
            weekly=weekly,
            holidays=frozenset(date.fromisoformat(day) for day in definition["holidays"]),
        )

    @property
    def typical_day(self) -> timedelta:
        """The mean length of a weekday that has hours."""
        lengths = [sum(end - start for start, end in hours) for hours in self.weekly if hours]
        return timedelta(minutes=sum(lengths)) / len(lengths)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant at which `duration` has passed since `start`.

        Raises NoWorkingTime when that is not within ten years, ValueError for a negative duration.
        """
        start, left = _utc(start), _not_negative(duration)
        if not left:
            return start
        for opens, closes in self._open(start, start + FARTHEST):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise NoWorkingTime("The calendar has too little working time for this duration.")

    def measure(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; none when `end` is not after `start`."""
        open_stretches = self._open(_utc(start), _utc(end))
        return sum((closes - opens for opens, closes in open_stretches), timedelta(0))

    def stretches(self, start: datetime, end: datetime) -> list[Stretch]:
        """The half-open stretches between `start` and `end` that count, in order, none touching."""
        joined: list[Stretch] = []
        for opens, closes in self._open(_utc(start), _utc(end)):
            if joined and joined[-1][1] == opens:
                joined[-1] = (joined[-1][0], closes)
            else:
                joined.append((opens, closes))
        return joined

    def is_open(self, at: datetime) -> bool:
        """Whether time passes at this instant."""
        wall = at.astimezone(self.time_zone)
        minute = timedelta(hours=wall.hour, minutes=wall.minute) // timedelta(minutes=1)
        return any(start <= minute < end for start, end in self._hours_on(wall.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant from `at` on, `at` itself when open; None when none comes."""
        at = _utc(at)
        return next((opens for opens, _closes in self._open(at, at + FARTHEST)), None)

    def _hours_on(self, day: date) -> tuple[tuple[int, int], ...]:
        return () if day in self.holidays else self.weekly[day.weekday()]

    def _open(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Walk through steps in which neither the date nor the offset of the zone changes."""
        at = start
        while at < end:
            wall = at.astimezone(self.time_zone)
            midnight = datetime.combine(wall.date(), time(), UTC) - wall.utcoffset()
            until = min(end, self._same_offset(at, midnight + DAY))
            for first, last in self._hours_on(wall.date()):
                opens = max(at, midnight + timedelta(minutes=first))
                closes = min(until, midnight + timedelta(minutes=last))
                if opens < closes:
                    yield opens, closes
            at = until

    def _same_offset(self, start: datetime, end: datetime) -> datetime:
        """`end`, or the instant before it at which the zone changes its offset from UTC."""
        offset = start.astimezone(self.time_zone).utcoffset()
        if end.astimezone(self.time_zone).utcoffset() == offset:
            return end
        # Zones change on whole seconds of UTC.
        same, other = start.replace(microsecond=0), end.replace(microsecond=0)
        while other - same > SECOND:
            middle = same + (other - same) // SECOND // 2 * SECOND
            if middle.astimezone(self.time_zone).utcoffset() == offset:
                same = middle
            else:
                other = middle
        return other


class AroundTheClock:
    """24/7, with the interface of WorkingTime: all time counts, no holiday stops it."""

    typical_day = DAY

    def add(self, start: datetime, duration: timedelta) -> datetime:
        return _utc(start) + _not_negative(duration)

    def measure(self, start: datetime, end: datetime) -> timedelta:
        return max(_utc(end) - _utc(start), timedelta(0))

    def stretches(self, start: datetime, end: datetime) -> list[Stretch]:
        return [(_utc(start), _utc(end))] if start < end else []

    def is_open(self, at: datetime) -> bool:
        return True

    def next_opening(self, at: datetime) -> datetime | None:
        return _utc(at)


AROUND_THE_CLOCK = AroundTheClock()


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return at.astimezone(UTC)


def _not_negative(duration: timedelta) -> timedelta:
    if duration < timedelta(0):
        raise ValueError("A duration is not negative.")
    return duration


def _hours_of_a_day(pairs) -> tuple[tuple[int, int], ...]:
    hours = tuple(sorted((int(start), int(end)) for start, end in pairs))
    bounds = [bound for pair in hours for bound in pair]
    in_order = bounds == sorted(bounds) and all(start < end for start, end in hours)
    if bounds and not (in_order and bounds[0] >= 0 and bounds[-1] <= MINUTES_A_DAY):
        raise ValueError(f"Working hours overlap or are no part of a day: {hours}")
    return hours
