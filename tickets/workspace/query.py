"""What an agent asks of the queue: its filters, and the order that follows from them."""

import re
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organizations.models import User
from plans.models import Priority
from tickets.choices import Age, Category, Status
from tickets.lists.filters import (
    Choice,
    Filter,
    OrganizationFilter,
    PersonFilter,
    Record,
    Records,
    Search,
)
from tickets.lists.query import ListQuery
from tickets.models import Team
from tickets.querysets.rows import QUEUE_ORDER
from tickets.search.ticket_numbers import typed_number
from ui.keys import key_in
from ui.wording import GREGORIAN_YEARS, format_time, format_weekday_datetime, start_of_day

from .tags.boxes import tag_boxes, tags_of_keys
from .teams.choices import agents_and_teams

OPEN, ANY = "", "any"
HOUR = timedelta(hours=1)
STATUSES = {ANY: pgettext_lazy("status", "Any"), **dict(Status.choices)}


def _matching(tickets, text, reader):
    return tickets.matching(text, reader.user, number=typed_number(text))


def _in_status(tickets, status, _reader):
    return tickets if status == ANY else tickets.with_status(status)


def _assigned(tickets, assignee, reader):
    if assignee == "nobody":
        return tickets.unassigned()
    return tickets.assigned_to(reader.user if assignee == "me" else assignee)


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


def _in_team(tickets, team, reader):
    if team == "mine":
        return tickets.of_teams_of(reader.user)
    return tickets.routed_to(None if team == "none" else team)


class TeamFilter(Record):
    """A team by its number, the teams of the reader, or none."""

    default = ""
    words = {"mine": _("my teams"), "none": pgettext_lazy("team", "none")}

    def __init__(self, label, **settings):
        super().__init__(label, find=self._find, choices=tuple, **settings)

    def _find(self, text):
        if text in self.words:
            return text
        key = key_in(text)
        return None if key is None else Team.objects.living().keyed(key)

    def write(self, value):
        return value.pk if isinstance(value, Team) else value

    def describe(self, value):
        return self.words.get(value, value) if isinstance(value, str) else value


class QueueQuery(ListQuery):
    """The list that an agent asks for. Without a status it is of open tickets, as the queue."""

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
    status = Choice(_("Status"), STATUSES, unset=_("Open"), narrow=_in_status)
    priority = Choice(
        _("Priority"),
        Priority.choices,
        narrow=lambda tickets, priority, _reader: tickets.with_priority(priority),
    )
    category = Choice(
        _("Category"),
        Category.choices,
        narrow=lambda tickets, category, _reader: tickets.in_category(category),
    )
    organization = OrganizationFilter(
        _("Organization"),
        narrow=lambda tickets, organization, _reader: tickets.of_organization(organization),
    )
    assignee = PersonFilter(
        _("Assignee"),
        people=User.objects.agents,
        words={"me": _("me"), "nobody": _("nobody")},
        narrow=_assigned,
    )
    team = TeamFilter(_("Team"), narrow=_in_team)
    requester = PersonFilter(
        _("Requester"),
        people=User.objects.customers,
        words={},
        narrow=lambda tickets, person, _reader: tickets.requested_by(person),
    )

    age = Choice(
        _("Age"), Age.choices, narrow=lambda tickets, age, reader: tickets.of_age(age, reader.at)
    )
    closed = Choice(
        pgettext_lazy("tickets", "Closed"),
        {"automatically": _("automatically, today")},
        narrow=lambda tickets, _how, reader: tickets.closed_automatically_since(
            start_of_day(reader.at)
        ),
    )

    # Put away by an agent: the lists of the queue leave these out.
    snoozed = Choice(
        _("Snoozed"),
        {
            "only": pgettext_lazy("snoozed tickets", "only these"),
            "too": pgettext_lazy("snoozed tickets", "these too"),
        },
        narrow=lambda tickets, snoozed, _reader: (
            tickets.snoozed() if snoozed == "only" else tickets
        ),
    )

    tags = Records(
        _("Tags"),
        find=tags_of_keys,
        choices=tag_boxes,
        narrow=lambda tickets, tags, _reader: tickets.tagged([key for key, _name in tags]),
    )

    form_fields = (
        *("text", "status", "priority", "category", "organization", "assignee", "team"),
        "tags",
    )

    def read_choices(self):
        agents, teams = list(QueueQuery.assignee.words.items()), list(TeamFilter.words.items())
        for is_team, label, key in agents_and_teams.rows():
            (teams if is_team else agents).append((key, label))
        return {"assignee": agents, "team": teams}

    def apply(self, tickets, reader):
        """Those of `tickets` that are asked for, without an order."""
        if self.in_queue_order:
            tickets = tickets.open()
            # What was promised is never hidden: a list by due has what is snoozed too.
            if not (self.snoozed or self.due or self.hour):
                tickets = tickets.awake()
        return self.narrow(tickets, reader)

    @property
    def order(self):
        """The fields that the list is sorted by."""
        if self.status == Status.CLOSED:
            return ["-closed_at", "-id"]
        return ["-public_updated_at", "-id"] if self.status == ANY else QUEUE_ORDER

    def ordered(self, tickets):
        """The found tickets as rows in their order."""
        if self.status == Status.CLOSED:
            return tickets.closed_last_first()
        if self.status == ANY:
            return tickets.with_queue_row().last_changed_first()
        return tickets.for_queue()

    @property
    def in_queue_order(self):
        return self.status not in {ANY, Status.CLOSED}

    @property
    def named_number(self):
        """The ticket that somebody means who typed nothing but its whole number."""
        prefixed = re.match(r"\s*[A-Za-z]", self.text)
        return typed_number(self.text) if prefixed else None

    def without(self, *names):
        """The same query without these filters. A search is of tickets in any status: without
        its text, the open ones are shown again."""
        is_search = "text" in names and self.status == ANY
        return super().without(*names, *(["status"] if is_search else []))
