"""What an agent asks of the queue, read from the address: unknown values are passed over."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organizations.models import Organization, User
from plans.models import Priority
from tickets.choices import Category, Status
from tickets.lists.counts import MOST_CHOICES
from tickets.querysets.rows import QUEUE_ORDER
from tickets.search.ticket_numbers import typed_number

OPEN, ANY = "", "any"
LONGEST_TEXT = 200
_ID = re.compile(r"[1-9][0-9]{0,17}")

LABELS = {
    "text": gettext_lazy("Search"),
    "due": gettext_lazy("Due"),
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "category": gettext_lazy("Category"),
    "organization": gettext_lazy("Organization"),
    "assignee": gettext_lazy("Assignee"),
}
STATUSES = {ANY: pgettext_lazy("status", "Any"), **dict(Status.choices)}
DUE = {"soon": gettext_lazy("Due soon")}


@dataclass(frozen=True)
class QueueFilter:
    """The filters of a list. Without a status it is of open tickets, in the queue's order."""

    text: str = ""
    due: str = ""
    status: str = OPEN
    priority: str = ""
    category: str = ""
    organization: Organization | None = None
    assignee: str | User = ""

    @classmethod
    def read(cls, query):
        """The filters of a query string, in two queries at most."""
        return cls(
            text=query.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT],
            due=_known(query.get("due"), DUE),
            status=_known(query.get("status"), STATUSES),
            priority=_known(query.get("priority"), Priority.values),
            category=_known(query.get("category"), Category.values),
            organization=Organization.objects.keyed(query.get("organization", "")),
            assignee=_assignee(query.get("assignee", "")),
        )

    def listed(self, tickets):
        """What is asked for (`of`) as rows in their order, and the fields they are sorted by."""
        if self.status == Status.CLOSED:
            return tickets.closed_last_first(), ["-closed_at", "-id"]
        if self.status == ANY:
            return tickets.with_queue_row().last_changed_first(), ["-public_updated_at", "-id"]
        return tickets.for_queue(), QUEUE_ORDER

    def of(self, tickets, agent, *, at):
        """Those of `tickets` that are asked for."""
        if self.in_queue_order:
            tickets = tickets.open()
        if self.text:
            tickets = tickets.matching(self.text, agent, number=typed_number(self.text))
        if self.due:
            tickets = tickets.due_soon_by(at)
        if self.status not in {OPEN, ANY}:
            tickets = tickets.with_status(self.status)
        if self.priority:
            tickets = tickets.with_priority(self.priority)
        if self.category:
            tickets = tickets.in_category(self.category)
        if self.organization:
            tickets = tickets.of_organization(self.organization)
        if self.assignee == "nobody":
            return tickets.unassigned()
        if self.assignee:
            return tickets.assigned_to(agent if self.assignee == "me" else self.assignee)
        return tickets

    @property
    def in_queue_order(self):
        return self.status not in {ANY, Status.CLOSED}

    @property
    def named_number(self):
        """The ticket that somebody means who typed nothing but its whole number."""
        prefixed = re.match(r"\s*[A-Za-z]", self.text)
        return typed_number(self.text) if prefixed else None

    @property
    def query(self):
        """The query string of these filters."""
        return urlencode(self.pairs())

    def pairs(self):
        """The filters that are set, as (name, value) of the address."""
        return [(name, value) for name, value in self.values().items() if value]

    def values(self):
        """All filters by their names in the address, empty ones too."""
        assignee = self.assignee.pk if isinstance(self.assignee, User) else self.assignee
        return {
            "q": self.text,
            "due": self.due,
            "status": self.status,
            "priority": self.priority,
            "category": self.category,
            "organization": self.organization.key if self.organization else "",
            "assignee": assignee,
        }

    def chips(self):
        """The filters that are set: what each says, and the address without it."""
        words = {
            "text": self.text,
            "due": DUE.get(self.due),
            "status": STATUSES.get(self.status),
            "priority": dict(Priority.choices).get(self.priority),
            "category": dict(Category.choices).get(self.category),
            "organization": self.organization,
            "assignee": {"me": _("me"), "nobody": _("nobody")}.get(self.assignee, self.assignee),
        }
        return [
            {"label": LABELS[name], "value": value, "off_href": f"?{self._without(name).query}"}
            for name, value in words.items()
            if value
        ]

    def _without(self, name):
        nothing = None if name == "organization" else ""
        if name == "text" and self.status == ANY:
            return replace(self, text="", status=OPEN)
        return replace(self, **{name: nothing})

    def choices(self):
        """The selects of the filter form: name, label, options with the chosen one."""
        known = list(Organization.objects.values_list("key", "name")[:MOST_CHOICES])
        agents = User.objects.agents().named()[:MOST_CHOICES]
        people = [("me", _("me")), ("nobody", _("nobody")), *agents]
        if self.organization and self.organization.key not in dict(known):
            known.insert(0, (self.organization.key, self.organization))
        options = {
            "status": [(OPEN, _("Open")), *STATUSES.items()],
            "priority": [("", _("Any")), *Priority.choices],
            "category": [("", _("Any")), *Category.choices],
            "organization": [("", _("Any")), *known],
            "assignee": [("", _("Any")), *people],
        }
        chosen = self.values()
        return [
            {"name": name, "label": LABELS[name], "options": found, "chosen": chosen[name]}
            for name, found in options.items()
        ]


def _known(value, allowed):
    return value if value in allowed else ""


def _assignee(value):
    if value in {"me", "nobody"}:
        return value
    if not _ID.fullmatch(value):
        return ""
    return User.objects.agents().filter(pk=value).first() or ""
