"""What an agent asks of the queue: its filters, and the order that follows from them."""

import re
from datetime import UTC, datetime, time, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models import Priority
from tickets.choices import SCORES, Age, Category, Status
from tickets.lists.filters import Choice, Choices, DayFilter, Filter, Order, Search
from tickets.lists.query import ListQuery
from tickets.querysets.list_order import COLUMNS_OF_ALL, OPEN_COLUMNS, open_order_of
from tickets.querysets.rows import QUEUE_ORDER
from tickets.search.ticket_numbers import typed_number
from ui.keys import key_in
from ui.wording import (
    GREGORIAN_YEARS,
    format_duration,
    format_time,
    format_weekday_datetime,
    start_of_day,
)

from .columns import KEYS
from .references import (
    AGENT,
    CUSTOMER,
    ORGANIZATION,
    PLAN,
    TAG,
    TEAM,
    References,
    has_word,
    keys_in,
    known_rows,
)

ANY, BY_DUE = "any", "due"
HOUR = timedelta(hours=1)
# For how many hours something has waited at least.
WAITING = {hours: lazy(format_duration, str)(hours * HOUR) for hours in (1, 2, 4, 8, 24, 72, 168)}
RATINGS = {**dict(reversed(SCORES.items())), 0: _("No rating")}
# As far back as the card of a customer looks.
LATELY = timedelta(days=90)
STATUSES = {ANY: pgettext_lazy("status", "Any"), **dict(Status.choices)}


def _matching(tickets, text, reader):
    return tickets.matching(text, reader.user, number=typed_number(text))


def _in_status(tickets, statuses, _reader):
    return tickets if ANY in statuses else tickets.with_statuses(statuses)


def _assigned(tickets, chosen, reader):
    people = [reader.user] if has_word(chosen, "me") else []
    return tickets.assigned_to_any([*people, *keys_in(chosen)], nobody=has_word(chosen, "nobody"))


def _in_team(tickets, chosen, reader):
    member = reader.user if has_word(chosen, "mine") else None
    return tickets.of_teams(keys_in(chosen), none=has_word(chosen, "none"), member=member)


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time()))


class StatusFilter(Choices):
    """Any of the statuses; with "any" among them, of all."""

    unset = _("Open")

    def parse(self, text):
        found = super().parse(text)
        return (ANY,) if found and ANY in found else found


class KeyFilter(Filter):
    """The key of a row, which narrows nothing."""

    default = None

    def parse(self, text):
        return key_in(text)

    def write(self, key):
        return "" if key is None else key


class ColumnsFilter(Filter):
    """Columns of the list in their order; the title is always among them."""

    default = ()

    def parse(self, text):
        found = tuple(dict.fromkeys(each for each in text.split(",") if each in KEYS))
        return (found if "title" in found else ("title", *found)) if found else None

    def write(self, value):
        return ",".join(value)


