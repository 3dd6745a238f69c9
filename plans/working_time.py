"""Pure arithmetic of working time: add a duration, measure a span, name what counts and what not.

Time passes exactly while the clock on the calendar's wall shows working hours: those of the weekday
less holidays, and the extra hours of the date; never inside a closure. What follows for a change of
summer time: an hour that the wall clock skips does not count, and one that it shows twice counts
twice. Instants are aware datetimes; results are in UTC.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from .day_patterns import (
    MINUTES_A_DAY,
    OPEN,
    Minutes,
    Pattern,
    holidays_of_a_day,
    hours_of_a_day,
    pattern_of,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# No sum is followed farther than this: about ten years, many times the longest sensible target.
FARTHEST = timedelta(days=3660)
# So many days of a calendar are kept: more than any sum goes over, but for one that never ends.
MOST_DAYS_KEPT = 4000
# So that whatever is measured comes to an end: nothing was promised before, or is after.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
CLOSURE = "closure"

Stretch = tuple[datetime, datetime]


class NoWorkingTime(ValueError):
    """The calendar has no working time, or too little of it for the sum within ten years."""


@dataclass(frozen=True)
class Skip:
    """A stretch in which no time passes, and why: `closed`, `holiday` or `closure`."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    name: dict[str, str] | None = None  # of a holiday or a closure, in "fa" and "en"


@dataclass(frozen=True)
class Day:
    """One date of a calendar's zone, as a drawing of it needs it.

    `hours` are the opening hours of the whole date, before holidays and closures are taken off;
    `counted` and `skipped` together are all of the date that lies in the span asked for.
    """

    date: date
    hours: tuple[Stretch, ...]
    counted: tuple[Stretch, ...]
    skipped: tuple[Skip, ...]


