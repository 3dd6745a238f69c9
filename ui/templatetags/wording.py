"""Filters that write numbers, times and durations for the reader."""

from django import template

from ui import wording

register = template.Library()

register.filter("digits", wording.digits)
register.filter("number", wording.number)
register.filter("size", wording.format_size)
register.filter("weekday", wording.weekday_name)
register.filter("time_of", wording.format_time)


@register.filter
def duration(value):
    """2 h 15 min; nothing for None."""
    return "" if value is None else wording.format_duration(value)


@register.filter
def date_of(value):
    """23 Nov 2026 or ۲ آذر ۱۴۰۵; nothing for None."""
    return "" if value is None else wording.format_date(value)


@register.filter
def datetime_of(value):
    """The date with the year, and the time; nothing for None."""
    return "" if value is None else wording.format_datetime(value)


@register.filter
def moment_from(value, now):
    """The day as seen at `now` and the time: today 14:33."""
    return "" if value is None else wording.format_moment(value, now)


@register.filter
def time_left(value, now):
    """One unit from `now` until then: 45 min, 31 h."""
    return wording.format_short(value - now)
