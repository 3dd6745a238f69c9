"""Formats numbers, times and durations for the reader.

Everything is in the active language and zone: Persian digits and Jalali dates in Persian, Gregorian
dates in English. Every function takes `language` to write in another one.
"""

from datetime import date, datetime, time, timedelta
from functools import wraps

import jdatetime
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext, override, pgettext
from django.utils.translation import gettext as _

from .cached_formats import (
    PERSIAN_DIGITS,
    day_as_of,
    day_with_year,
    duration_unit,
)

LATIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
# Years of the two calendars that people write; no year is in both, so a year shows its calendar.
JALALI_YEARS = range(1300, 1500)
GREGORIAN_YEARS = range(1900, 2200)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
KILOBYTE = 1024


def in_language(function):
    """Give a function the argument `language`, used instead of the active one."""

    @wraps(function)
    def inner(*args, language=None, **kwargs):
        if language is None:
            return function(*args, **kwargs)
        with override(language):
            return function(*args, **kwargs)

    return inner


def _is_persian() -> bool:
    return get_language() == "fa"


# --- Numbers ----------------------------------------------------------------------------------


@in_language
def digits(text) -> str:
    """The text with Persian digits for a Persian reader, else as it is."""
    return str(text).translate(PERSIAN_DIGITS) if _is_persian() else str(text)


def latin_digits(text) -> str:
    """The text with the digits of Persian and Arabic keyboards turned into 0-9."""
    return str(text).translate(LATIN_DIGITS)


@in_language
def number(value: float) -> str:
    """A number with the separators of the language: 1,261.5 or ۱٬۲۶۱٫۵."""
    text = f"{value:,}"
    if not _is_persian():
        return text
    return digits(text.replace(",", "٬").replace(".", "٫"))


@in_language
def format_size(size: int) -> str:
    """A number of bytes as bytes, KB or MB (of 1024), with one decimal below ten."""
    if size < KILOBYTE:
        return ngettext("%(count)s byte", "%(count)s bytes", size) % {"count": number(size)}
    if size < KILOBYTE**2:
        return _("%(count)s KB") % {"count": _scaled(size / KILOBYTE)}
    return _("%(count)s MB") % {"count": _scaled(size / KILOBYTE**2)}


def _scaled(value):
    rounded = round(value, 1) if value < 10 else round(value)
    return number(int(rounded) if rounded == int(rounded) else rounded)


@in_language
def listed(words) -> str:
    """Words one after the other, with the comma of the language."""
    return pgettext("between names", ", ").join(map(str, words))


# --- Durations --------------------------------------------------------------------------------


@in_language
def format_duration(duration: timedelta, *, parts: int | None = 2) -> str:
    """The largest `parts` units down from hours, cut off below: 2 h 15 min. None: all of them.

    The caller words the sign.
    """
    seconds = int(abs(duration).total_seconds())
    counts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    units = [index for index, count in enumerate(counts) if count] or [1]
    kept = [index for index in units if parts is None or index < units[0] + parts]
    written = [duration_unit(index, counts[index], get_language()) for index in kept]
    text = written[0]
    for more in written[1:]:
        text = pgettext("duration", "%(first)s %(second)s") % {"first": text, "second": more}
    return text


@in_language
def format_short(duration: timedelta) -> str:
    """One unit, cut off below: seconds, minutes, hours up to 48, then days."""
    return _short(duration, get_language())


