"""Dates a story: the instant of its opening and of each act, counted back from now."""

from datetime import datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from .story import Answered, Answers, Closes, Opened, Reopens, Says, Waits, span

TEHRAN = ZoneInfo("Asia/Tehran")
DAY = timedelta(days=1)
# The farthest back that working time is looked for; holidays never last so long.
FARTHEST_BACK = timedelta(days=90)


def instants(story, *, promise, now):
    """The instants of the opening and of each act, in order.

    Raises ValueError when a story does not end before `now`.
    """
    offsets = list(accumulate((span(act.after) for act in story.acts), initial=timedelta(0)))
    opened = _opening(story, offsets, promise, now)
    result = [opened + offset for offset in offsets]
    if result[-1] >= now:
        raise ValueError(f"“{story.title}” would end after now")
    return result


def _opening(story, offsets, promise, now):
    when, working_time = story.when, promise.working_time
    if isinstance(when, Opened):
        opened = now - span(when.ago)
        return _on_a_day_of_work(opened, when.at, working_time) if when.at else opened
    if isinstance(when, Answered):
        latest = max(i for i, act in enumerate(story.acts, 1) if isinstance(act, Answers))
        return now - span(when.ago) - offsets[latest]
    if not isinstance(when, Waits):
        raise TypeError(f"“{story.title}” says nothing of its time")
    used = promise.cell(story.priority).target * when.share
    return back(now, used, working_time) - offsets[_waiting(story)]


def _on_a_day_of_work(opened, at, working_time):
    """That time of day in Tehran, on the day or the last one before it on which people work."""
    day = datetime.combine(opened.astimezone(TEHRAN), time.fromisoformat(at), TEHRAN)
    while not working_time.is_open(day):
        day -= DAY
    return day


def _waiting(story):
    """The index of what waits at the end: the oldest since the latest answer or close."""
    waiting = 0
    for index, act in enumerate(story.acts, 1):
        if isinstance(act, Answers | Closes):
            waiting = None
        elif isinstance(act, Says | Reopens) and waiting is None:
            waiting = index
    if waiting is None:
        raise ValueError(f"In “{story.title}” nothing waits")
    return waiting


def back(end, duration, working_time):
    """The latest instant from which `duration` of working time has passed at `end`."""
    for opens, closes in reversed(working_time.stretches(end - FARTHEST_BACK, end)):
        if closes - opens >= duration:
            return closes - duration
        duration -= closes - opens
    raise ValueError("There is too little working time before now")
