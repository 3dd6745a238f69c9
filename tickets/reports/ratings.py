"""What supervisors read of the ratings: how good, how often solved, by month, agent, category."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from organizations.models import User
from tickets.choices import Category
from tickets.lists.pages import page_by_key
from tickets.models import Rating
from ui.calendars import month_label, month_number, readers_calendar
from ui.wording import number

from .periods import read_period
from .query import PeriodQuery

ORDER = ["-rated_at", "-id"]
ROWS = 25


@dataclass
class Sum:
    """Ratings added up: how many, their points, and how many chose "solved"."""

    count: int = 0
    points: int = 0
    solved: int = 0

    def add(self, sums):
        """Add a row of `RatingQuerySet.summed_by`."""
        count, points, solved = sums
        self.count += count
        self.points += points
        self.solved += solved

    @property
    def average(self):
        """From 1 to 5 with one decimal, in the reader's digits; nothing of none."""
        return number(round(self.points / self.count, 1)) if self.count else ""

    @property
    def share(self):
        """The share of "solved", 0 to 1, or None without ratings."""
        return self.solved / self.count if self.count else None


def ratings_page(query, *, today):
    """The page of the ratings of a period, in a number of queries that no data changes."""
    asked = read_period(query, today=today)
    wanted = PeriodQuery(period=asked.period)
    ratings = Rating.objects.between(*wanted.period.bounds)
    tables, total = _tables(ratings)
    return {
        "asked": asked,
        "wanted": wanted,
        "periods": wanted.period_links(today),
        "total": total,
        "tables": tables,
        "page": page_by_key(
            ratings.with_ticket(), query, order=ORDER, size=ROWS, keep=wanted.pairs()
        ),
    }


def _tables(ratings):
    """The three small tables with their rows (label, sum), and the sum of all."""
    total, calendar = Sum(), readers_calendar()
    by_month, by_agent, by_category = defaultdict(Sum), defaultdict(Sum), defaultdict(Sum)
    for day, *sums in ratings.summed_by_day():
        by_month[month_number(day, calendar)].add(sums)
        total.add(sums)
    for agent, category, *sums in ratings.summed_by("agent", "category"):
        by_agent[agent].add(sums)
        by_category[category].add(sums)
    people = User.objects.in_bulk([key for key in by_agent if key])
    names = {None: _("Nobody")} | {key: str(person) for key, person in people.items()}
    busiest = sorted(by_agent.items(), key=lambda pair: -pair[1].count)
    tables = [
        (_("By month"), [(month_label(key), by_month[key]) for key in sorted(by_month)]),
        (_("By agent"), [(names[key], found) for key, found in busiest]),
        (
            _("By category"),
            [(each.label, by_category[each]) for each in Category if each in by_category],
        ),
    ]
    return tables, total
