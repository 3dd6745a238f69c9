"""What a member asks of their list: its filters, order, columns and rows per page."""

from datetime import timedelta

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models import Priority
from tickets.choices import Category, Status
from tickets.lists.filters import Choice, Order, Search, Several
from tickets.lists.query import ListQuery
from tickets.querysets.list_order import order_of
from tickets.search.ticket_numbers import typed_number

from .columns import COLUMNS, HIDEABLE

DAY = timedelta(days=1)
STATUSES = {"open": _("All open"), **dict(Status.choices)}
UPDATED = {
    "today": _("Today"),
    "week": _("In the last 7 days"),
    "month": _("In the last 30 days"),
    "older": _("Longer ago"),
}
SPEAKERS = {"support": _("Support"), "us": pgettext_lazy("speaker", "Our side")}
DUE = {
    "over": _("Overdue"),
    "promised": _("With a due time"),
    "none": _("Without a due time"),
}


def _matching(tickets, text, reader):
    return tickets.matching(text, reader.user, number=typed_number(text))


def _in_status(tickets, status, reader):
    return tickets.open() if status == "open" else tickets.with_status(status)


def _updated(tickets, when, reader):
    if when == "older":
        return tickets.unchanged_publicly_since(reader.at - 30 * DAY)
    days = {"week": 7, "month": 30}.get(when)
    midnight = timezone.localtime(reader.at).replace(hour=0, minute=0, second=0, microsecond=0)
    return tickets.changed_publicly_since(reader.at - days * DAY if days else midnight)


def _by_due(tickets, due, reader):
    if due == "over":
        return tickets.overdue_at(reader.at)
    return tickets.with_due() if due == "promised" else tickets.without_due()


class PortalQuery(ListQuery):
    """The list that a member asks for: which tickets, in what order, how much of each."""

    text = Search(parameter="q", narrow=_matching)
    of = Choice(
        options={"mine": _("Only mine")},
        narrow=lambda tickets, _mine, reader: tickets.requested_by(reader.user),
    )
    status = Choice(_("Status"), STATUSES, narrow=_in_status)
    priority = Choice(
        _("Priority"),
        reversed(Priority.choices),
        narrow=lambda tickets, priority, _reader: tickets.with_priority(priority),
    )
    category = Choice(
        _("Category"),
        Category.choices,
        narrow=lambda tickets, category, _reader: tickets.in_category(category),
    )
    updated = Choice(_("Last update"), UPDATED, narrow=_updated)
    speaker = Choice(
        _("Last message"),
        SPEAKERS,
        narrow=lambda tickets, side, _reader: tickets.last_spoken_by(support=side == "support"),
    )
    due = Choice(_("Response time"), DUE, narrow=_by_due)
    sort = Order([each.key for each in COLUMNS if each.is_sortable], default="-updated")
    rows = Choice(options={10: "10", 25: "25", 50: "50"}, default=25, is_remembered=True)
    hidden = Several(HIDEABLE, parameter="hide", is_remembered=True)

    form_fields = ("text",)
    # Without any parameter the address is that of the list as it was kept.
    bare = "view=all"

    @classmethod
    def sent(cls, data):
        """What a form of the list asks for: the `view` it was shown in, with other columns and
        rows. A form without columns changes none."""
        view = cls.from_address(data.get("view", ""))
        changes = {"rows": cls.rows.parse(data.get("rows", "")) or view.rows}
        if "columns" in data:
            shown = data.getlist("column")
            changes["hidden"] = tuple(name for name in HIDEABLE if name not in shown)
        return view.with_(**changes)

    def apply(self, tickets, reader):
        """Those of `tickets` that are asked for, with a text the newest of them, in their
        order."""
        return self.narrow(tickets, reader).sorted_by(self.column, falling=self.is_falling)

    @property
    def column(self):
        return self.sort.removeprefix("-")

    @property
    def is_falling(self):
        return self.sort.startswith("-")

    @property
    def order(self):
        return order_of(self.column, falling=self.is_falling)

    @property
    def is_narrowed(self):
        """Whether filters or a search leave tickets out."""
        return bool(self.text) or super().is_narrowed

    def href_of_all(self):
        """The address without filters, of the whole organization."""
        menus = [name for name, each in self.filters.items() if each.label]
        return self.without("text", "of", *menus).href()


def way_back(view):
    """The address of the list for one who left it at `view` and is done."""
    return f"{reverse('tickets:list')}?{PortalQuery.page_query(QueryDict(view))}".removesuffix("?")
