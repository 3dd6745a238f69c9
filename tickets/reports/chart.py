"""The chart of a report as lengths in SVG units; in RTL time flows from right to left."""

from dataclasses import dataclass
from math import ceil

from django.utils.formats import date_format
from django.utils.translation import get_language_bidi

from ui.cached_formats import JALALI_MONTHS
from ui.calendars import JALALI, day_number, month_label, readers_calendar
from ui.wording import format_date, number

from .figures import Figure
from .periods import Period, month_value

WIDTH, HEIGHT, TOP, FLOOR, GUTTER = 660, 420, 26, 386, 46
CHARACTER = 7
MOST_LINES = 5


@dataclass(frozen=True)
class Step:
    """A day or a month of the chart: what it is called and what was promised in it."""

    period: Period
    figure: Figure
    short: str
    label: str


@dataclass(frozen=True)
class Bar:
    """One step of the chart: kept promises with the late ones above them."""

    step: Step
    x: str
    width: str
    middle: str
    kept_y: str
    kept_height: str
    late_y: str
    late_height: str
    value: str
    value_y: str
    short: str
    counted_href: str
    late_href: str


@dataclass(frozen=True)
class Line:
    """A line of the scale with its number."""

    y: str
    text_y: str
    label: str


@dataclass(frozen=True)
class Chart:
    bars: list
    lines: list
    scale_x: str
    plot_start: str
    plot_end: str
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = FLOOR
    label_y: int = FLOOR + 20


def steps_of(period, figures):
    """The steps of a period; `figures` are by day, or by the number of the reader's month."""
    if period.shows_days:
        return [
            Step(
                each,
                figures.get(each.first, Figure()),
                short=day_number(each.first),
                label=format_date(each.first),
            )
            for each in period.steps()
        ]
    return [
        Step(
            each,
            figures.get(month_value(each), Figure()),
            short=_short_month(each),
            label=month_label(month_value(each)),
        )
        for each in period.steps()
    ]


def chart_of(steps, wanted):
    """The bars of the steps and the lines behind them."""
    most = max((step.figure.counted for step in steps), default=0)
    scale, top = _scale(most)
    per_unit = (FLOOR - TOP) / top
    place = (WIDTH - GUTTER) / len(steps)
    every = ceil(max(len(step.short) for step in steps) * CHARACTER / place)
    values = [number(step.figure.counted) for step in steps]
    fits = max(map(len, values)) * CHARACTER <= place
    bars = [
        _bar(step, at, place, per_unit, wanted)
        | {
            "value": value if fits and step.figure.counted else "",
            "short": step.short if at % every == 0 else "",
        }
        for at, (step, value) in enumerate(zip(steps, values, strict=True))
    ]
    start, end = sorted((_x(GUTTER), _x(WIDTH)))
    return Chart(
        bars=[Bar(**bar) for bar in bars],
        lines=[_line(value, per_unit) for value in scale],
        scale_x=_length(_x(GUTTER / 2)),
        plot_start=_length(start),
        plot_end=_length(end),
    )


def _bar(step, at, place, per_unit, wanted):
    width = min(place * 0.62, 26)
    middle = _x(GUTTER + place * (at + 0.5))
    kept, late = step.figure.kept * per_unit, step.figure.late * per_unit
    # A few late ones among thousands still show.
    late = max(late, 2) if step.figure.late else 0
    return {
        "step": step,
        "x": _length(middle - width / 2),
        "width": _length(width),
        "middle": _length(middle),
        "kept_y": _length(FLOOR - kept),
        "kept_height": _length(kept),
        "late_y": _length(FLOOR - kept - late),
        "late_height": _length(late),
        "value_y": _length(FLOOR - kept - late - 6),
        "counted_href": wanted.tickets_href("counted", period=step.period),
        "late_href": wanted.tickets_href("late", period=step.period),
    }


def _line(value, per_unit):
    y = FLOOR - value * per_unit
    return Line(y=_length(y), text_y=_length(y + 4), label=number(value))


def _scale(most):
    """Round numbers from 0 to at least `most`, and the last of them."""
    step = 1
    while step * (MOST_LINES - 1) < most:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    last = max(ceil(most / step), 1) * step
    return range(0, last + 1, step), last


def _x(value):
    return WIDTH - value if get_language_bidi() else value


def _length(value):
    # As text: a template would write a number with the reader's digits.
    return f"{value:.1f}"


def _short_month(period):
    """The name of a month without its year."""
    if readers_calendar() == JALALI:
        return JALALI_MONTHS[month_value(period) % 12]
    return date_format(period.first, "M")
