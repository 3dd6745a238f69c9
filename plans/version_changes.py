"""What changed between two versions of a plan or a calendar, in the reader's words.

Each change is (of what, from, to); a dash means that there is no value.
"""

from datetime import date, datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ui.wording import digits, format_date, format_datetime, format_target

from .models import Priority, Weekday
from .promises import promise_of

NOTHING = "–"


def plan_changes(before, after):
    """Cells and calendar of two versions of a plan."""
    labels = {
        "target": _("Response target"),
        "aim": _("Aim"),
        "resolution": _("Resolution target"),
    }
    # Only the cells: the calendar has versions of its own.
    promises = [promise_of(version, None) for version in (before, after)]
    changes = []
    for priority in Priority:
        cells = [promise.cell(priority) for promise in promises]
        for name, label in labels.items():
            old, new = (getattr(cell, name) for cell in cells)
            if old != new:
                written = _target(old, before), _target(new, after)
                changes.append((_(", ").join([str(priority.label), label]), *written))
    if before.calendar_id != after.calendar_id:
        changes.append((_("Calendar"), _calendar(before), _calendar(after)))
    return changes


def calendar_changes(before, after):
    """Zone, hours, holidays, extra hours and closures of two versions of a calendar."""
    old, new = before.definition, after.definition
    changes = []
    if old["time_zone"] != new["time_zone"]:
        changes.append((_("Time zone"), old["time_zone"], new["time_zone"]))
    for day in Weekday:
        hours = [each["weekly"].get(str(day.value), []) for each in (old, new)]
        if hours[0] != hours[1]:
            changes.append((day.label, *map(_hours, hours)))
    changes += _dated(old, new, "holidays", _("Holiday on %(date)s"), _holidays)
    changes += _dated(old, new, "extra", _("Extra hours on %(date)s"), _hours)
    return changes + _closures(old, new)


def _target(duration: timedelta | None, version):
    """As it is promised: in working time where the version counts in a calendar."""
    if duration is None:
        return NOTHING
    return format_target(duration, version.calendar_id is not None, day=duration)


def _calendar(version):
    return digits("24/7") if version.calendar is None else version.calendar.name


def _dated(old, new, key, title, written):
    """Changes of the entries that are keyed by date."""
    olds, news = (each.get(key, {}) for each in (old, new))
    return [
        (
            title % {"date": format_date(date.fromisoformat(day))},
            written(olds.get(day, [])),
            written(news.get(day, [])),
        )
        for day in sorted({*olds, *news})
        if olds.get(day) != news.get(day)
    ]


def _hours(stretches):
    return _(", ").join(map(_stretch, stretches)) or NOTHING


def _stretch(minutes):
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in minutes)
    return digits(f"{start}–{end}")


def _holidays(entries):
    entries = [entries] if isinstance(entries, dict) else entries
    written = [
        f"{_name(each)} ({_stretch((each['from'], each['to']))})" if "from" in each else _name(each)
        for each in entries
    ]
    return _(", ").join(written) or NOTHING


def _name(entry):
    return entry["fa"] if get_language() == "fa" else entry["en"]


def _closures(old, new):
    """A closure begins in one version, and in a later one may end early."""
    olds, news = (
        {each["from"]: each for each in definition.get("closures", [])} for definition in (old, new)
    )
    return [
        (
            _("Closure from %(moment)s")
            % {"moment": format_datetime(datetime.fromisoformat(since))},
            _closure(olds.get(since)),
            _closure(news.get(since)),
        )
        for since in sorted({*olds, *news})
        if olds.get(since) != news.get(since)
    ]


def _closure(entry):
    if entry is None:
        return NOTHING
    return _("until %(moment)s: %(reason)s") % {
        "moment": format_datetime(datetime.fromisoformat(entry["to"])),
        "reason": _name(entry),
    }
