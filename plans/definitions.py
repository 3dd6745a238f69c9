"""What a plan and a calendar say now, in the form that their versions keep."""

import hashlib
from datetime import UTC

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
    """All that a calendar says about time, as `CalendarVersion.definition` holds it."""
    weekly = {str(day): [] for day in range(7)}
    for each in calendar.working_hours.order_by("weekday", "starts_at"):
        weekly[str(each.weekday)].append(list(each.minutes))
    definition = {
        "time_zone": calendar.time_zone,
        "weekly": weekly,
        "holidays": _holidays_of(calendar),
    }
    # Left out when empty: a calendar that has none says what its old versions say.
    extra, closures = _extra_of(calendar), closures_of(calendar)
    return (
        definition
        | ({"extra": extra} if extra else {})
        | ({"closures": closures} if closures else {})
    )


def _holidays_of(calendar):
    by_day = {}
    for each in calendar.holidays.order_by("held_on", "starts_at"):
        entry = {"fa": each.name_fa, "en": each.name_en}
        if each.starts_at is not None:
            entry |= dict(zip(("from", "to"), each.minutes, strict=True))
        by_day.setdefault(each.held_on.isoformat(), []).append(entry)
    return {day: entries[0] if len(entries) == 1 else entries for day, entries in by_day.items()}


def _extra_of(calendar):
    by_day = {}
    for each in calendar.extra_hours.order_by("opens_on", "starts_at"):
        by_day.setdefault(each.opens_on.isoformat(), []).append(list(each.minutes))
    return by_day


def closures_of(calendar):
    """The declared closures as a version keeps them."""
    return [
        {
            "from": each.starts_at.astimezone(UTC).isoformat(),
            "to": each.reopens_at.astimezone(UTC).isoformat(),
            "fa": each.reason_fa,
            "en": each.reason_en,
        }
        for each in calendar.closures.order_by("starts_at", "pk")
        if each.starts_at < each.reopens_at
    ]


def state_of(thing):
    """A short mark of all that a plan or a calendar says; another one after any change."""
    fields = [field.value_from_object(thing) for field in thing._meta.concrete_fields]
    if isinstance(thing, Plan):
        rows = targets_of(thing)
    else:
        days = thing.holidays.order_by("held_on", "starts_at").values_list("held_on", "is_estimate")
        rows = [definition_of(thing), list(days)]
    return hashlib.sha256(repr([fields, rows]).encode()).hexdigest()[:16]
