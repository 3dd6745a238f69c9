"""Dates as people type, copy and dictate them, in both calendars."""

import calendar
import re
import unicodedata
from datetime import date, time

import jdatetime
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from .cached_formats import JALALI_MONTHS
from .calendars import GREGORIAN, JALALI, YEARS, first_of_month, month_label
from .wording import latin_digits, number

_PART = re.compile(r"[0-9]+|[^\W\d_]+")
_WEEKDAYS = "شنبه|یکشنبه|دوشنبه|سهشنبه|چهارشنبه|پنجشنبه|جمعه|ادینه"
# In Persian the weekday comes first, in one word or two; «ماه» and «سال» may follow a name.
_NOISE = re.compile(
    rf"(?:(?:یک|دو|سه|چهار|پنج) ?)?(?:{_WEEKDAYS})"
    r"|\b(?:مورخه?|تاریخ|روز|ماه|سال|هجری|شمسی|خورشیدی|میلادی|of|the|on)\b|(?<![^\W\d])ه ?\.? ?ش\b"
    r"|\b(?:mon|tue|tues|wed|wednes|thu|thurs|fri|sat|satur|sun)(?:day)?\b"
    r"|(?<=[0-9])(?:(?:st|nd|rd|th)\b| ?ا?م\b)"
)
# What is copied from a page or a log often has the time after the date.
_TIME = re.compile(
    r"(?:t|\b(?:ساعت|at) ?)?(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?"
    r"(?: ?(?:[ap]m\b|z|utc\b|gmt\b|[+-][0-9]{2}:?[0-9]{2}))?"
)
_COMPACT = re.compile(r"\s*([0-9]{4})([0-9]{2})([0-9]{2})\s*")
# Shapes of Arabic letters, and letters as wide as Chinese ones.
_SHAPES = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]+")
_FOLDED = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "\u06d5": "ه"})
_FIRST_TO_TENTH = "یکم دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم"
_TO_TWENTIETH = "یازدهم دوازدهم سیزدهم چهاردهم پانزدهم شانزدهم هفدهم هجدهم نوزدهم بیستم"
_ORDINALS = [*_FIRST_TO_TENTH.split(), *_TO_TWENTIETH.split()]
_ORDINALS += [*(f"بیست و {unit}" for unit in _ORDINALS[:9]), "سیم", "سی و یکم"]
_ORDINAL_DAYS = {name: day for day, name in enumerate(_ORDINALS, 1)}
_ORDINAL_DAYS |= {"اول": 1, "هیجدهم": 18, "بیست و اول": 21, "سی ام": 30, "سی و اول": 31}
_IN_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(_ORDINAL_DAYS, key=len, reverse=True))})\b")
# Names beside those of our own pages, in their places of the year.
_LATIN_NAMES = "farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand"
_OTHER_NAMES = {
    "امرداد": (JALALI, 5),
    "می": (GREGORIAN, 5),
    "جون": (GREGORIAN, 6),
    "جولای": (GREGORIAN, 7),
    "اگوست": (GREGORIAN, 8),
    "اپریل": (GREGORIAN, 4),
    "sept": (GREGORIAN, 9),
    **{name: (JALALI, month) for month, name in enumerate(_LATIN_NAMES.split(), 1)},
}


def fold_typed(text):
    """`text` in Latin digits and lower case, without direction marks, half-spaces and hidden signs.

    Arabic letters that a keyboard writes for Persian ones become the Persian ones, and so do the
    shapes of letters that are copied from a PDF.
    """
    typed = _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), str(text))
    apart = unicodedata.normalize("NFD", typed)
    kept = (char for char in apart if unicodedata.category(char) not in {"Cf", "Cc", "Mn"})
    return " ".join(latin_digits("".join(kept)).translate(_FOLDED).casefold().split())


_CLOCK_TIME = re.compile(
    r"(?:ساعت ?)?([0-9]{1,2}?)(?: ?[:.\u066b/∶-] ?([0-9]{1,2})|([0-9]{2}))?(?::00)?"
    r" ?(صبح|ظهر|بعد ?از ?ظهر|عصر|شب|am|pm)?"
)


def parse_time(text):
    """A time of day such as ۱۷:۳۰, 17.30, 1730, «۹ صبح» or "5 pm"; 24:00 is the midnight that ends
    a day. None where it is no time; a number alone may be anything."""
    typed = fold_typed(text)
    found = _CLOCK_TIME.fullmatch(typed)
    if found is None or (typed.isdecimal() and not found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    hour = _hour_of_day(hour, (found[4] or "").replace(" ", ""))
    if (hour, minute) == (24, 0):
        return time(0, 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _hour_of_day(hour, part):
    """The hour from 0 to 23 of a time with the part of the day beside it."""
    if hour > 12 or not part:
        return hour
    if part in {"صبح", "am"} or (part == "شب" and (hour == 12 or hour < 6)):
        return hour % 12
    if part == "ظهر" and hour in {10, 11}:
        return hour
    return hour % 12 + 12


def _names():
    names = {fold_typed(name): (JALALI, index) for index, name in enumerate(JALALI_MONTHS, 1)}
    for language in ("fa", "en"):
        with override(language):
            names |= {fold_typed(name): (GREGORIAN, index) for index, name in MONTHS.items()}
    names |= {name.casefold(): (GREGORIAN, i) for i, name in enumerate(calendar.month_abbr) if name}
    return names | _OTHER_NAMES


def parse_date(text, calendars=(JALALI, GREGORIAN)):
    """Read a date such as 2026-11-23, ۱۴۰۵/۰۹/۰۲, «دوشنبه، ۲ آذر ۱۴۰۵» or "23 November 2026".

    The year decides which of `calendars` is meant: none is a year of both. A Gregorian date with
    its year last needs the month's name, or a day after the twelfth. Raises ValidationError, with
    the reason where the text has the form of a date but there is no such day.
    """
    parts = _parts(fold_typed(text))
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) <= 4]
    names = [part for part in parts if not part.isdecimal()]
    invalid = ValidationError(_("Enter a date as year, month and day."), code="invalid")
    if len(names) == 1 and len(numbers) == 2 and len(parts) == 3:
        named_calendar, month = _names().get(names[0]) or (None, 0)
        day, year = sorted(numbers)
    elif len(numbers) == len(parts) == 3:
        named_calendar = None
        year, month, day = numbers if numbers[0] > numbers[2] else reversed(numbers)
        if month > 12 >= day and numbers[2] in YEARS[GREGORIAN]:
            day, month = month, day
        is_ambiguous = numbers[2] in YEARS[GREGORIAN] and day <= 12 and day != month
        if is_ambiguous:
            raise invalid
    else:
        raise invalid
    known = next((name for name in calendars if year in YEARS[name]), None)
    if known is None or named_calendar not in {None, known}:
        raise invalid
    if not 1 <= month <= 12:
        raise ValidationError(_("A year has only 12 months."), code="no_such_month")
    return _existing(known, year, month, day)


def _parts(folded):
    """The numbers and names of a date, without what people write around them."""
    text = _TIME.sub(" ", folded)
    if compact := _COMPACT.fullmatch(text):
        return list(compact.groups())
    text = _IN_WORDS.sub(lambda found: str(_ORDINAL_DAYS[found[0]]), text)
    text = _NOISE.sub(" ", text.replace("اردی بهشت", "اردیبهشت"))
    return [part.removesuffix("ماه") for part in _PART.findall(text)]


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
