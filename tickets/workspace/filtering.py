"""The page on which the filters of the queue are chosen, several values each."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from organizations.models import Organization
from plans.models import Plan
from tickets.lists.counts import MOST_CHOICES
from tickets.prepared import Prepared

from .columns import COLUMNS
from .query import ASSIGNEES, TEAMS, QueueQuery
from .references import CUSTOMER
from .tags.boxes import boxes_for
from .teams.choices import agents_and_teams

# The filters that the page has fields for; it sends the others along.
FIELDS = (
    *("text", "due", "waiting", "status", "priority", "category", "organization", "plan"),
    *("requester", "assignee", "team", "tags", "opened_from", "opened_to", "age", "rating"),
    *("snoozed", "followed", "sort"),
)
DAYS = ("opened_from", "opened_to")


@dataclass(frozen=True)
class Box:
    """One value to choose; a tag has a colour."""

    value: str
    label: str
    is_chosen: bool
    colour: str = ""


@dataclass(frozen=True)
class BoxSet:
    """A filter of several values; of many, a field narrows what is shown."""

    name: str
    label: str
    boxes: list
    hint: str = ""

    @property
    def is_long(self):
        return len(self.boxes) > 8

    @property
    def chosen(self):
        return sum(1 for box in self.boxes if box.is_chosen)


@Prepared
def _organizations():
    return Organization.objects.values_list("key", "name")[:MOST_CHOICES]


def _plans():
    return [(each.key, each.name) for each in Plan.objects.all()[:MOST_CHOICES]]


class FilterPage:
    """The fields of the page as the address fills them in, and what is wrong with each."""

    def __init__(self, params, wanted, missing):
        self.params, self.wanted = params, wanted
        self.errors = dict(self._errors(missing))

    def _errors(self, missing):
        """(name of the parameter, sentence) of what was typed and means nothing."""
        unknown = [each.sentence for each in missing if each.kind == CUSTOMER]
        if unknown:
            yield "requester", " ".join(unknown)
        for name in DAYS:
            parameter = QueueQuery.filters[name].parameter
            typed = self.params.get(parameter, "").strip()
            if typed and getattr(self.wanted, name) is None:
                yield parameter, QueueQuery.filters[name].why_refused(typed)
        first, last = self.wanted.opened_from, self.wanted.opened_to
        if first and last and last < first:
            yield "to", _("The last day is before the first one.")

    @property
    def selects(self):
        return [
            {
                "name": name,
                "label": QueueQuery.filters[name].label,
                "options": QueueQuery.filters[name].select_options(getattr(self.wanted, name)),
                "chosen": getattr(self.wanted, name),
            }
            for name in ("due", "waiting", "age", "snoozed", "followed")
        ] + [self._order()]

    def _order(self):
        """By which column the list is sorted: phones show no heads that could be pressed."""
        options = []
        for column in COLUMNS:
            both = [column.key, f"-{column.key}"]
            first, other = reversed(both) if column.falls_first else both
            turned = _("%(column)s, reverse order") % {"column": column.label}
            options += [(first, column.label), (other, turned)] if column.is_sortable else []
        label = pgettext("sorting", "Order")
        return {"name": "sort", "label": label, "options": options, "chosen": self.wanted.sort}

    @property
    def days(self):
        """(parameter, label, what was typed, what is wrong) of each day."""
        return [self._day(name) for name in DAYS]

    def _day(self, name):
        each = QueueQuery.filters[name]
        parameter = each.parameter
        typed = self.params.get(parameter, "")
        day = getattr(self.wanted, name)
        shown = typed if parameter in self.errors else each.typed(day)
        return {
            "name": parameter,
            "label": each.label,
            "value": shown,
            "error": self.errors.get(parameter, ""),
        }

    @property
    def requester(self):
        """The chosen people as boxes, and the field that adds others by their addresses."""
        boxes = [Box(each.key, each.name, True) for each in self.wanted.requester]
        typed = self.params.get("requester", "") if "requester" in self.errors else ""
        return {"boxes": boxes, "typed": typed, "error": self.errors.get("requester", "")}

    @property
    def sets(self):
        """The filters of several values. Four statements for any number of them."""
        teams, agents = [], []
        for is_team, label, key in agents_and_teams.rows():
            (teams if is_team else agents).append((str(key), label))
        return [
            *(self._known(name) for name in ("status", "priority", "category")),
            self._rows("assignee", [*ASSIGNEES.items(), *agents]),
            self._rows("team", [*TEAMS.items(), *teams]),
            self._rows("organization", _organizations.rows()),
            self._rows("plan", _plans()),
            self._tags(),
            self._known("rating"),
        ]

    def _known(self, name):
        each, chosen = QueueQuery.filters[name], getattr(self.wanted, name)
        boxes = [Box(str(value), label, value in chosen) for value, label in each.options.items()]
        hint = _("If nothing is selected: all open tickets.") if name == "status" else ""
        return BoxSet(each.parameter, each.label, boxes, hint)

    def _rows(self, name, options):
        """The rows to choose from, and the chosen ones where there are too many to list."""
        each = QueueQuery.filters[name]
        chosen = {one.key: one.name for one in getattr(self.wanted, name)}
        listed = dict(options)
        listed |= {key: label for key, label in chosen.items() if key not in listed}
        boxes = [Box(key, label, key in chosen) for key, label in listed.items()]
        return BoxSet(each.parameter, each.label, boxes)

    def _tags(self):
        each = QueueQuery.filters["tags"]
        found = boxes_for({one.pk for one in self.wanted.tags})
        boxes = [Box(str(tag.key), tag.name, tag.is_chosen, tag.colour) for tag in found]
        return BoxSet(each.parameter, each.label, boxes, _("A ticket must have all of them."))

    @property
    def hidden_inputs(self):
        return self.wanted.without(*FIELDS).pairs()
