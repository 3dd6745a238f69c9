"""The span of days that a report is about: a month or a year of either calendar, or from–to."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ui.calendars import (
    GREGORIAN,
    JALALI,
    YEARS,
    first_of_month,
    month_label,
    month_number,
    readers_calendar,
)
from ui.forms import JalaliDateField
from ui.wording import (
    digits,
    format_date,
    format_date_input,
    latin_digits,
)

DAY = timedelta(days=1)
# No report reaches farther, and up to so many days it shows each of them.
MOST_DAYS = 3 * 366
MOST_DAYS_SHOWN = 62


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included, in the zone of settings.TIME_ZONE."""

    first: date
    last: date

    @property
    def bounds(self):
        """The instants that begin and end it, half-open."""
        zone = timezone.get_default_timezone()
        days = (self.first, self.last + DAY)
        return tuple(datetime.combine(day, time.min, tzinfo=zone) for day in days)

    @property
    def days(self):
        return (self.last - self.first).days + 1

    @property
    def unit(self):
        """The calendar and "month" or "year" that it is one of, or (None, None)."""
        return _unit(self, readers_calendar())

    @property
    def label(self):
        """Azar 1405, November 2026, 1405 or 1 Nov 2026 – 7 Nov 2026, for the reader."""
        calendar, unit = self.unit
        if calendar == readers_calendar():
            number = month_number(self.first, calendar)
            return month_label(number) if unit == "month" else digits(number // 12)
        if self.first == self.last:
            return format_date(self.first)
        return _("%(first)s – %(last)s") % {
            "first": format_date(self.first),
            "last": format_date(self.last),
        }

    @property
    def pairs(self):
        """The period as written in an address, the same for readers of either language."""
        calendar, unit = self.unit
        number = month_number(self.first, calendar) if calendar else 0
        if unit == "month":
            return [("month", f"{number // 12}-{number % 12 + 1:02}")]
        if unit == "year":
            return [("year", str(number // 12))]
        return [("from", self.first.isoformat()), ("to", self.last.isoformat())]

    def moved(self, step):
        """The period of the same unit before (-1) or after (1); without a unit as many days."""
        calendar, unit = self.unit
        number = month_number(self.first, calendar) if calendar else 0
        if unit == "month":
            return month(number + step, calendar)
        if unit == "year":
            return year(number // 12 + step, calendar)
        by = DAY * self.days * step
        return Period(self.first + by, self.last + by)

    @property
    def shows_days(self):
        return self.days <= MOST_DAYS_SHOWN

    def steps(self):
        """What a chart goes through: the days, or of a longer period the reader's months."""
        if self.shows_days:
            days = (self.first + DAY * number for number in range(self.days))
            return [Period(day, day) for day in days]
        calendar = readers_calendar()
        numbers = range(month_number(self.first, calendar), month_number(self.last, calendar) + 1)
        return [self.within(month(number, calendar)) for number in numbers]

    def within(self, other):
        """The days that are in both."""
        return Period(max(self.first, other.first), min(self.last, other.last))


# Every address on a page asks for it.
@lru_cache(maxsize=1024)
def _unit(period, preferred):
    # The calendar of the reader first: a span of both is a month to each.
    for calendar in (preferred, JALALI, GREGORIAN):
        number = month_number(period.first, calendar)
        if period == month(number, calendar):
            return calendar, "month"
        if number % 12 == 0 and period == year(number // 12, calendar):
            return calendar, "year"
    return None, None


def month(number, calendar):
    """The month of that number."""
    return Period(first_of_month(number, calendar), first_of_month(number + 1, calendar) - DAY)


def year(number, calendar):
    """The year of that number."""
    return Period(
        first_of_month(number * 12, calendar), first_of_month(number * 12 + 12, calendar) - DAY
    )


def month_value(period):
    """The number of the reader's month that a period begins in."""
    return month_number(period.first, readers_calendar())


def this_month(today):
    """The month that the reader calls this one."""
    calendar = readers_calendar()
    return month(month_number(today, calendar), calendar)


def this_year(today):
    calendar = readers_calendar()
    return year(month_number(today, calendar) // 12, calendar)


# --- Reading from an address ------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The period that an address names, or the reader's month; what was typed, what is wrong."""

    period: Period
    typed: dict
    error: str = ""


def read_period(query, *, today):
    """The period of a query string; where it cannot be read, an error and this month."""
    typed = {name: query.get(name, "").replace("\0", "")[:80] for name in ("from", "to")}
    if any(text.strip() for text in typed.values()):
        try:
            period = _from_to(typed)
        except ValidationError as wrong:
            return Asked(this_month(today), typed, " ".join(wrong.messages))
        return Asked(period, {"from": _as_typed(period.first), "to": _as_typed(period.last)})
    period = _month(query.get("month", "")) or _year(query.get("year", "")) or this_month(today)
    return Asked(period, {"from": _as_typed(period.first), "to": _as_typed(period.last)})


def _as_typed(day):
    return format_date_input(day)


def _from_to(typed):
    field = JalaliDateField(required=False)
    first, last = field.clean(_gregorian(typed["from"])), field.clean(_gregorian(typed["to"]))
    if not (first and last):
        raise ValidationError(_("Enter both the first and the last day."))
    if last < first:
        raise ValidationError(_("The last day must not be before the first."))
    if (last - first).days >= MOST_DAYS:
        raise ValidationError(_("A report can cover at most three years."))
    return Period(first, last)


def _gregorian(text):
    """What an address says is a Gregorian date for every reader; the rest is as they type it."""
    if not re.fullmatch(r"(?:19|20)\d\d-\d\d-\d\d", text, re.ASCII):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _month(text):
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", latin_digits(text), re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    calendar = _calendar_of(int(found[1]))
    return calendar and month(int(found[1]) * 12 + int(found[2]) - 1, calendar)


def _year(text):
    found = re.fullmatch(r"\d{4}", latin_digits(text), re.ASCII)
    calendar = found and _calendar_of(int(found[0]))
    return year(int(found[0]), calendar) if calendar else None


def _calendar_of(number):
    """The calendar whose years look like that; they are far enough apart."""
    return next((calendar for calendar, years in YEARS.items() if number in years), None)
