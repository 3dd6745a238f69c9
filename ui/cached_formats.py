"""Pieces of durations and dates, kept per process: the rows of a list repeat a few of them.

Everything that a text depends on is an argument, the language too: it is part of the key, and it
must be the active one, because texts are translated here. `docs/caches.md` lists what is kept.
"""

from functools import lru_cache

import jdatetime
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
JALALI_MONTHS = jdatetime.date.j_months_fa


@lru_cache(maxsize=1024)
def duration_unit(index, count, language):
    """A count of hours (index 0), minutes (1), seconds (2) or days (3) with its unit: 13 min."""
    texts = (
        pgettext("duration", "%(count)s h"),
        pgettext("duration", "%(count)s min"),
        pgettext("duration", "%(count)s sec"),
        pgettext("duration", "%(count)s d"),
    )
    # Only days become so many that they are read in groups.
    digits = f"{count:,}" if index == 3 else str(count)
    return texts[index] % {"count": _in_digits(digits, language)}


@lru_cache(maxsize=1024)
def day_with_year(day, language):
    """A date: 23 Nov 2026, or ۲ آذر ۱۴۰۵."""
    if language != "fa":
        return date_format(day, "j M Y")
    jalali = jdatetime.date.fromgregorian(date=day)
    text = f"{jalali.day} {JALALI_MONTHS[jalali.month - 1]} {jalali.year}"
    return _in_digits(text, language)


@lru_cache(maxsize=1024)
def day_as_of(day, today, language):
    """A date as `today` names it: today, tomorrow, yesterday, else Wed 8 Jul."""
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((day - today).days)
    if near:
        return near
    if language != "fa":
        text = f"{WEEKDAYS_ABBR[day.weekday()]} {date_format(day, 'j M')}"
        return text if day.year == today.year else f"{text} {day.year}"
    jalali, this = (jdatetime.date.fromgregorian(date=each) for each in (day, today))
    text = f"{WEEKDAYS[day.weekday()]} {jalali.day} {JALALI_MONTHS[jalali.month - 1]}"
    text = text if jalali.year == this.year else f"{text} {jalali.year}"
    return _in_digits(text, language)


def _in_digits(text, language):
    return text.replace(",", "٬").translate(PERSIAN_DIGITS) if language == "fa" else text
