"""The weekly hours of a calendar in words: Saturday to Wednesday from 09:00 to 18:00."""

from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from ui.wording import digits

from .models import Weekday
from .working_time import WorkingTime


def weekly_lines(working_time: WorkingTime) -> list[str]:
    """A line for each run of days with the same hours, from Saturday on; closed days are left out.

    Where the reader lives in another time zone than the calendar, a last line names the calendar's.
    """
    lines = [
        _("%(weekdays)s from %(opening_hours)s")
        % {"weekdays": _run_of(list(days)), "opening_hours": _hours(hours)}
        for hours, days in groupby(Weekday, key=lambda day: working_time.weekly[day])
        if hours
    ]
    zone = working_time.time_zone.key
    if zone != timezone.get_current_timezone_name():
        lines.append(_("in %(zone)s time") % {"zone": zone})
    return lines


def _run_of(days):
    if len(days) == 1:
        return str(days[0].label)
    names = {"first_weekday": days[0].label, "last_weekday": days[-1].label}
    if len(days) == 2:
        return _("%(first_weekday)s and %(last_weekday)s") % names
    return _("%(first_weekday)s to %(last_weekday)s") % names


def _hours(hours):
    """The stretches of a day, with a break between two of them."""
    text = _stretch(hours[0])
    for more in hours[1:]:
        text = _("%(earlier_hours)s and from %(later_hours)s") % {
            "earlier_hours": text,
            "later_hours": _stretch(more),
        }
    return text


def _stretch(minutes):
    opening, closing = (digits(f"{each // 60:02}:{each % 60:02}") for each in minutes)
    return _("%(opening)s to %(closing)s") % {"opening": opening, "closing": closing}