@dataclass(frozen=True, eq=False)
class WorkingTime:
    """Weekly hours in a time zone, less holidays and closures, and extra hours. Immutable."""

    time_zone: ZoneInfo
    weekly: tuple[tuple[Minutes, ...], ...]  # by weekday from Monday; minutes, half-open
    _weekdays: tuple[Pattern, ...]
    _dates: dict[date, Pattern]  # those that are not like their weekday
    _closures: tuple[tuple[datetime, datetime, dict], ...]  # in order, none overlapping
    _closures_end: tuple[datetime, ...]
    # The open stretches of each day of UTC that was asked for.
    _kept: dict[date, list[Stretch]] = field(default_factory=dict, repr=False)

    @classmethod
    def from_definition(cls, definition: dict) -> "WorkingTime":
        """Read what `CalendarVersion.definition` holds, of any age.

        Raises NoWorkingTime when no weekday has hours; ValueError, KeyError or
        ZoneInfoNotFoundError when the definition is malformed.
        """
        weekly = tuple(hours_of_a_day(definition["weekly"].get(str(day), ())) for day in range(7))
        if not any(weekly):
            raise NoWorkingTime("No weekday has working hours.")
        holidays, extra = definition["holidays"], definition.get("extra", {})
        closures = _closures_of(definition.get("closures", ()))
        return cls(
            time_zone=ZoneInfo(definition["time_zone"]),
            weekly=weekly,
            _weekdays=tuple(pattern_of(hours, (), ()) for hours in weekly),
            _dates={
                day: pattern_of(
                    weekly[day.weekday()],
                    holidays_of_a_day(holidays.get(day.isoformat(), ())),
                    hours_of_a_day(extra.get(day.isoformat(), ())),
                )
                for day in map(date.fromisoformat, {*holidays, *extra})
            },
            _closures=closures,
            _closures_end=tuple(until for _since, until, _name in closures),
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
        return _joined(self._open(_utc(start), _utc(end)))

    def days(self, start: datetime, end: datetime, zone: tzinfo | None = None) -> list[Day]:
        """Each date from `start` to `end` in the calendar's own zone, with what counts and why not.

        What counts adds up to `measure`. Returns at most about ten years; `zone` is for 24/7.
        """
        start, end = _utc(start), _utc(end)
        return _days(self, self.time_zone, start, min(end, start + FARTHEST))

    def is_open(self, at: datetime) -> bool:
        """Whether time passes at this instant."""
        wall = at.astimezone(self.time_zone)
        minute = wall.hour * 60 + wall.minute
        is_open = any(start <= minute < end for start, end in self._pattern_of(wall.date()).open)
        closure = next(self._closures_from(at), None)
        return is_open and (closure is None or at < closure[0])

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant from `at` on, `at` itself when open; None when none comes."""
        at = _utc(at)
        return next((opens for opens, _closes in self._open(at, at + FARTHEST)), None)

    def _pattern_of(self, day: date) -> Pattern:
        return self._dates.get(day) or self._weekdays[day.weekday()]

    def _closures_from(self, at: datetime) -> Iterator[tuple[datetime, datetime, dict]]:
        """The closures that end after `at`, in order."""
        first = bisect_right(self._closures_end, at)
        return (self._closures[place] for place in range(first, len(self._closures)))

    def _open(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """What is open between two instants in UTC; what goes on over midnight in two pieces."""
        day, last = start.date(), end.date()
        while start < end and day <= last:
            for opens, closes in self._open_on(day):
                if closes > start and opens < end:
                    yield max(opens, start), min(closes, end)
            day += DAY

    def _open_on(self, day: date) -> list[Stretch]:
        """What is open on a day of UTC; found once, for sums walk over the same days."""
        found = self._kept.get(day)
        if found is None:
            if len(self._kept) >= MOST_DAYS_KEPT:
                self._kept.clear()
            midnight = datetime.combine(day, time(), UTC)
            found = self._kept[day] = list(self._walked(midnight, midnight + DAY))
        return found

    def _walked(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        hours = (
            (opens, closes)
            for day, midnight, at, until in _steps(self.time_zone, start, end)
            for opens, closes, _ in _on_the_wall(self._pattern_of(day).open, midnight, at, until)
        )
        return self._outside_closures(hours, start) if self._closures else hours

    def _outside_closures(self, stretches: Iterator[Stretch], start: datetime) -> Iterator[Stretch]:
        """Take the closures off; each is looked at once, however many there are."""
        closures = self._closures_from(start)
        closure = next(closures, None)
        for opens, closes in stretches:
            at = opens
            while closure and closure[0] < closes:
                since, until, _name = closure
                if at < since:
                    yield at, since
                at = max(at, until)
                if until > closes:
                    break
                closure = next(closures, None)
            if at < closes:
                yield at, closes

    def _skips(self, day: date, midnight: datetime, at: datetime, until: datetime) -> list[Skip]:
        """The pieces of a part of a date, those that count too, with what closes them."""
        pattern, skips = self._pattern_of(day), []
        for starts_at, ends_at, (kind, name) in _on_the_wall(pattern.pieces, midnight, at, until):
            here = starts_at
            for since, closed_until, reason in self._closures_from(starts_at):
                if since >= ends_at or kind != OPEN:
                    break
                if here < since:
                    skips.append(Skip(here, since, OPEN))
                here, shut = min(ends_at, closed_until), max(here, since)
                skips.append(Skip(shut, here, CLOSURE, reason))
            if here < ends_at:
                skips.append(Skip(here, ends_at, kind, name))
        return skips


class AroundTheClock:
    """24/7, with the interface of WorkingTime: all time counts, no holiday stops it."""

    typical_day = DAY

    def add(self, start: datetime, duration: timedelta) -> datetime:
        return _utc(start) + _not_negative(duration)

    def measure(self, start: datetime, end: datetime) -> timedelta:
        return max(_utc(end) - _utc(start), timedelta(0))

    def stretches(self, start: datetime, end: datetime) -> list[Stretch]:
        return [(_utc(start), _utc(end))] if start < end else []

    def days(self, start: datetime, end: datetime, zone: tzinfo | None = None) -> list[Day]:
        """Each date of `zone` (UTC without one) from `start` to `end`; at most about ten years."""
        start, end = _utc(start), _utc(end)
        return _days(self, zone or UTC, start, min(end, start + FARTHEST))

    def is_open(self, at: datetime) -> bool:
        return True

    def next_opening(self, at: datetime) -> datetime | None:
        return _utc(at)

    def _pattern_of(self, day: date) -> Pattern:
        return _WHOLE_DAY

    def _skips(self, day: date, midnight: datetime, at: datetime, until: datetime) -> list[Skip]:
        return [Skip(at, until, OPEN)]


# --- Days on the wall ---------------------------------------------------------------------------


def _steps(
    zone: tzinfo, start: datetime, end: datetime
) -> Iterator[tuple[date, datetime, datetime, datetime]]:
    """Walk in steps in which neither the date nor the offset of the zone changes.

    Each is its date, the instant at which the wall showed 0:00 if it had always gone as it goes
    here, the start and the end.
    """
    at = start
    while at < end:
        wall = at.astimezone(zone)
        day = wall.date()
        midnight = datetime.combine(day, time(), UTC) - wall.utcoffset()
        until = min(end, _same_offset(zone, at, midnight + DAY, wall.utcoffset()))
        yield day, midnight, at, until
        at = until


def _same_offset(zone: tzinfo, start: datetime, end: datetime, offset: timedelta) -> datetime:
    """`end`, or the instant before it at which the zone changes its `offset` from UTC."""
    if end.astimezone(zone).utcoffset() == offset:
        return end
    # Zones change on whole seconds of UTC.
    same, other = start.replace(microsecond=0), end.replace(microsecond=0)
    while other - same > SECOND:
        middle = same + (other - same) // SECOND // 2 * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            same = middle
        else:
            other = middle
    return other


def _on_the_wall(pieces, midnight: datetime, at: datetime, until: datetime) -> Iterator[tuple]:
    """Pieces of a date, which begin with minutes, as instants from `at` to `until`."""
    for first, last, *rest in pieces:
        starts_at = max(at, midnight + timedelta(minutes=first))
        ends_at = min(until, midnight + timedelta(minutes=last))
        if starts_at < ends_at:
            yield starts_at, ends_at, rest


def _days(working_time, zone: tzinfo, start: datetime, end: datetime) -> list[Day]:
    if start >= end:
        return []
    hours, parts = {}, {}
    first, last = (at.astimezone(zone).date() for at in (start, end - timedelta.resolution))
    whole = [datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + DAY)]
    for day, midnight, at, until in _steps(zone, min(start, whole[0]), max(end, whole[1])):
        opening = working_time._pattern_of(day).hours
        found = _on_the_wall(opening, midnight, at, until)
        hours.setdefault(day, []).extend((opens, closes) for opens, closes, _ in found)
        if max(at, start) < min(until, end):
            found = working_time._skips(day, midnight, max(at, start), min(until, end))
            parts.setdefault(day, []).extend(found)
    return [
        Day(
            day,
            hours=tuple(_joined(hours[day])),
            counted=tuple(_joined((e.starts_at, e.ends_at) for e in parts[day] if e.kind == OPEN)),
            skipped=tuple(each for each in parts[day] if each.kind != OPEN),
        )
        for day in sorted(parts)
    ]


def _joined(stretches) -> list[Stretch]:
    """Stretches in order, those that touch made one."""
    joined: list[Stretch] = []
    for opens, closes in stretches:
        if joined and joined[-1][1] == opens:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return joined


# --- Reading a definition -----------------------------------------------------------------------


def _closures_of(entries) -> tuple[tuple[datetime, datetime, dict], ...]:
    """Closures in order; where several overlap, the first gives the reason."""
    closures = []
    for each in entries:
        since, until = (_utc(datetime.fromisoformat(each[name])) for name in ("from", "to"))
        if since >= until:
            raise ValueError(f"A closure ends after it starts: {since}–{until}")
        closures.append((since, until, {"fa": each["fa"], "en": each["en"]}))
    apart = []
    for since, until, name in sorted(closures, key=lambda each: each[:2]):
        begins = max(since, apart[-1][1]) if apart else since
        if begins < until:
            apart.append((begins, until, name))
    return tuple(apart)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    if not EARLIEST <= at < LATEST:
        raise ValueError("An instant lies between the years 1900 and 2200.")
    return at.astimezone(UTC)


def _not_negative(duration: timedelta) -> timedelta:
    if duration < timedelta(0):
        raise ValueError("A duration is not negative.")
    return duration


_WHOLE_DAY = pattern_of(((0, MINUTES_A_DAY),), (), ())
AROUND_THE_CLOCK = AroundTheClock()
