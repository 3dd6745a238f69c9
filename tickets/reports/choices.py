"""The form in which the filters of a report are set: its selects with what can be chosen."""

from django.utils.translation import gettext as _

from organizations.models import Organization, User
from plans.models import Plan, Priority
from tickets.choices import Category
from tickets.lists.counts import MOST_CHOICES

from .filters import DIMENSIONS, NOBODY


def choices(wanted):
    """The selects of the filter form: name, label, options with the chosen one. Three queries."""
    plans = [(plan.key, plan.name) for plan in Plan.objects.all()[:MOST_CHOICES]]
    people = User.objects.agents().named()[:MOST_CHOICES]
    organizations = list(Organization.objects.values_list("key", "name")[:MOST_CHOICES])
    options = {
        "plan": plans,
        "priority": Priority.choices,
        "category": Category.choices,
        "agent": [(NOBODY, _("nobody")), *people],
        "organization": organizations,
    }
    chosen = wanted.values()
    shown = {
        "plan": wanted.plan and wanted.plan.name,
        "agent": wanted.agent,
        "organization": wanted.organization,
    }
    return [
        {
            "name": name,
            "label": DIMENSIONS[name],
            "options": _with(found, chosen[name], shown.get(name)),
            "chosen": chosen[name],
        }
        for name, found in options.items()
    ]


def _with(found, chosen, label):
    """The choices, and the present one if it is not among the first of very many."""
    if chosen and label and chosen not in dict(found):
        found = [(chosen, label), *found]
    return [("", _("Any")), *found]
