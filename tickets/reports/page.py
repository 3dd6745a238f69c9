"""The report as a page: figures, chart, the panels beside it, and the table."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from organizations.models import Organization, User
from plans.models import Plan, Priority
from tickets.choices import Category
from tickets.lists.columns import ASCENDING, DESCENDING, Head, table_of
from tickets.models import Clock, DayTotal, PeriodicRun, StaleDay
from ui.calendars import month_label, readers_calendar

from .chart import chart_of, steps_of
from .columns import COLUMNS, FALLS_FIRST
from .figures import Figure, figures_by, total_of
from .periods import month
from .query import COLUMN_OF_MONTH, DIMENSIONS, KINDS, NOBODY, RESPONSES, ReportQuery
from .query import HEADINGS as BY

REFRESH = "refresh_totals"
MOST_ROWS = 50
MOST_IN_PANEL = 5
# The numbers of a row that lead to the list behind them.
LINKED = ["counted", "kept", "late", "withdrawn", "done", "with_aim", "within_aim", "open_late"]


@dataclass(frozen=True)
class Row:
    """One line of the table: what it is of, its figure, and the filters of this line alone.

    `value` is what the table goes by: a stored word, or a plan, an organization, a person.
    """

    value: object
    label: str
    figure: Figure
    wanted: ReportQuery

    @property
    def hrefs(self):
        """The list behind each number of the row."""
        return self.wanted.tickets_hrefs(LINKED)


def report_page(wanted, asked, *, today):
    """What the page of the reports shows, in a number of queries that no data changes."""
    overview = _Overview(wanted)
    rows = table(wanted)
    total = total_of(row.figure for row in rows)
    steps = steps_of(wanted.period, overview.by_step)
    return {
        "wanted": wanted,
        "asked": asked,
        "total": Row("", _("Total"), total, wanted.with_(result="")),
        "other": overview.other(wanted),
        "rows": rows[:MOST_ROWS],
        "row_count": len(rows),
        "table": table_of(COLUMNS, lambda column: _head(column, wanted)),
        "steps": steps,
        "chart": chart_of(steps, wanted),
        "panels": overview.panels(wanted),
        "periods": wanted.period_links(today),
        "kinds": _kinds(wanted),
        "dimensions": _dimensions(wanted),
        "as_of": PeriodicRun.objects.filter(name=REFRESH).first(),
        "is_stale": StaleDay.objects.between(wanted.period.first, wanted.period.last).exists(),
    }


# --- The table --------------------------------------------------------------------------------


def table(wanted):
    """The rows of the table, all of them, in the order that is asked for. Two queries at most."""
    totals = wanted.of_totals(DayTotal.objects).of_kinds(wanted.kinds)
    figures = figures_by(totals, wanted.column)
    rows = [row for row in _named(wanted, figures) if not row.figure.is_empty]
    if not wanted.sort:
        return rows
    known = [row for row in rows if _key(row, wanted) is not None]
    known.sort(key=lambda row: _key(row, wanted), reverse=FALLS_FIRST[wanted.sort])
    return known + [row for row in rows if _key(row, wanted) is None]


def _key(row, wanted):
    return getattr(row.figure, wanted.sort)


def _named(wanted, figures):
    """A row for each value, in its own order: of people and organizations the busiest first."""
    match wanted.by:
        case "priority":
            values = [(each.value, each.label) for each in Priority]
        case "category":
            values = [(each.value, each.label) for each in Category]
        case "month":
            return [_month_row(wanted, number, figures[number]) for number in sorted(figures)]
        case "plan":
            found = Plan.objects.in_bulk(figures)
            plans = sorted(found.values(), key=lambda plan: (plan.position, plan.pk))
            return [_row(wanted, plan, plan.name, figures[plan.pk]) for plan in plans]
        case "organization":
            return _busiest(wanted, Organization.objects.in_bulk(figures), figures)
        case "agent":
            people = User.objects.in_bulk([key for key in figures if key])
            return _busiest(wanted, {None: NOBODY} | people, figures)
    return [_row(wanted, value, label, figures.get(value, Figure())) for value, label in values]


def _row(wanted, value, label, figure):
    return Row(value, label, figure, wanted.with_(**{wanted.by: value}))


def _month_row(wanted, number, figure):
    period = wanted.period.within(month(number, readers_calendar()))
    return Row(number, month_label(number), figure, wanted.with_(period=period))


def _busiest(wanted, found, figures):
    keys = sorted(figures, key=lambda key: -figures[key].counted)
    names = {NOBODY: _("Nobody")}
    return [
        _row(wanted, found[key], names.get(found[key], str(found[key])), figures[key])
        for key in keys
    ]


# --- The chart and the panels beside it ---------------------------------------------------------


class _Overview:
    """Everything but the table, from one query: the totals by step, kind, plan, priority and
    category."""

    def __init__(self, wanted):
        column = "day" if wanted.period.shows_days else COLUMN_OF_MONTH[readers_calendar()]
        columns = (column, "kind", "plan", "priority", "category")
        self.by_step, self.by_kind = defaultdict(Figure), defaultdict(Figure)
        self.by = {name: defaultdict(Figure) for name in ("priority", "plan", "category")}
        totals = wanted.of_totals(DayTotal.objects)
        for step, kind, plan, priority, category, *sums in totals.summed_by(*columns):
            self.by_kind[kind].add(sums)
            if kind in wanted.kinds:
                self.by_step[step].add(sums)
                self.by["plan"][plan].add(sums)
                self.by["priority"][priority].add(sums)
                self.by["category"][category].add(sums)

    def other(self, wanted):
        """The kind of promise that the page is not about: resolutions, or else responses."""
        kind = Clock.Kind.RESOLUTION if wanted.is_of_responses else RESPONSES
        figure = total_of(self.by_kind[each] for each in KINDS[kind][1])
        return Row(kind, KINDS[kind][0], figure, wanted.with_(kind=kind, result=""))

    def panels(self, wanted):
        """A short list by each of priority, plan and category."""
        return [
            {
                "name": name,
                "label": BY[name],
                "rows": _some(_named(wanted.with_(by=name, sort="", result=""), figures)),
                "href": wanted.href(by=name, sort="", result=""),
            }
            for name, figures in self.by.items()
        ]


def _some(rows):
    """The rows with something in them; of very many the busiest."""
    rows = [row for row in rows if row.figure.counted]
    if len(rows) <= MOST_IN_PANEL:
        return rows
    least = sorted(row.figure.counted for row in rows)[-MOST_IN_PANEL]
    return [row for row in rows if row.figure.counted >= least][:MOST_IN_PANEL]


# --- Links to other reports ---------------------------------------------------------------------


def _head(column, wanted):
    """A column leads to the same table sorted by it, its worst first, and then back again."""
    is_chosen = column.key == wanted.sort
    href = wanted.href(sort="" if is_chosen else column.key) + "#table"
    if not is_chosen:
        return Head(column.label, href)
    return Head(column.label, href, DESCENDING if column.falls_first else ASCENDING, "down")


def _kinds(wanted):
    return [
        {"label": label, "is_chosen": kind == wanted.kind, "href": wanted.href(kind=kind)}
        for kind, (label, _kinds_of_it) in KINDS.items()
    ]


def _dimensions(wanted):
    return [
        {
            "label": label,
            "is_chosen": name == wanted.by,
            "href": wanted.href(by=name, sort="") + "#table",
        }
        for name, label in DIMENSIONS.items()
    ]
