"""What the wall clock of a date means: which of its minutes count, and why the others do not.

A minute lies between 0 and 1440, the midnight that ends the day; stretches are half-open.
"""

from dataclasses import dataclass, field
from itertools import pairwise

MINUTES_A_DAY = 24 * 60
OPEN, CLOSED, HOLIDAY = "open", "closed", "holiday"

Minutes = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Pattern:
    """What the wall clock of a date means: its opening hours, and its minutes piece by piece."""

    hours: tuple[Minutes, ...]
    pieces: tuple[tuple[int, int, str, dict | None], ...]  # from 0 to 1440 without a gap
    open: tuple[Minutes, ...] = field(init=False)

    def __post_init__(self):
        counted = tuple((first, last) for first, last, kind, _ in self.pieces if kind == OPEN)
        object.__setattr__(self, "open", counted)


def pattern_of(weekly, holidays, extra) -> Pattern:
    """Extra hours count in any case; a holiday takes off only what the weekday had."""
    bounds = {0, MINUTES_A_DAY}
    bounds.update(
        minute for first, last, *_name in (*weekly, *holidays, *extra) for minute in (first, last)
    )
    pieces = []
    for first, last in pairwise(sorted(bounds)):
        kind, name = _meaning(first, weekly, holidays, extra)
        goes_on = pieces and pieces[-1][2:] == (kind, name)
        pieces.append((pieces.pop()[0] if goes_on else first, last, kind, name))
    hours = _merged(sorted((*weekly, *extra)))
    return Pattern(hours=hours, pieces=tuple(pieces))


def _meaning(minute, weekly, holidays, extra):
    """What a minute is, and by which holiday it is skipped."""
    if any(first <= minute < last for first, last in extra):
        return OPEN, None
    if not any(first <= minute < last for first, last in weekly):
        return CLOSED, None
    for first, last, name in holidays:
        if first <= minute < last:
            return HOLIDAY, name
    return OPEN, None


def _merged(hours) -> tuple[Minutes, ...]:
    merged: list[Minutes] = []
    for first, last in hours:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def hours_of_a_day(pairs) -> tuple[Minutes, ...]:
    hours = tuple(sorted((int(start), int(end)) for start, end in pairs))
    bounds = [bound for pair in hours for bound in pair]
    in_order = bounds == sorted(bounds) and all(start < end for start, end in hours)
    if bounds and not (in_order and bounds[0] >= 0 and bounds[-1] <= MINUTES_A_DAY):
        raise ValueError(f"Working hours overlap or are no part of a day: {hours}")
    return hours


def holidays_of_a_day(entries) -> tuple[tuple[int, int, dict], ...]:
    """One holiday of a date, or a list of several partial ones."""
    holidays = [
        (each.get("from", 0), each.get("to", MINUTES_A_DAY), {"fa": each["fa"], "en": each["en"]})
        for each in ([entries] if isinstance(entries, dict) else entries)
    ]
    for first, last, _name in holidays:
        if not 0 <= first < last <= MINUTES_A_DAY:
            raise ValueError(f"A holiday is no part of a day: {first}–{last}")
    return tuple(sorted(holidays, key=lambda each: each[:2]))
