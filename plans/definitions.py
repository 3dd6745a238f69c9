"""What a plan and a calendar say now, in the form that their versions keep."""

import hashlib

from .models import Plan, Priority


def targets_of(plan):
    """The matrix of a plan as `PlanVersion.targets` holds it; every priority is named."""
    cells = {each.priority: each for each in plan.targets.all()}
    return {
        str(priority): {
            name: seconds_of(getattr(cells.get(priority), name, None))
            for name in ("target", "aim", "resolution")
        }
        for priority in Priority
    }


def seconds_of(duration):
    """Whole seconds, or None for no duration."""
    return None if duration is None else int(duration.total_seconds())


def definition_of(calendar):
    """The hours and holidays of a calendar as `CalendarVersion.definition` holds them."""
    weekly = {str(day): [] for day in range(7)}
    for each in calendar.working_hours.order_by("weekday", "starts_at"):
        weekly[str(each.weekday)].append(list(each.minutes))
    return {
        "time_zone": calendar.time_zone,
        "weekly": weekly,
        "holidays": {
            each.held_on.isoformat(): {"fa": each.name_fa, "en": each.name_en}
            for each in calendar.holidays.order_by("held_on")
        },
    }


def state_of(thing):
    """A short mark of all that a plan or a calendar says; another one after any change."""
    fields = [field.value_from_object(thing) for field in thing._meta.concrete_fields]
    if isinstance(thing, Plan):
        rows = targets_of(thing)
    else:
        days = thing.holidays.order_by("held_on").values_list("held_on", "is_estimate")
        rows = [definition_of(thing), list(days)]
    return hashlib.sha256(repr([fields, rows]).encode()).hexdigest()[:16]
