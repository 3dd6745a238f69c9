"""The two calendars in which people read dates, and the arithmetic of their months."""

from datetime import date

import jdatetime
from django.utils.formats import date_format
from django.utils.translation import get_language

from .cached_formats import JALALI_MONTHS
from .wording import GREGORIAN_YEARS, JALALI_YEARS, digits

JALALI, GREGORIAN = "jalali", "gregorian"
YEARS = {JALALI: JALALI_YEARS, GREGORIAN: GREGORIAN_YEARS}


def readers_calendar():
    """Jalali for a Persian reader, Gregorian for an English one."""
    return JALALI if get_language() == "fa" else GREGORIAN


def month_number(day, calendar):
    """The months from year 0 of the calendar to the one that the day is in."""
    if calendar == JALALI:
        jalali = jdatetime.date.fromgregorian(date=day)
        return jalali.year * 12 + jalali.month - 1
    return day.year * 12 + day.month - 1


def first_of_month(number, calendar):
    """The first day of the month of that number; see `month_number`."""
    if calendar == JALALI:
        return jdatetime.date(number // 12, number % 12 + 1, 1).togregorian()
    return date(number // 12, number % 12 + 1, 1)


def day_number(day):
    """The day of the month, in the reader's calendar and digits."""
    if readers_calendar() == JALALI:
        return digits(jdatetime.date.fromgregorian(date=day).day)
    return str(day.day)


def month_label(number, calendar=None):
    """Azar 1405 or November 2026: a month of `calendar`, by default of the reader's."""
    if (calendar or readers_calendar()) == JALALI:
        return digits(f"{JALALI_MONTHS[number % 12]} {number // 12}")
    return digits(date_format(first_of_month(number, GREGORIAN), "F Y"))
