"""Figures of many promises: the share that was kept, and how long answers take."""

import math
from collections import defaultdict
from dataclasses import dataclass, field

from tickets.querysets.results import SUMS, middle_of


@dataclass
class Figure:
    """The sums of some promises, and how many of them have a time of each class."""

    kept: int = 0
    late: int = 0
    withdrawn: int = 0
    with_aim: int = 0
    within_aim: int = 0
    times: dict = field(default_factory=lambda: defaultdict(int))

    def add(self, sums, time_class=None):
        """Add the sums of a row of totals, in the order of SUMS."""
        # Written out: a year of many organizations has tens of thousands of rows.
        kept, late, withdrawn, with_aim, within_aim = sums
        self.kept += kept
        self.late += late
        self.withdrawn += withdrawn
        self.with_aim += with_aim
        self.within_aim += within_aim
        if time_class is not None:
            self.times[time_class] += kept + late

    def take(self, other):
        """Add all of another figure."""
        self.add([getattr(other, name) for name in SUMS])
        for time_class, number in other.times.items():
            self.times[time_class] += number

    @property
    def counted(self):
        """The denominator of the share; withdrawn promises are not in it."""
        return self.kept + self.late

    @property
    def is_empty(self):
        return not (self.counted or self.withdrawn)

    @property
    def share(self):
        """The part that was kept, 0 to 1, or None of none."""
        return self.kept / self.counted if self.counted else None

    @property
    def aim_share(self):
        """Of the promises with an aim, the part that was answered within it."""
        return self.within_aim / self.with_aim if self.with_aim else None

    @property
    def done(self):
        """How many were answered or resolved, in time or not."""
        return sum(self.times.values())

    @property
    def open_late(self):
        """Late and never answered: what was kept was always answered."""
        return self.counted - self.done

    @property
    def median(self):
        return self.percentile(50)

    @property
    def p90(self):
        return self.percentile(90)

    def percentile(self, percent):
        """The counted time that `percent` of the answers did not exceed, or None of none.

        By nearest rank, within 2 % of the true time.
        """
        rank = math.ceil(self.done * percent / 100)
        for time_class in sorted(self.times):
            rank -= self.times[time_class]
            if rank <= 0 and self.times[time_class]:
                return middle_of(time_class)
        return None


def figures_by(totals, column):
    """Figures with their times by the values of a column of the totals, in one query."""
    figures = defaultdict(Figure)
    for value, time_class, *sums in totals.summed_by(column, "time_class"):
        figures[value].add(sums, time_class)
    return figures


def total_of(figures):
    """All of them together."""
    total = Figure()
    for figure in figures:
        total.take(figure)
    return total
