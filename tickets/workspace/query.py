"""What an agent asks of the queue: its filters, and the order that follows from them."""

import re

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organizations.models import User
from plans.models import Priority
from tickets.choices import Category, Status
from tickets.lists.filters import Choice, OrganizationFilter, PersonFilter, Search
from tickets.lists.query import ListQuery
from tickets.querysets.rows import QUEUE_ORDER
from tickets.search.ticket_numbers import typed_number

OPEN, ANY = "", "any"
STATUSES = {ANY: pgettext_lazy("status", "Any"), **dict(Status.choices)}


def _matching(tickets, text, reader):
    return tickets.matching(text, reader.user, number=typed_number(text))


def _in_status(tickets, status, _reader):
    return tickets if status == ANY else tickets.with_status(status)


def _assigned(tickets, assignee, reader):
    if assignee == "nobody":
        return tickets.unassigned()
    return tickets.assigned_to(reader.user if assignee == "me" else assignee)


class QueueQuery(ListQuery):
    """The list that an agent asks for. Without a status it is of open tickets, as the queue."""

    text = Search(_("Search"), parameter="q", narrow=_matching)
    due = Choice(
        _("Due"),
        {"soon": _("Due soon")},
        narrow=lambda tickets, _soon, reader: tickets.due_soon_by(reader.at),
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
    requester = PersonFilter(
        _("Requester"),
        people=User.objects.customers,
        words={},
        narrow=lambda tickets, person, _reader: tickets.requested_by(person),
    )

    form_fields = ("text", "status", "priority", "category", "organization", "assignee")

    def apply(self, tickets, reader):
        """Those of `tickets` that are asked for, without an order."""
        return self.narrow(tickets.open() if self.in_queue_order else tickets, reader)

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
