"""The drawing of the days, by attributes alone: a track of opening hours, filled with what counted.

Time flows in the direction of the language. One drawing is for wide pages, one for phones.
"""

from dataclasses import dataclass, field

from django.utils.translation import get_language_bidi

from ui.wording import digits

from .times import clock_length

MINUTES_A_DAY = 24 * 60
TICK_STEPS = (5, 10, 15, 30, 60, 120, 180, 240, 360, 480)  # minutes
MOST_TICKS = 5
# An axis that is so many times as long as what happened in it hides it.
FAR_LONGER = 4
# Text in a block needs so much room.
ROOM_FOR_LENGTH = 52
LONGEST_NOTE = 26


@dataclass(frozen=True)
class Sheet:
    """The measures of a drawing, in units of its view box."""

    key: str
    width: int
    axis: tuple[int, int]
    head: int
    row: int
    bar: int  # from the top of a row to its bar
    bar_height: int
    text: int  # from the top of a row to the line of its text
    note: int | None  # where the note starts; None: it ends at the end of the row


WIDE = Sheet("wide", 752, (148, 560), 22, 27, 4, 19, 18, 570)
NARROW = Sheet("narrow", 340, (4, 336), 22, 46, 20, 17, 15, None)


@dataclass(frozen=True)
class Shape:
    """A rectangle, a line or a dot of a class; what does not apply is 0."""

    css: str
    x: str
    y: str
    width: str = "0"
    end_y: str = "0"
    is_hatched: bool = False


@dataclass(frozen=True)
class Label:
    css: str
    x: str
    y: str
    anchor: str
    text: str


@dataclass
class Drawing:
    key: str
    width: str
    height: str
    bar_height: str
    ticks: list[Shape] = field(default_factory=list)
    blocks: list[Shape] = field(default_factory=list)
    lines: list[Shape] = field(default_factory=list)
    dots: list[Shape] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


def lay_out(rows, sheet):
    """The drawing of the rows of days, with the measures of a sheet."""
    return _Layout(rows, sheet).drawing_of_rows()


class _Layout:
    def __init__(self, rows, sheet):
        self.rows, self.sheet = rows, sheet
        self.first, self.last = _minutes_shown(rows)
        self.is_rtl = get_language_bidi()
        height = sheet.head + sheet.row * len(rows) + 4
        self.drawing = Drawing(sheet.key, str(sheet.width), str(height), str(sheet.bar_height))

    def drawing_of_rows(self):
        self._ticks()
        for place, row in enumerate(self.rows):
            self._row(row, self.sheet.head + self.sheet.row * place)
        return self.drawing

    def _along(self, minute):
        """How far along the axis a minute lies, in the direction of reading."""
        start, end = self.sheet.axis
        inside = min(max(minute, self.first), self.last)
        return start + (end - start) * (inside - self.first) / (self.last - self.first)

    def _x(self, along):
        return _short(self.sheet.width - along if self.is_rtl else along)

    def _ticks(self):
        drawing, bottom = self.drawing, int(self.drawing.height) - 2
        for minute in range(self.first, self.last + 1, _tick_step(self.first, self.last)):
            x = self._x(self._along(minute))
            drawing.ticks.append(Shape("grid", x, str(self.sheet.head - 2), end_y=str(bottom)))
            text = digits(f"{minute // 60 % 24:02}:{minute % 60:02}")
            is_edge = self.sheet.note is None and minute in {self.first, self.last}
            anchor = "middle" if not is_edge else "start" if minute == self.first else "end"
            drawing.labels.append(Label("quiet", x, "14", anchor, text))

    def _row(self, row, top):
        sheet, drawing = self.sheet, self.drawing
        line = str(top + sheet.text)
        strong = "strong" if row.marks else ""
        drawing.labels.append(Label(strong, self._x(4), line, "start", row.label))
        self._note(row, line)
        for first, last in row.hours:
            self._block("open", first, last, top)
        for block in row.blocks:
            first, last = (self.first, self.last) if row.is_folded else (block.first, block.last)
            self._block(block.tone, first, last, top, block.length)
        for mark in row.marks:
            self._mark(mark, top)

    def _note(self, row, line):
        css = "late" if row.is_over else "strong" if row.marks else "quiet"
        at, anchor = (
            (self.sheet.note, "start") if self.sheet.note else (self.sheet.width - 4, "end")
        )
        note = row.short_note(LONGEST_NOTE)
        if note:
            self.drawing.labels.append(Label(css, self._x(at), line, anchor, note))

    def _block(self, tone, first, last, top, length=None):
        start, end = self._along(first), self._along(last)
        if end - start < 0.5 and tone in {"open", "shut"}:
            return
        end = max(end, start + 1.5)
        left = self._x(end if self.is_rtl else start)
        y = str(top + self.sheet.bar)
        width = _short(end - start)
        self.drawing.blocks.append(Shape(tone, left, y, width, is_hatched=tone == "shut"))
        if length and end - start >= ROOM_FOR_LENGTH:
            line = str(top + self.sheet.bar + self.sheet.bar_height - 5)
            middle = self._x((start + end) / 2)
            text = clock_length(length)
            self.drawing.labels.append(Label(f"in-{tone}", middle, line, "middle", text))

    def _mark(self, mark, top):
        if not mark.kind:
            return
        bar, height = top + self.sheet.bar, self.sheet.bar_height
        x = self._x(self._along(mark.minute))
        if mark.kind != "start":
            ends = {"y": str(bar - 3), "end_y": str(bar + height + 3)}
            self.drawing.lines.append(Shape(f"line-{mark.kind}", x, **ends))
        if mark.kind != "now":
            self.drawing.dots.append(Shape(f"dot-{mark.kind}", x, _short(bar + height / 2)))


def _tick_step(first, last):
    """Minutes between two ticks: the shortest step with few ticks that fits into the axis."""
    length = last - first
    steps = [each for each in TICK_STEPS if length / each < MOST_TICKS]
    return next((each for each in steps if not length % each), steps[0])


def _minutes_shown(rows):
    """From which to which minute the axis goes: the hours of a day, or where all of it happened
    within a small part of one row that part alone (past midnight the minutes run on)."""
    first, last = _hours_shown(rows)
    if len(rows) > 1:
        return first, last
    [row] = rows
    seen = [mark.minute for mark in row.marks]
    for block in row.blocks:
        seen += (block.first, block.last) if block.length else ()
    span = max(seen, default=0) - min(seen, default=0)
    if not span or span * FAR_LONGER > last - first:
        return first, last
    step = next(each for each in TICK_STEPS if (span + each) / each < MOST_TICKS - 1)
    # What is marked keeps off the ends, where half of its dot would be cut.
    start = int((min(seen) - step / 4) // step * step)
    end = int(-((-max(seen) - step / 4) // step) * step)
    is_past_midnight = max(seen) > MINUTES_A_DAY
    return max(start, 0), end if is_past_midnight else min(end, MINUTES_A_DAY)


def _hours_shown(rows):
    """From which to which full hour all lies that is open or counts."""
    stretches = [each for row in rows for each in row.hours]
    stretches += [
        (block.first, block.last)
        for row in rows
        if not row.is_folded
        for block in row.blocks
        if block.length
    ]
    if not stretches:
        return 0, MINUTES_A_DAY
    first = min(each[0] for each in stretches) // 60 * 60
    last = -(-max(each[1] for each in stretches) // 60) * 60
    return int(first), int(max(last, first + 60))


def _short(number):
    return f"{number:.1f}".removesuffix(".0")