class HourFilter(Filter):
    """The hour that begins at a moment, in the address as 20261129T0630Z."""

    default = None

    def parse(self, text):
        try:
            start = datetime.strptime(text, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        except ValueError:
            return None
        return start if start.year in GREGORIAN_YEARS else None

    def write(self, start):
        return f"{start.astimezone(UTC):%Y%m%dT%H%MZ}" if start else ""

    def describe(self, start):
        return _("%(start)s to %(end)s") % {
            "start": format_weekday_datetime(start),
            "end": format_time(start + HOUR),
        }


ASSIGNEES = {"me": _("me"), "nobody": _("nobody")}
TEAMS = {"mine": _("my teams"), "none": pgettext_lazy("team", "none")}


class QueueQuery(ListQuery):
    """The list that an agent asks for. Without a status it is of open tickets, as the queue.

    Of a filter that takes several values any one fits; of the tags a ticket has all. `columns` are
    those of the address alone, where it names some; `view` is the saved view that it began from.
    """

    text = Search(_("Search"), parameter="q", narrow=_matching)
    due = Choice(
        _("Due"),
        {"soon": _("Due soon"), "overdue": _("Overdue")},
        narrow=lambda tickets, due, reader: (
            tickets.due_soon_by(reader.at) if due == "soon" else tickets.overdue_at(reader.at)
        ),
    )
    hour = HourFilter(
        _("Due"), narrow=lambda tickets, start, _reader: tickets.due_within(start, start + HOUR)
    )
    waiting = Choice(
        _("Waiting longer than"),
        WAITING,
        narrow=lambda tickets, hours, reader: tickets.waiting_since_before(
            reader.at - hours * HOUR
        ),
    )
    status = StatusFilter(_("Status"), STATUSES, narrow=_in_status)
    priority = Choices(
        _("Priority"),
        reversed(Priority.choices),
        narrow=lambda tickets, chosen, _reader: tickets.with_priorities(chosen),
    )
    category = Choices(
        _("Category"),
        Category.choices,
        narrow=lambda tickets, chosen, _reader: tickets.in_categories(chosen),
    )
    organization = References(
        _("Organization"),
        kind=ORGANIZATION,
        narrow=lambda tickets, chosen, _reader: tickets.of_organizations(keys_in(chosen)),
    )
    plan = References(
        _("Plan"),
        kind=PLAN,
        narrow=lambda tickets, chosen, _reader: tickets.of_plans(keys_in(chosen)),
    )
    requester = References(
        _("Requester"),
        kind=CUSTOMER,
        narrow=lambda tickets, chosen, _reader: tickets.requested_by_any(keys_in(chosen)),
    )
    assignee = References(_("Assignee"), kind=AGENT, words=ASSIGNEES, narrow=_assigned)
    team = References(_("Team"), kind=TEAM, words=TEAMS, narrow=_in_team)
    tags = References(
        _("Tags"),
        kind=TAG,
        narrow=lambda tickets, chosen, _reader: tickets.tagged(keys_in(chosen)),
    )
    opened_from = DayFilter(
        pgettext_lazy("tickets", "Opened from"),
        parameter="from",
        narrow=lambda tickets, day, _reader: tickets.filed_from(_midnight(day)),
    )
    opened_to = DayFilter(
        pgettext_lazy("tickets", "Opened until"),
        parameter="to",
        narrow=lambda tickets, day, _reader: tickets.filed_before(
            _midnight(day) + timedelta(days=1)
        ),
    )
    age = Choice(
        _("Age"), Age.choices, narrow=lambda tickets, age, reader: tickets.of_age(age, reader.at)
    )
    rating = Choices(
        _("Rating"), RATINGS, narrow=lambda tickets, chosen, _reader: tickets.rated(chosen)
    )
    closed = Choice(
        pgettext_lazy("tickets", "Closed"),
        {"automatically": _("automatically, today")},
        narrow=lambda tickets, _how, reader: tickets.closed_automatically_since(
            start_of_day(reader.at)
        ),
    )

    followed = Choice(
        _("Followed"),
        {"me": _("by me")},
        narrow=lambda tickets, _whom, reader: tickets.followed_by(reader.user),
    )
    breached = Choice(
        _("Overdue at some time"),
        {"recent": _("in the last 90 days")},
        narrow=lambda tickets, _when, reader: tickets.breached_since(reader.at - LATELY),
    )
    rated = Choice(
        _("Rated"),
        {"recent": _("in the last 90 days")},
        narrow=lambda tickets, _when, reader: tickets.rated_since(reader.at - LATELY),
    )
    # Put away by an agent: the lists of the queue leave these out.
    snoozed = Choice(
        _("Snoozed"),
        {
            "only": pgettext_lazy("snoozed tickets", "Only these"),
            "too": pgettext_lazy("snoozed tickets", "Shown too"),
        },
        unset=pgettext_lazy("snoozed tickets", "Not shown"),
        narrow=lambda tickets, snoozed, _reader: (
            tickets.snoozed() if snoozed == "only" else tickets
        ),
    )
    sort = Order(OPEN_COLUMNS, default=BY_DUE)
    columns = ColumnsFilter()
    view = KeyFilter()

    # --- Reading ----------------------------------------------------------------------------------

    @classmethod
    def references(cls):
        """Its filters that refer to rows, by name."""
        return {name: each for name, each in cls.filters.items() if isinstance(each, References)}

    @classmethod
    def read(cls, params, usual=None, **given):
        [(wanted, _missing)] = cls.read_all([params], usual=usual, **given)
        return wanted

    @classmethod
    def read_all(cls, addresses, usual=None, **given):
        """The query of each, of parameters or query strings, and what each refers to in vain. All
        that they refer to is read in one statement."""
        addresses = [QueryDict(each) if isinstance(each, str) else each for each in addresses]
        asked, filters = {}, cls.references()
        for each in filters.values():
            keys = (key for params in addresses for key in each.asked(params))
            asked.setdefault(each.kind, set()).update(keys)
        known = known_rows(asked)
        return [
            (
                super(QueueQuery, cls).read(
                    params,
                    usual,
                    **{name: each.chosen(params, known) for name, each in filters.items()},
                    **given,
                ),
                [gone for each in filters.values() for gone in each.missing(params, known)],
            )
            for params in addresses
        ]

    # --- Rows -------------------------------------------------------------------------------------

    def apply(self, tickets, reader):
        """Those of `tickets` that are asked for, without an order."""
        if self.is_of_open:
            tickets = tickets.open()
            # What was promised is never hidden: a list by due has what is snoozed too.
            if not (self.snoozed or self.due or self.hour):
                tickets = tickets.awake()
        return self.narrow(tickets, reader)

    @property
    def is_of_open(self):
        """Whether all of them are open: of these there is an index for every order."""
        return not {ANY, Status.CLOSED.value} & set(self.status)

    @property
    def is_sorted(self):
        """Whether the list is sorted by a column that was asked for."""
        return self.sort != BY_DUE and self.can_sort_by(self.sort.removeprefix("-"))

    def can_sort_by(self, column):
        return self.is_of_open or column in COLUMNS_OF_ALL

    @property
    def _sorting(self):
        """The arguments of `open_order_of`."""
        return {"column": self.sort.removeprefix("-"), "falling": self.sort.startswith("-")}

    @property
    def usual_order(self):
        """The fields that the list is sorted by where nobody asked for a column."""
        if self.is_of_open:
            return QUEUE_ORDER
        if self.status == (Status.CLOSED.value,):
            return ["-closed_at", "-id"]
        return ["-public_updated_at", "-id"]

    @property
    def order(self):
        """The fields that the list is sorted by."""
        return open_order_of(**self._sorting) if self.is_sorted else self.usual_order

    def sorted(self, tickets):
        """The tickets in their order, with the place by which they are sorted where it has one."""
        if self.is_sorted:
            return tickets.sorted_open(**self._sorting)
        return tickets.order_by(*self.usual_order)

    def keys(self, tickets):
        """The found tickets in their order, as named tuples of what they are sorted by."""
        names = [name.removeprefix("-") for name in self.order]
        return self.sorted(tickets).values_list(*dict.fromkeys([*names, "id"]), named=True)

    @property
    def in_queue_order(self):
        return self.is_of_open and not self.is_sorted

    @property
    def named_number(self):
        """The ticket that somebody means who typed nothing but its whole number."""
        prefixed = re.match(r"\s*[A-Za-z]", self.text)
        return typed_number(self.text) if prefixed else None

    @property
    def reckons_from_now(self):
        """Whether a filter is of moments that are reckoned from the present one."""
        return bool(self.waiting or self.age or self.closed or self.breached or self.rated)

    @property
    def is_common(self):
        """Whether it is one of few lists, whose statements are worth keeping: all that it asks for
        has a handful of values, and nothing is reckoned from the present moment."""
        refers = any(each.pk for name in self.references() for each in getattr(self, name))
        days = self.hour or self.opened_from or self.opened_to
        return not (self.text or days or refers or self.reckons_from_now)

    @property
    def narrowing(self):
        """The query without what is about its looks alone."""
        return self.without("columns", "view")

    def without(self, *names):
        """The same query without these filters. A search is of tickets in any status: without
        its text, the open ones are shown again."""
        is_search = "text" in names and self.status == (ANY,)
        return super().without(*names, *(["status"] if is_search else []))
