"""How an explanation writes times and lengths: to the second, where there are seconds."""

from datetime import datetime, time, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import pgettext

from ui.wording import DAY, MINUTE, digits, format_day, format_short, format_target, format_time

SECOND = timedelta(seconds=1)


def left_in_pause(clock):
    """What is left of a paused clock: in working time where it counts in that."""
    left = clock.remaining
    if clock.calendar_version_id is None:
        return format_short(left)
    left -= left % MINUTE if left > MINUTE else timedelta()
    return format_target(left, True, day=left)


def clock_time(moment, *, is_end=False):
    """14:33, or 14:33:20; the midnight that ends a day is 24:00."""
    local = timezone.localtime(moment)
    if is_end and local.time() == time():
        return digits("24:00")
    return digits(f"{local:%H:%M:%S}") if local.second else format_time(moment)


def upper_first(text):
    """As the beginning of a line."""
    return text[:1].upper() + text[1:]


def clock_length(length):
    """Hours and minutes as 7:20, with seconds as 7:20:05; cut off below."""
    seconds = length // SECOND
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    return digits(f"{text}:{seconds % 60:02}" if seconds % 60 else text)


def exact_moment(moment, now):
    """The day as of `now` and the time, to the second."""
    return pgettext("moment", "%(date)s, %(time)s") % {
        "date": format_day(moment, now),
        "time": clock_time(moment),
    }


def stretch(start, end, now):
    """From when to when, inside a day or over several."""
    last = end - timedelta.resolution
    if timezone.localdate(start) == timezone.localdate(last):
        values = {"day": format_day(start, now), "start": clock_time(start)}
        values["end"] = clock_time(end, is_end=True)
        return pgettext("stretch", "%(day)s, %(start)s to %(end)s") % values
    values = {"start": exact_moment(start, now), "end": exact_moment(end, now)}
    return pgettext("stretch", "%(start)s to %(end)s") % values


def days(first, last, now):
    """From which day to which; one day, or several."""
    if first == last:
        return format_day(first, now)
    values = {"start": format_day(first, now), "end": format_day(last, now)}
    return pgettext("stretch", "%(start)s to %(end)s") % values


def midnights(start, end):
    """The midnights of the reader's zone after `start` and before `end`, one after the other."""
    zone, day = timezone.get_current_timezone(), timezone.localdate(start) + DAY
    while (midnight := datetime.combine(day, time(), zone)) < end:
        yield midnight
        day += DAY


def by_day(start, end, *, also=()):
    """A stretch in parts, none of which goes over a midnight of the reader or one of `also`."""
    inner = {at for at in also if start < at < end}
    bounds = [start, *sorted({*midnights(start, end), *inner}), end]
    return list(pairwise(bounds))
