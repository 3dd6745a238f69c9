"""What a clock was computed from, and what a promise says instead: targets, calendars, sums."""

from datetime import timedelta

from plans.promises import promise_of

from .models import Clock

NOTHING = timedelta(0)


def promised(promise, priority, kind):
    """(target, aim) of a kind of clock; an aim is of responses only."""
    cell = promise.cell(priority)
    return (cell.resolution, None) if kind == Clock.Kind.RESOLUTION else (cell.target, cell.aim)


def differs(clock, promise):
    """Whether the promise differs from the one that the clock was computed from."""
    calendar = promise.calendar_version
    return (clock.plan_version_id, clock.calendar_version_id) != (
        promise.plan_version.pk,
        calendar and calendar.pk,
    )


def renewed(duration, clock, target):
    """A part of the sum behind a due, had the target been the new one from the beginning."""
    return max(duration + target - clock.target, NOTHING)


def unmoved(clock):
    """The places of a line that says that the due, or what is left, stays."""
    if clock.is_paused:
        return {"old_remaining": clock.remaining, "new_remaining": clock.remaining}
    return {"old_due_at": clock.due_at, "new_due_at": clock.due_at}


def working_time_of(clock):
    """The calendar that a clock counts in, as it was when the clock was computed."""
    return promise_of(clock.plan_version, clock.calendar_version).working_time


def left(clock, now):
    """Counted time until the due; zero once it has fallen."""
    if clock.due_at <= now:
        return NOTHING
    return working_time_of(clock).measure(now, clock.due_at)
