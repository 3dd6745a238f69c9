"""The chart of what becomes due in the next hours; in RTL time flows from right to left."""

from dataclasses import dataclass

from django.utils.translation import get_language_bidi

from ui.wording import number

HOURS = 8
WIDTH, HEIGHT, TOP, FLOOR = 480, 176, 22, 148
PLACE = WIDTH / HOURS
BAR_WIDTH = 30
LABEL_Y = FLOOR + 20


@dataclass(frozen=True)
class DueBar:
    """An hour of the clock: how many answers become due in it, and how many agents are there."""

    label: str
    value: str
    href: str
    agents: str
    is_empty: bool
    x: str
    middle: str
    y: str
    height: str
    value_y: str


@dataclass(frozen=True)
class DueChart:
    bars: list
    # The points of the line of agents, one step for each hour.
    line: str
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = FLOOR
    label_y: int = LABEL_Y
    bar_width: int = BAR_WIDTH


def due_chart(hours, agents):
    """The chart of `hours`, pairs of a label and a number with its address, and of how many agents
    are there in each of them."""
    most = max(*(counted.number for _label, counted in hours), *agents, 1)
    unit = (FLOOR - TOP) / most
    bars = [
        _bar(place, label, counted, there, unit)
        for place, ((label, counted), there) in enumerate(zip(hours, agents, strict=True))
    ]
    steps = [
        f"{_length(_x(PLACE * edge))},{_length(FLOOR - there * unit)}"
        for place, there in enumerate(agents)
        for edge in (place, place + 1)
    ]
    return DueChart(bars=bars, line=" ".join(steps))


def _bar(place, label, counted, agents, unit):
    middle = _x(PLACE * (place + 0.5))
    height = counted.number * unit
    return DueBar(
        label=label,
        value=number(counted.number),
        href=counted.href,
        agents=number(agents),
        is_empty=not counted.number,
        x=_length(middle - BAR_WIDTH / 2),
        middle=_length(middle),
        y=_length(FLOOR - height),
        height=_length(height),
        value_y=_length(FLOOR - height - 6),
    )


def _x(value):
    return WIDTH - value if get_language_bidi() else value


def _length(value):
    # As text: a template would write a number with the reader's digits.
    return f"{value:.1f}"
