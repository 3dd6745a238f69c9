"""The page of the support plans: the document's table as one reader may see it."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.models import Plan, Priority
from plans.opening_hours import weekly_lines
from plans.promises import Promise, current_promises
from ui.wording import about_days, format_target

from . import permissions
from .models import Membership

MOST_ASKERS = 5


@dataclass(frozen=True)
class CellWords:
    """What a plan promises for one priority; no `target` is no commitment."""

    target: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One plan of the table. `is_present`: the plan that the reader's organization is on."""

    plan: Plan
    promise: Promise
    is_present: bool
    may_be_asked_for: bool

    @property
    def support_hours(self):
        return self.plan.support_hours

    @cached_property
    def opening_hours(self):
        """The working hours in words, a line each; none for 24/7."""
        if self.promise.is_around_the_clock:
            return []
        return weekly_lines(self.promise.working_time)

    @cached_property
    def lines(self):
        """(priority, words of its cell), in the document's order."""
        return [(each, _words(self.promise, each)) for each in Priority]


def plan_page(membership):
    """What the page shows to a person working in an organization (None: to staff, and to members
    of nothing): the columns from small to large, the reader's own plan, and who can ask."""
    organization = membership.organization if membership else None
    plans = list(plans_shown_to(organization))
    promises = current_promises(plans)
    may_ask = permissions.may_ask_for_plan(membership)
    present = organization.plan_id if organization else None
    columns = [
        Column(plan, promises[plan.pk], plan.pk == present, may_ask and plan.pk != present)
        for plan in plans
    ]
    return {
        "organization": organization,
        "columns": columns,
        "rows": [
            (priority, [(column, column.lines[priority.rank][1]) for column in columns])
            for priority in Priority
        ],
        "cards": sorted(columns, key=lambda column: not column.is_present),
        "present": next((column for column in columns if column.is_present), None),
        "may_ask": may_ask,
        "askers": [] if may_ask or organization is None else _askers(organization),
    }


def plans_shown_to(organization):
    """Plans that were published and are for everybody, and the one `organization` is on.

    A custom plan is shown to its organization once it is on it: a draft promises nothing yet.
    """
    shown = Q(custom__isnull=True)
    if organization:
        shown |= Q(pk=organization.plan_id)
    return Plan.objects.published().filter(shown)


def _askers(organization):
    """The names of those who can ask for another plan, owners first."""
    able = Membership.objects.of(organization).who_ask_for_plans().select_related("user")
    return [str(each.user) for each in able[:MOST_ASKERS]]


def _words(promise, priority):
    cell = promise.cell(priority)
    if cell.target is None:
        return CellWords(notes=_resolution(cell, promise))
    day, working = promise.working_time.typical_day, not promise.is_around_the_clock
    notes = []
    if working and cell.target > day:
        notes.append(about_days(cell.target, day))
    if cell.aim:
        aim = format_target(cell.aim, working, day=cell.aim)
        notes.append(pgettext("promise", "aim %(aim)s") % {"aim": aim})
    return CellWords(
        # The days are in the note below; the target itself is in hours alone.
        target=format_target(cell.target, working, day=max(day, cell.target)),
        notes=(*notes, *_resolution(cell, promise)),
    )


def _resolution(cell, promise):
    if cell.resolution is None:
        return ()
    working_time = promise.working_time
    target = format_target(
        cell.resolution, not promise.is_around_the_clock, day=working_time.typical_day
    )
    return (_("resolved in less than %(target)s") % {"target": target},)
