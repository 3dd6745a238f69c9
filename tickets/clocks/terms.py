"""What a clock was computed from, and what a promise says instead: targets, calendars, sums."""

from datetime import timedelta

from plans.promises import promise_of
from tickets.models import Clock

NOTHING = timedelta(0)


def targets_for(promise, priority, kind):
    """(target, aim) of a kind of clock; an aim is of responses only."""
    cell = promise.cell(priority)
    return (cell.resolution, None) if kind == Clock.Kind.RESOLUTION else (cell.target, cell.aim)


def edited_terms(clock, promise):
    """What a clock is computed from after its plan was edited; None where it is of another plan,
    or counts by this version already.

    An edit of a plan brings no edit of its calendar along: the clock stays in the version of the
    calendar that it counts in, unless the plan now names another calendar.
    """
    plan_version, calendar_version = promise.plan_version, promise.calendar_version
    if clock.plan_version.plan_id != plan_version.plan_id or clock.plan_version == plan_version:
        return None
    own = clock.calendar_version
    is_same = own and calendar_version and own.calendar_id == calendar_version.calendar_id
    return promise_of(plan_version, own if is_same else calendar_version)


def renewed(duration, clock, target):
    """A part of the sum behind a due, had the target been the new one from the beginning."""
    return max(duration + target - clock.target, NOTHING)


def unmoved(clock):
    """The fields of a change of the ledger that leaves the due, or what is left, as it was."""
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
