"""What a supervisor asks of the reports: the period, filters of promises, and the table."""

import re

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organizations.models import User
from plans.models import Plan, Priority
from tickets.choices import Category
from tickets.lists.counts import MOST_CHOICES
from tickets.lists.filters import Choice, Filter, OrganizationFilter, PersonFilter, Record
from tickets.lists.query import ListQuery
from tickets.models import Clock
from tickets.querysets.results import RESULT_LABELS, RESULTS
from ui.calendars import readers_calendar

from .columns import COLUMNS
from .periods import read_period, this_month, this_year

NOBODY = "nobody"
RESPONSES = "responses"
KINDS = {
    RESPONSES: (gettext_lazy("All responses"), Clock.RESPONSE_KINDS),
    Clock.Kind.FIRST_RESPONSE: (gettext_lazy("First response"), [Clock.Kind.FIRST_RESPONSE]),
    Clock.Kind.NEXT_RESPONSE: (gettext_lazy("Next response"), [Clock.Kind.NEXT_RESPONSE]),
    Clock.Kind.RESOLUTION: (gettext_lazy("Resolution"), [Clock.Kind.RESOLUTION]),
}
# What the table groups the promises by; also the names of the filters in the address.
DIMENSIONS = {
    "plan": gettext_lazy("Plan"),
    "priority": gettext_lazy("Priority"),
    "category": gettext_lazy("Category"),
    "agent": gettext_lazy("Agent"),
    "organization": gettext_lazy("Organization"),
    "month": gettext_lazy("Month"),
}
HEADINGS = {
    "plan": gettext_lazy("By plan"),
    "priority": gettext_lazy("By priority"),
    "category": gettext_lazy("By category"),
    "agent": gettext_lazy("By agent"),
    "organization": gettext_lazy("By organization"),
    "month": gettext_lazy("By month"),
}
COLUMN_OF_MONTH = {"jalali": "jalali_month", "gregorian": "gregorian_month"}


class PeriodFilter(Filter):
    """The days that the report is about. They are read beforehand, with what is wrong in them."""

    default = None

    def parameters(self, period):
        return period.pairs


class PlanFilter(Record):
    """A plan by its key, listed and shown by its name."""

    def __init__(self, label):
        super().__init__(label, find=_plan, choices=_plans)

    def describe(self, plan):
        return plan.name


def _plan(key):
    if not re.fullmatch(r"[a-z0-9-]{1,40}", key, re.ASCII):
        return None
    return Plan.objects.filter(key=key).first()


def _plans():
    return [(plan.key, plan.name) for plan in Plan.objects.all()[:MOST_CHOICES]]


class PeriodQuery(ListQuery):
    """A page about the days of a period."""

    period = PeriodFilter()

    @property
    def previous_query(self):
        return self._moved(-1)

    @property
    def next_query(self):
        return self._moved(1)

    def _moved(self, step):
        return self.with_(period=self.period.moved(step)).query

    def period_links(self, today):
        """This month, the last one, this year."""
        present = this_month(today)
        named = [
            (_("This month"), present),
            (_("Last month"), present.moved(-1)),
            (_("This year"), this_year(today)),
        ]
        return [
            {
                "label": label,
                "is_chosen": period == self.period,
                "href": self.href(period=period),
            }
            for label, period in named
        ]


class ReportQuery(PeriodQuery):
    """The report that a supervisor asks for. `agent` is a person, "nobody" or ""."""

    kind = Choice(options={kind: label for kind, (label, _in) in KINDS.items()}, default=RESPONSES)
    plan = PlanFilter(DIMENSIONS["plan"])
    priority = Choice(DIMENSIONS["priority"], Priority.choices)
    category = Choice(DIMENSIONS["category"], Category.choices)
    agent = PersonFilter(
        DIMENSIONS["agent"], people=User.objects.all, words={NOBODY: gettext_lazy("nobody")}
    )
    organization = OrganizationFilter(DIMENSIONS["organization"])
    by = Choice(options=DIMENSIONS, default="plan")
    sort = Choice(options={each.key: each.label for each in COLUMNS})
    result = Choice(options={name: RESULT_LABELS.get(name, "") for name in RESULTS})

    # A report is of all results: its form leaves out the one that a list of promises is of.
    form_fields = ("period", "plan", "priority", "category", "agent", "organization", "result")

    @property
    def kinds(self):
        return KINDS[self.kind][1]

    @property
    def is_of_responses(self):
        return self.kind != Clock.Kind.RESOLUTION

    @property
    def column(self):
        """The column of the totals that the table goes by."""
        return COLUMN_OF_MONTH[readers_calendar()] if self.by == "month" else self.by

    def of_totals(self, totals):
        """The totals of the period that fit, of every kind of promise."""
        totals = totals.between(self.period.first, self.period.last)
        return totals.filter(**self._conditions("plan", "organization", "category"))

    def of_clocks(self, clocks):
        """The promises that the numbers of the report count, as far as `result` names them."""
        clocks = clocks.due_between(*self.period.bounds).filter(kind__in=self.kinds)
        clocks = clocks.with_result(self.result) if self.result else clocks.in_reports()
        paths = ("plan_version__plan", "ticket__organization", "ticket__category")
        return clocks.filter(**self._conditions(*paths))

    def _conditions(self, plan, organization, category):
        wanted = {
            plan: self.plan,
            organization: self.organization,
            category: self.category,
            "priority": self.priority,
        }
        found = {path: value for path, value in wanted.items() if value}
        if self.agent == NOBODY:
            return found | {"agent": None}
        return found | ({"agent": self.agent} if self.agent else {})

    # --- Addresses --------------------------------------------------------------------------------

    def tickets_href(self, result, **changes):
        """The list of what a number is made of."""
        return self.with_(**changes).tickets_hrefs([result])[result]

    def tickets_hrefs(self, results):
        """The lists of what several numbers are made of, by result."""
        start = f"{reverse('reports:tickets')}?{self.without('result', 'by', 'sort').query}"
        return {result: f"{start}&result={result}" for result in results}

    @property
    def report_href(self):
        """The report of these filters."""
        return f"{reverse('reports:report')}?{self.without('result').query}"

    # --- Words ------------------------------------------------------------------------------------

    @property
    def kind_label(self):
        return KINDS[self.kind][0]

    @property
    def result_label(self):
        if self.result == "open_late" and not self.is_of_responses:
            return _("Late, unresolved")
        return RESULT_LABELS.get(self.result, pgettext_lazy("promises", "All, including withdrawn"))

    @property
    def by_label(self):
        return DIMENSIONS[self.by]

    @property
    def by_heading(self):
        return HEADINGS[self.by]


def read_query(params, *, today):
    """The query of request parameters, and what they say of the period."""
    asked = read_period(params, today=today)
    return ReportQuery.read(params, period=asked.period), asked
