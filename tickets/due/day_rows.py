"""The days of an explanation, a row each: opening hours, what counted of them, what did not."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import ngettext, pgettext

from ui.wording import format_day, format_time, number

from . import sentences
from .reckoning import COUNTED, PAUSED
from .times import by_day, upper_first

DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60
# Rows without counted time beyond this many fold into one; so does the middle of a long drawing.
MOST_EMPTY, MOST_ROWS, SHOWN_OF_MANY = 4, 24, 8
# What happened within so many minutes around one midnight is one row, or the axis of a whole day
# would hide it.
SHORT_NIGHT = 6 * 60


@dataclass(frozen=True)
class Block:
    """Minutes of a date that counted (used), will count (left), counted earlier, or were shut."""

    tone: str
    first: float
    last: float
    length: timedelta | None = None


@dataclass(frozen=True)
class Mark:
    """An instant that is marked: start, now, due, or over (a due that was missed)."""

    kind: str
    minute: float
    text: str


@dataclass
class DayRow:
    """One date of the reader's zone; a folded one is several."""

    date: date
    label: str
    hours: list[tuple[float, float]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    reason: str = ""
    is_folded: bool = False

    @property
    def is_empty(self):
        return not self.marks and not any(each.length for each in self.blocks)

    @property
    def note(self):
        """The note at the end of the day: its marks, else why nothing counted."""
        return " · ".join(mark.text for mark in self.marks) or self.reason

    def short_note(self, longest):
        """The note in so many letters: of the marks the last are kept, the due above all."""
        texts = [mark.text for mark in self.marks] or [self.reason]
        while len(texts) > 1 and len(" · ".join(texts)) > longest:
            del texts[0]
        note = " · ".join(texts)
        return note if len(note) <= longest else f"{note[: longest - 1]}…"

    @property
    def is_over(self):
        return any(mark.kind == "over" for mark in self.marks)


def day_rows(clock, reckoning, *, now):
    """The rows in order, long runs folded."""
    rows = {}
    for start, end in _split(reckoning.hours):
        _row(rows, start, now).hours.append(_minutes(start, end))
    for piece in reckoning.pieces:
        also = [reckoning.at] if piece.kind == COUNTED else []
        for start, end in by_day(piece.starts_at, piece.ends_at, also=also):
            _add(_row(rows, start, now), piece, start, end, reckoning.at)
    for kind, at, label in _instants(clock, now):
        row = rows.get(timezone.localdate(at))
        # A start after the hours of a day that is not shown, or now beyond the due, is left out.
        if row:
            text = label % {"time": format_time(at)}
            row.marks.append(Mark(kind, _minute(at), text))
    return _folded(_over_midnight([rows[day] for day in sorted(rows)], now), now)


def _over_midnight(rows, now):
    """The rows; two dates around one short night become one, whose minutes run on past midnight."""
    if len(rows) != 2 or rows[1].date - rows[0].date != DAY:
        return rows
    evening, morning = rows
    first = min(_minutes_used(evening), default=MINUTES_A_DAY)
    last = max(_minutes_used(morning), default=0) + MINUTES_A_DAY
    if last - first > SHORT_NIGHT:
        return rows
    label = pgettext("due drawing", "%(first)s – %(last)s")
    return [
        DayRow(
            evening.date,
            label % {"first": evening.label, "last": format_day(morning.date, now)},
            hours=_run_on(evening.hours, morning.hours),
            blocks=_run_on_blocks(evening.blocks, morning.blocks),
            marks=evening.marks
            + [replace(each, minute=each.minute + MINUTES_A_DAY) for each in morning.marks],
            reason=evening.reason or morning.reason,
        )
    ]


def _minutes_used(row):
    """The minutes of a date with a mark, or that counted time begins or ends at."""
    yield from (mark.minute for mark in row.marks)
    for block in row.blocks:
        yield from (block.first, block.last) if block.length else ()


def _run_on(evening, morning):
    """The opening hours of two dates in minutes of the first, joined if they meet at midnight."""
    later = [(first + MINUTES_A_DAY, last + MINUTES_A_DAY) for first, last in morning]
    if evening and later and evening[-1][1] == later[0][0]:
        return [*evening[:-1], (evening[-1][0], later[0][1]), *later[1:]]
    return [*evening, *later]


def _run_on_blocks(evening, morning):
    """The blocks of two dates, as `_run_on`; two of one tone that meet become one."""
    later = [
        replace(each, first=each.first + MINUTES_A_DAY, last=each.last + MINUTES_A_DAY)
        for each in morning
    ]
    blocks = list(evening)
    for each in later:
        before = blocks[-1] if blocks else None
        if before and (before.tone, before.last) == (each.tone, each.first):
            length = (before.length or timedelta(0)) + (each.length or timedelta(0))
            blocks[-1] = replace(before, last=each.last, length=length or None)
        else:
            blocks.append(each)
    return blocks


def _instants(clock, now):
    yield "start", clock.started_at, pgettext("due drawing", "start %(time)s")
    is_ahead = clock.due_at is None or now < clock.due_at
    if clock.is_running and is_ahead:
        yield "now", now, pgettext("due drawing", "now %(time)s")
    elif clock.stopped_at and clock.due_at and clock.stopped_at < clock.due_at:
        yield "now", clock.stopped_at, pgettext("due drawing", "ended %(time)s")
    if clock.due_at:
        is_missed = clock.due_at <= (clock.stopped_at or now)
        yield "over" if is_missed else "due", clock.due_at, pgettext("due drawing", "due %(time)s")


def _row(rows, at, now):
    day = timezone.localdate(at)
    return rows.setdefault(day, DayRow(day, upper_first(format_day(day, now))))


def _split(stretches):
    return [part for start, end in stretches for part in by_day(start, end)]


def _minute(at):
    local = timezone.localtime(at)
    return local.hour * 60 + local.minute + local.second / 60


def _minutes(start, end):
    """Of a part of a date, by the reader's wall clock; where that goes back, nothing is shown."""
    first, last = _minute(start), _minute(end)
    if timezone.localdate(end) != timezone.localdate(start):
        last = MINUTES_A_DAY
    return first, max(first, last)


def _add(row, piece, start, end, at):
    first, last = _minutes(start, end)
    if piece.kind == COUNTED:
        tone = "earlier" if not piece.is_present else "left" if start >= at else "used"
        row.blocks.append(Block(tone, first, last, end - start))
    elif piece.kind != "closed":
        row.blocks.append(Block("shut", first, last))
        short = (
            pgettext("due drawing", "paused")
            if piece.kind == PAUSED
            else sentences.name_in_language(piece.name or {})
        )
        row.reason = row.reason or short
    elif not row.hours:
        row.blocks.append(Block("shut", first, last))
        row.reason = row.reason or pgettext("due drawing", "closed")


def _folded(rows, now):
    shown, run = [], []
    for row in [*rows, None]:
        if row is not None and row.is_empty:
            run.append(row)
            continue
        shown += [_fold(run)] if len(run) > MOST_EMPTY else run
        run = []
        shown += [row] if row else []
    if len(shown) > MOST_ROWS:
        middle = shown[SHOWN_OF_MANY:-SHOWN_OF_MANY]
        shown = [*shown[:SHOWN_OF_MANY], _fold(middle), *shown[-SHOWN_OF_MANY:]]
    return shown


def _fold(rows):
    """Several days as one row, with what they have in common."""
    days = (rows[-1].date - rows[0].date).days + 1
    label = ngettext("%(count)s day", "%(count)s days", days) % {"count": number(days)}
    reasons = {row.reason for row in rows}
    marks = [mark for row in rows for mark in row.marks]
    tones = {block.tone for row in rows for block in row.blocks if block.length}
    lengths = [block.length for row in rows for block in row.blocks if block.length]
    length = sum(lengths, timedelta(0)) or None
    tone = next(iter(tones)) if len(tones) == 1 else "used" if tones else "shut"
    return DayRow(
        rows[0].date,
        label,
        blocks=[Block(tone, 0, MINUTES_A_DAY, length)],
        marks=[Mark("", 0, mark.text) for mark in marks],
        reason=reasons.pop() if len(reasons) == 1 else pgettext("due drawing", "closed"),
        is_folded=True,
    )
