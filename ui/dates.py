"""Dates as people type, copy and dictate them, in both calendars."""

import calendar
import re
import unicodedata
from datetime import date, datetime, time, timedelta

import jdatetime
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from .cached_formats import JALALI_MONTHS
from .calendars import GREGORIAN, JALALI, YEARS, first_of_month, month_label
from .lookalikes import ALIKE
from .wording import digits, latin_digits, number

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
    r"(?:(?:t|\b(?:ساعت|at) ?)?(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?"
    r"|\bساعت ?[0-9]{1,2}(?![0-9]))"
    r"(?: ?(?:[ap]m\b|z|utc\b|gmt\b|[+-][0-9]{2}:?[0-9]{2}|صبح|ظهر|بعد ?از ?ظهر|عصر|شب))?"
)
_COMPACT = re.compile(r"\s*([0-9]{4})([0-9]{2})([0-9]{2})\s*")
# Shapes of Arabic letters, and letters as wide as Chinese ones.
_SHAPES = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]+")
_FOLDED = str.maketrans(ALIKE)
# Where a hyphen was meant and the keyboard wrote what makes letters longer.
_LONG_LETTER = re.compile("(?<=[0-9])\u0640+(?=[0-9])")
_FIRST_TO_TENTH = "یکم دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم"
_TO_TWENTIETH = "یازدهم دوازدهم سیزدهم چهاردهم پانزدهم شانزدهم هفدهم هجدهم نوزدهم بیستم"
_ORDINALS = [*_FIRST_TO_TENTH.split(), *_TO_TWENTIETH.split()]
_ORDINALS += [*(f"بیست و {unit}" for unit in _ORDINALS[:9]), "سیم", "سی و یکم"]
_ORDINAL_DAYS = {name: day for day, name in enumerate(_ORDINALS, 1)}
_ORDINAL_DAYS |= {"اول": 1, "هیجدهم": 18, "بیست و اول": 21, "سی ام": 30, "سی و اول": 31}
# With half-spaces, which are gone by now.
_ORDINAL_DAYS |= {name.replace(" ", ""): day for name, day in _ORDINAL_DAYS.items()}
_IN_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(_ORDINAL_DAYS, key=len, reverse=True))})\b")
# Names beside those of our own pages, in their places of the year.
_LATIN_NAMES = "farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand"
# As Persian is written in Afghanistan.
_EASTERN_NAMES = "جنوری فبروری مارچ اپریل می جون جولای اگست سپتمبر اکتوبر نومبر دسمبر"
_OTHER_NAMES = {
    "امرداد": (JALALI, 5),
    **{name: (GREGORIAN, month) for month, name in enumerate(_EASTERN_NAMES.split(), 1)},
    "اگوست": (GREGORIAN, 8),
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
    latin = _LONG_LETTER.sub("-", latin_digits("".join(kept)))
    return " ".join(latin.translate(_FOLDED).casefold().split())


class EndOfDay(time):
    """Midnight that was typed as 24:00 and belongs to the day that it ends."""


def at_time(day, clock):
    """The time of day on that day, as a datetime without a zone."""
    return datetime.combine(day + timedelta(days=isinstance(clock, EndOfDay)), clock)


_CLOCK_TIME = re.compile(
    r"(?:ساعت ?)?([0-9]{1,2}?)(?: ?[:.\u066b/∶-] ?([0-9]{1,2})|([0-9]{2}))?(?::00)?"
    r" ?(صبح|ظهر|بعد ?از ?ظهر|عصر|شب|ق\.? ?ظ\.?|ب\.? ?ظ\.?|[ap]\.?m\.?)?"
)


def parse_time(text):
    """A time of day such as ۱۷:۳۰, 17.30, 1730, «۹ صبح» or "5 pm"; 24:00 is the midnight that ends
    a day, as `EndOfDay`. None where it is no time; a number alone may be anything."""
    typed = fold_typed(text)
    found = _CLOCK_TIME.fullmatch(typed)
    if found is None or (typed.isdecimal() and not found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    hour = _hour_of_day(hour, re.sub("[ .]", "", found[4] or ""))
    if (hour, minute) == (24, 0):
        return EndOfDay()
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _hour_of_day(hour, part):
    """The hour from 0 to 23 of a time with the part of the day beside it."""
    if hour > 12 or not part:
        return hour
    if part in {"صبح", "am", "قظ"} or (part == "شب" and (hour == 12 or hour < 6)):
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
    numbers = [part for part in parts if part.isdecimal() and len(part) <= 4]
    if len(parts) != 3 or len(numbers) < 2:
        raise ValidationError(_("Enter a date as year, month and day."), code="invalid")
    if max(map(len, numbers)) < 4:
        raise ValidationError(_("Write the year in four digits."), code="short_year")
    numbers = list(map(int, numbers))
    if len(numbers) == 3:
        named_calendar, (year, month, day) = None, _ordered(numbers)
    else:
        name = next(part for part in parts if not part.isdecimal() or len(part) > 4)
        named_calendar, month = _named_month(name)
        day, year = sorted(numbers)
    known = _calendar_of(year, calendars)
    if named_calendar not in {None, known}:
        sentence = _("The month and the year are of different calendars.")
        raise ValidationError(sentence, code="calendars")
    if not (month and day):
        raise ValidationError(_("Days and months are counted from 1."), code="zero")
    if month > 12:
        raise ValidationError(_("A year has only 12 months."), code="no_such_month")
    return _existing(known, year, month, day)


def _ordered(numbers):
    """Year, month and day of a date in numbers alone."""
    year, month, day = numbers if numbers[0] > numbers[2] else reversed(numbers)
    if numbers[2] not in YEARS[GREGORIAN]:
        return year, month, day
    if month > 12 >= day:
        day, month = month, day
    if day <= 12 and day != month:
        sentence = _(
            "This can be two different days. Write the year first, or the month by its name."
        )
        raise ValidationError(sentence, code="ambiguous")
    return year, month, day


def _named_month(name):
    try:
        return _names()[name]
    except KeyError:
        sentence = _("There is no month “%(name)s”.") % {"name": name[:20]}
        raise ValidationError(sentence, code="no_such_month") from None


def _calendar_of(year, calendars):
    """The calendar whose year it is. Raises ValidationError for a year of none of them."""
    for name in calendars:
        if year in YEARS[name]:
            return name
    if year in YEARS[JALALI]:
        sentence = _("%(year)s is a year of the Persian calendar. Enter a Gregorian date.")
        raise ValidationError(sentence % {"year": digits(year)}, code="calendars")
    years = YEARS[calendars[0]]
    sentence = _("Enter a year from %(first)s to %(last)s.")
    raise ValidationError(
        sentence % {"first": digits(years[0]), "last": digits(years[-1])}, code="no_such_year"
    )


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