def _short(duration, language):
    duration = abs(duration)
    if duration > 2 * DAY:
        return duration_unit(3, duration // DAY, language)
    if duration >= HOUR:
        return duration_unit(0, duration // HOUR, language)
    if duration >= MINUTE:
        return duration_unit(1, duration // MINUTE, language)
    return duration_unit(2, duration // SECOND, language)


@in_language
def format_target(duration: timedelta, working: bool = False, *, day: timedelta = DAY) -> str:
    """A target as it is promised; in working time with about how many working days it takes.

    `day` is the length of a working day (`WorkingTime.typical_day`).
    """
    if not working:
        return format_duration(duration, parts=None)
    text = _working(duration)
    if duration <= day:
        return text
    return _("%(target)s (%(about)s)") % {"target": text, "about": about_days(duration, day)}


@in_language
def about_days(duration: timedelta, day: timedelta) -> str:
    """Working time in working days of the length `day`: about 3 working days."""
    days = max(1, round(duration / day))
    about = ngettext("about %(count)s working day", "about %(count)s working days", days)
    return about % {"count": number(days)}


def _working(duration):
    hours, rest = divmod(duration, HOUR)
    if hours and not rest:
        text = ngettext("%(count)s working hour", "%(count)s working hours", hours)
        return text % {"count": number(hours)}
    minutes, rest = divmod(duration, MINUTE)
    if not hours and not rest:
        text = ngettext("%(count)s working minute", "%(count)s working minutes", minutes)
        return text % {"count": number(minutes)}
    return _("%(duration)s of working time") % {"duration": format_duration(duration, parts=None)}


# --- Dates and times --------------------------------------------------------------------------


def start_of_day(moment: datetime, *, days: int = 0) -> datetime:
    """The midnight that began the reader's day, or one so many days later."""
    day = timezone.localdate(moment) + timedelta(days=days)
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _day_of(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _jalali(day: date) -> jdatetime.date:
    return jdatetime.date.fromgregorian(date=day)


def weekday_name(moment: date | datetime) -> str:
    """The day of the week in full."""
    return str(WEEKDAYS[_day_of(moment).weekday()])


@in_language
def format_time(moment: datetime) -> str:
    """14:33, in the active zone."""
    return _time(timezone.localtime(moment), get_language())


def _time(local, language):
    text = f"{local.hour:02}:{local.minute:02}"
    return text.translate(PERSIAN_DIGITS) if language == "fa" else text


@in_language
def format_date(moment: date | datetime) -> str:
    """23 Nov 2026, or ۲ آذر ۱۴۰۵."""
    return day_with_year(_day_of(moment), get_language())


@in_language
def format_datetime(moment: datetime) -> str:
    """23 Nov 2026, 14:33, or ۲ آذر ۱۴۰۵، ۱۴:۳۳."""
    return Writer().datetime(moment)


@in_language
def format_weekday_datetime(moment: datetime) -> str:
    """Monday, 23 Nov 2026, 14:33, or دوشنبه ۲ آذر ۱۴۰۵، ۱۴:۳۳."""
    return pgettext("weekday and moment", "%(weekday)s, %(moment)s") % {
        "weekday": weekday_name(timezone.localtime(moment)),
        "moment": format_datetime(moment),
    }


@in_language
def format_day(moment: date | datetime, now: datetime) -> str:
    """Today, tomorrow, yesterday, else Wed 8 Jul; with the year when it is not this one.

    Begins small, as in a sentence.
    """
    return day_as_of(_day_of(moment), _day_of(now), get_language())


@in_language
def format_moment(moment: datetime, now: datetime) -> str:
    """The day as of `now` and the time: today 14:33, Wed 8 Jul 09:35."""
    return Writer(now).moment(moment)


@in_language
def format_date_input(day: date) -> str:
    """A date as it is typed into a form: 2026-11-23, or ۱۴۰۵/۰۹/۰۲."""
    if not _is_persian():
        return day.isoformat()
    return digits(f"{_jalali(day):%Y/%m/%d}")


class Writer:
    """Writes many moments and durations for one reader, as the functions here of these names do.

    The language and the zone are found out once, and so is what today is, as of `now`.
    """

    def __init__(self, now: datetime | None = None):
        self.language, self.zone = get_language(), timezone.get_current_timezone()
        self.now = now
        self._today = now and now.astimezone(self.zone).date()
        self._day_and_time = pgettext("moment", "%(date)s, %(time)s")

    def short(self, duration: timedelta) -> str:
        """As `format_short`."""
        return _short(duration, self.language)

    def datetime(self, moment: datetime) -> str:
        """As `format_datetime`."""
        local = moment.astimezone(self.zone)
        day, time = day_with_year(local.date(), self.language), _time(local, self.language)
        return self._day_and_time % {"date": day, "time": time}

    def moment(self, moment: datetime) -> str:
        """As `format_moment`."""
        return f"{self.day(moment)} {self.time(moment)}"

    def day(self, moment: datetime) -> str:
        """As `format_day`."""
        return day_as_of(moment.astimezone(self.zone).date(), self._today, self.language)

    def time(self, moment: datetime) -> str:
        """As `format_time`."""
        return _time(moment.astimezone(self.zone), self.language)
