"""What a member asks of their list, read from the address: unknown values are passed over."""

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models import Priority
from tickets.choices import Category, Status
from tickets.querysets.list_order import COLUMNS, order_of
from tickets.search.ticket_numbers import typed_number

LONGEST_TEXT = 200
ROWS = (10, 25, 50)
NEWEST_FIRST = "-updated"
ADDRESS_OF_ALL = "view=all"
DAY = timedelta(days=1)

LABELS = {
    "number": _("Number"),
    "title": _("Title"),
    "speaker": _("Last message"),
    "priority": _("Priority"),
    "category": _("Category"),
    "status": _("Status"),
    "updated": _("Last update"),
    "due": _("Response time"),
}
HIDEABLE = tuple(name for name in LABELS if name != "title")
# What a first press on a head asks for: the latest, the gravest.
FALLING_FIRST = {"number", "updated", "priority", "speaker"}
CHOICES = {
    "status": {"open": _("All open"), **dict(Status.choices)},
    "priority": dict(reversed(Priority.choices)),
    "category": dict(Category.choices),
    "updated": {
        "today": _("Today"),
        "week": _("In the last 7 days"),
        "month": _("In the last 30 days"),
        "older": _("Longer ago"),
    },
    "speaker": {"support": _("Support"), "us": pgettext_lazy("speaker", "Our side")},
    "due": {
        "over": _("Overdue"),
        "promised": _("With a due time"),
        "none": _("Without a due time"),
    },
}


@dataclass(frozen=True)
class PortalQuery:
    """The list that is asked for: which tickets, in what order, how much of each."""

    text: str = ""
    of: str = ""
    status: str = ""
    priority: str = ""
    category: str = ""
    updated: str = ""
    speaker: str = ""
    due: str = ""
    sort: str = NEWEST_FIRST
    rows: int = 25
    hidden: tuple = ()
    # Which of `rows` and `hidden` the address names itself, whatever the person's usual ones are.
    named: frozenset = frozenset()

    @classmethod
    def read(cls, params, usual=None):
        """The list of a query string; rows and columns it does not name are the `usual` ones."""
        usual = usual or cls()
        rows = {str(number): number for number in ROWS}.get(params.get("rows"), usual.rows)
        asked_hidden = params.get("hide", "").split(",")
        hidden = tuple(name for name in HIDEABLE if name in asked_hidden)
        return cls(
            text=_text(params.get("q", "")),
            of="mine" if params.get("of") == "mine" else "",
            **{name: _known(params.get(name), known) for name, known in CHOICES.items()},
            sort=_sort(params.get("sort", "")),
            rows=rows,
            hidden=hidden if "hide" in params else usual.hidden,
            named=frozenset({"rows", "hide"} & set(params)),
        )

    @classmethod
    def kept(cls, query):
        """The list of an address that was kept, or sent to be."""
        return cls.read(QueryDict(query.removeprefix("?")))

    @classmethod
    def sent(cls, data):
        """What a form of the list asks for: the `view` it was shown in, with other columns and
        rows. A form that shows no columns says nothing of them."""
        view = cls.kept(data.get("view", ""))
        rows = {str(number): number for number in ROWS}.get(data.get("rows"), view.rows)
        hidden = view.hidden
        if "columns" in data:
            shown = data.getlist("column")
            hidden = tuple(name for name in HIDEABLE if name not in shown)
        return replace(view, rows=rows, hidden=hidden)

    def of_tickets(self, tickets, user, *, at, day_start):
        """Those of `tickets` that are asked for, in their order. `day_start` is the reader's
        midnight before `at`."""
        if self.of:
            tickets = tickets.requested_by(user)
        if self.status:
            is_open = self.status == "open"
            tickets = tickets.open() if is_open else tickets.with_status(self.status)
        if self.priority:
            tickets = tickets.with_priority(self.priority)
        if self.category:
            tickets = tickets.in_category(self.category)
        if self.speaker:
            tickets = tickets.last_spoken_by(support=self.speaker == "support")
        if self.text:
            tickets = tickets.matching(self.text, user, number=typed_number(self.text))
        tickets = self._in_time(tickets, at, day_start)
        return tickets.sorted_by(self.column, falling=self.is_falling)

    def _in_time(self, tickets, at, day_start):
        since = {"today": day_start, "week": at - 7 * DAY, "month": at - 30 * DAY}
        if self.updated == "older":
            tickets = tickets.unchanged_publicly_since(since["month"])
        elif self.updated:
            tickets = tickets.changed_publicly_since(since[self.updated])
        if self.due == "over":
            return tickets.overdue_at(at)
        if self.due:
            return tickets.with_due() if self.due == "promised" else tickets.without_due()
        return tickets

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
        return bool(self.text or any(getattr(self, name) for name in CHOICES))

    @property
    def to_keep(self):
        """The address to find the list at the next time: what one searched for is over."""
        return replace(self, text="", named=frozenset()).query

    @property
    def query(self):
        return urlencode(self.pairs())

    def pairs(self):
        """What differs from the list that nobody changed, as (name, value) of the address."""
        pairs = [("q", self.text), ("of", self.of)]
        pairs += [(name, getattr(self, name)) for name in CHOICES]
        pairs += [("sort", self.sort if self.sort != NEWEST_FIRST else "")]
        pairs = [(name, value) for name, value in pairs if value]
        if self.rows != PortalQuery.rows or "rows" in self.named:
            pairs.append(("rows", str(self.rows)))
        if self.hidden or "hide" in self.named:
            pairs.append(("hide", ",".join(self.hidden)))
        return pairs

    def href(self, **changes):
        """The address of the list with something else asked for."""
        # Without any words an address is that of the list as it was kept.
        return f"?{replace(self, **changes).query or ADDRESS_OF_ALL}"

    def href_of_all(self):
        """The address without filters, of the whole organization."""
        return self.href(text="", of="", **dict.fromkeys(CHOICES, ""))


def address_of_page(params):
    """The words of the address of a page of the list, its place in it included."""
    place = [(name, params[name]) for name in ("after", "before") if params.get(name)]
    return urlencode([*PortalQuery.read(params).pairs(), *place])


def way_back(view):
    """The address of the list for one who left it at `view` and is done."""
    return f"{reverse('tickets:list')}?{address_of_page(QueryDict(view))}".removesuffix("?")


def _text(value):
    """What one searches for; more than the field takes was not typed there."""
    text = value.replace("\0", "").strip()
    return text if len(text) <= LONGEST_TEXT else ""


def _known(value, allowed):
    return value if value in allowed else ""


def _sort(value):
    return value if value.removeprefix("-") in COLUMNS else NEWEST_FIRST
