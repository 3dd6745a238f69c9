"""Dates as people type, copy and dictate them, in both calendars."""

import calendar
import re
import unicodedata
from datetime import date

import jdatetime
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from .cached_formats import JALALI_MONTHS
from .calendars import GREGORIAN, JALALI, YEARS, first_of_month, month_label
from .wording import latin_digits, number

_PART = re.compile(r"[0-9]+|[^\W\d_]+")
_WEEKDAYS = "شنبه|یکشنبه|دوشنبه|سهشنبه|چهارشنبه|پنجشنبه|جمعه"
# In Persian the weekday comes first, in one word or two; «ماه» and «سال» may follow a name.
_NOISE = re.compile(
    rf"(?:(?:یک|دو|سه|چهار|پنج) ?)?(?:{_WEEKDAYS})|\b(?:مورخ|روز|ماه|سال|of|the)\b"
    r"|\b(?:mon|tue|tues|wed|wednes|thu|thurs|fri|sat|satur|sun)(?:day)?\b|(?<=[0-9])(?:st|nd|rd|th)\b"
)
_FOLDED = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا"})


def fold_typed(text):
    """`text` in Latin digits and lower case, without direction marks, half-spaces and hidden signs.

    Arabic letters that a keyboard writes for Persian ones become the Persian ones.
    """
    kept = (char for char in str(text) if unicodedata.category(char) not in {"Cf", "Cc", "Mn"})
    return " ".join(latin_digits("".join(kept)).translate(_FOLDED).casefold().split())


def _names():
    names = {fold_typed(name): (JALALI, index) for index, name in enumerate(JALALI_MONTHS, 1)}
    names["امرداد"] = (JALALI, 5)
    for language in ("fa", "en"):
        with override(language):
            names |= {fold_typed(name): (GREGORIAN, index) for index, name in MONTHS.items()}
    names |= {name.casefold(): (GREGORIAN, i) for i, name in enumerate(calendar.month_abbr) if name}
    return names


def parse_date(text, calendars=(JALALI, GREGORIAN)):
    """Read a date such as 2026-11-23, ۱۴۰۵/۰۹/۰۲, «دوشنبه، ۲ آذر ۱۴۰۵» or "23 November 2026".

    The year decides which of `calendars` is meant: none is a year of both. A Gregorian date with
    its year last needs the month's name, or a day after the twelfth. Raises ValidationError, with
    the reason where the text has the form of a date but there is no such day.
    """
    parts = _PART.findall(_NOISE.sub(" ", fold_typed(text)))
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) <= 4]
    names = [part.removesuffix("ماه") for part in parts if not part.isdecimal()]
    invalid = ValidationError(_("Enter a date as year, month and day."), code="invalid")
    if len(names) == 1 and len(numbers) == 2 and len(parts) == 3:
        named_calendar, month = _names().get(names[0]) or (None, 0)
        day, year = sorted(numbers)
    elif len(numbers) == len(parts) == 3:
        named_calendar = None
        year, month, day = numbers if numbers[0] > numbers[2] else reversed(numbers)
        is_ambiguous = numbers[2] in YEARS[GREGORIAN] and day <= 12 and day != month
        if is_ambiguous:
            raise invalid
    else:
        raise invalid
    known = next((name for name in calendars if year in YEARS[name]), None)
    if known is None or named_calendar not in {None, known} or not 1 <= month <= 12:
        raise invalid
    return _existing(known, year, month, day)


def _existing(calendar_name, year, month, day):
    try:
        if calendar_name == JALALI:
            return jdatetime.date(year, month, day).togregorian()
        return date(year, month, day)
    except ValueError:
        raise _no_such_day(calendar_name, year, month) from None


def _no_such_day(calendar_name, year, month):
    this = year * 12 + month - 1
    days = (first_of_month(this + 1, calendar_name) - first_of_month(this, calendar_name)).days
    label = month_label(this, calendar_name)
    sentence = ngettext(
        "%(month)s has only %(days)s day.", "%(month)s has only %(days)s days.", days
    )
    return ValidationError(sentence % {"month": label, "days": number(days)}, code="no_such_day")
