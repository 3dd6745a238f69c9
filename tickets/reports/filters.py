"""What a supervisor asks of the reports, read from the address: unknown values are passed over."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organizations.models import Organization, User
from plans.models import Plan, Priority
from tickets.choices import Category
from tickets.models import Clock
from tickets.querysets.results import RESULT_LABELS, RESULTS
from ui.calendars import readers_calendar

from .periods import Period, read_period

_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
NOBODY = "nobody"
RESPONSES = "responses"
KINDS = {
    RESPONSES: (gettext_lazy("All responses"), Clock.RESPONSE_KINDS),
    Clock.Kind.FIRST_RESPONSE: (gettext_lazy("First response"), [Clock.Kind.FIRST_RESPONSE]),
    Clock.Kind.NEXT_RESPONSE: (gettext_lazy("Next response"), [Clock.Kind.NEXT_RESPONSE]),
    Clock.Kind.RESOLUTION: (gettext_lazy("Resolution"), [Clock.Kind.RESOLUTION]),
}
# By what the table tells the promises apart; also the names of the filters in the address.
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
# The order of the table: by which figure, and whether the largest comes first.
SORTS = {
    "counted": True,
    "late": True,
    "share": False,
    "median": True,
    "p90": True,
    "aim_share": False,
    "withdrawn": True,
}
COLUMN_OF_MONTH = {"jalali": "jalali_month", "gregorian": "gregorian_month"}


@dataclass(frozen=True)
class ReportFilter:
    """The filters of a report. `agent` is a person, "nobody" or ""."""

    period: Period
    kind: str = RESPONSES
    plan: Plan | None = None
    priority: str = ""
    category: str = ""
    agent: User | str = ""
    organization: Organization | None = None
    by: str = "plan"
    sort: str = ""
    result: str = ""

    @classmethod
    def read(cls, query, period):
        """The filters of a query string about `period`, in three queries at most."""
        return cls(
            period=period,
            kind=_known(query.get("kind"), KINDS, RESPONSES),
            plan=_plan(query.get("plan", "")),
            priority=_known(query.get("priority"), Priority.values),
            category=_known(query.get("category"), Category.values),
            agent=_agent(query.get("agent", "")),
            organization=Organization.objects.keyed(query.get("organization", "")),
            by=_known(query.get("by"), DIMENSIONS, "plan"),
            sort=_known(query.get("sort"), SORTS),
            result=_known(query.get("result"), RESULTS),
        )

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

    def pairs(self, *, with_table=True):
        """The filters that are set, as (name, value) of the address."""
        values = self.values()
        if not with_table:
            values |= {"by": "", "sort": ""}
        return [*self.period.pairs, *((name, value) for name, value in values.items() if value)]

    def values(self):
        """All filters but the period by their names in the address, empty ones too."""
        return {
            "kind": "" if self.kind == RESPONSES else self.kind,
            "plan": self.plan.key if self.plan else "",
            "priority": self.priority,
            "category": self.category,
            "agent": self.agent.pk if isinstance(self.agent, User) else self.agent,
            "organization": self.organization.key if self.organization else "",
            "by": "" if self.by == "plan" else self.by,
            "sort": self.sort,
            "result": self.result,
        }

    @property
    def query(self):
        return urlencode(self.pairs())

    def with_(self, **changes):
        """The query string of these filters with some of them changed."""
        return replace(self, **changes).query

    def tickets_href(self, result, **changes):
        """The list of what a number is made of."""
        return self.tickets_hrefs([result], **changes)[result]

    def tickets_hrefs(self, results, **changes):
        """The lists of what several numbers are made of, by result."""
        wanted = replace(self, result="", **changes)
        start = f"{reverse('reports:tickets')}?{urlencode(wanted.pairs(with_table=False))}"
        return {result: f"{start}&result={result}" for result in results}

    def report_href(self, **changes):
        """The report of these filters with some of them changed."""
        return f"{reverse('reports:report')}?{self.with_(result='', **changes)}"

    @property
    def here(self):
        """The report of exactly these filters."""
        return self.report_href()

    @property
    def previous_query(self):
        return self.with_(period=self.period.moved(-1), result="")

    @property
    def next_query(self):
        return self.with_(period=self.period.moved(1), result="")

    @property
    def kept(self):
        """The filters that the form does not ask for, which it sends along."""
        values = self.values()
        return [(name, values[name]) for name in ("kind", "by", "sort") if values[name]]

    # --- Words ------------------------------------------------------------------------------------

    def chips(self):
        """The filters that are set: what each says, and the address without it."""
        agent = _("nobody") if self.agent == NOBODY else self.agent
        said = {
            "plan": self.plan and self.plan.name,
            "priority": dict(Priority.choices).get(self.priority),
            "category": dict(Category.choices).get(self.category),
            "agent": agent,
            "organization": self.organization,
        }
        return [
            {
                "label": DIMENSIONS[name],
                "value": value,
                "off_href": "?" + self.with_(**{name: _nothing(name)}),
            }
            for name, value in said.items()
            if value
        ]

    @property
    def kind_label(self):
        return KINDS[self.kind][0]

    @property
    def result_label(self):
        if self.result == "open_late" and not self.is_of_responses:
            return _("Late, unresolved")
        return RESULT_LABELS.get(self.result, pgettext_lazy("promises", "All, withdrawn ones too"))

    @property
    def by_label(self):
        return DIMENSIONS[self.by]

    @property
    def by_heading(self):
        return HEADINGS[self.by]


def read_filter(query, *, today):
    """The filters of a query string, and what it says of the period."""
    asked = read_period(query, today=today)
    return ReportFilter.read(query, asked.period), asked


def _nothing(name):
    return None if name in {"plan", "organization"} else ""


def _known(value, allowed, default=""):
    return value if value in allowed else default


def _plan(key):
    if not re.fullmatch(r"[a-z0-9-]{1,40}", key, re.ASCII):
        return None
    return Plan.objects.filter(key=key).first()


def _agent(value):
    if value == NOBODY:
        return NOBODY
    return User.objects.filter(pk=value).first() or "" if _ID.fullmatch(value) else ""
