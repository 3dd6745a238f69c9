"""A ticket's clocks as texts, for the agent's page: what runs, and how others ended."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.clocks.terms import left, working_time_of
from tickets.models import Clock
from ui.wording import MINUTE, Writer, format_duration, format_short, format_target

from .badge import (
    DueBadge,
    ended_badge,
    promises_nothing_further,
    running_resolution,
    running_response,
)
from .times import left_in_pause

MOST_ENDED = 5
SYMBOLS = {"in_time": "clock", "soon": "hourglass", "over": "alert", "paused": "pause"}


@dataclass(frozen=True)
class RunningClock:
    """A promise being kept: `left` is what is still to come of the counted time, in percent."""

    kind: str
    label: str
    text: str
    due: str
    started: str
    target: str
    aim: str
    opens: str
    left: int
    nothing_further: bool

    @property
    def symbol(self):
        return SYMBOLS[self.kind]


@dataclass(frozen=True)
class EndedClock:
    label: str
    target: str
    badge: DueBadge


def clock_card(ticket, now):
    """The running clocks of a ticket, that of the response first, and the latest ended ones."""
    running, writer = [running_response(ticket), running_resolution(ticket)], Writer(now)
    ended = [each for each in ticket.clock_list if not each.is_running]
    return {
        "running": [_running(clock, ticket, writer) for clock in running if clock],
        "answers": running[0] is not None,
        "ended": [
            EndedClock(_kind(clock), _target(clock), ended_badge(clock))
            for clock in ended[:MOST_ENDED]
        ],
    }


def _kind(clock):
    return str(Clock.Kind(clock.kind).label)


def _running(clock, ticket, writer):
    working_time, now = working_time_of(clock), writer.now
    kind, text = _state(clock, now)
    counts = kind in {"in_time", "soon"} and not working_time.is_open(now)
    return RunningClock(
        kind=kind,
        label=_kind(clock),
        text=text,
        due=writer.moment(clock.due_at) if clock.due_at else "",
        started=writer.moment(clock.started_at),
        target=_target(clock),
        aim=_aim(clock, working_time, writer),
        opens=writer.moment(working_time.next_opening(now)) if counts else "",
        left=_percent_left(clock, working_time, now),
        nothing_further=promises_nothing_further(clock, ticket),
    )


def _state(clock, now):
    if clock.is_paused:
        is_working = clock.calendar_version_id is not None
        left_text = left_in_pause(clock) if is_working else _in_minutes(clock.remaining)
        return "paused", pgettext("clock", "Paused, %(time)s left") % {"time": left_text}
    if clock.due_at <= now:
        text = pgettext("clock", "Overdue by %(time)s")
        return "over", text % {"time": _in_minutes(now - clock.due_at)}
    text = pgettext("clock", "%(time)s left") % {"time": format_short(clock.due_at - now)}
    return ("soon" if clock.due_soon_at <= now else "in_time"), text


def _in_minutes(length):
    """Seconds only where there is nothing else."""
    return format_duration(length - length % MINUTE if length > MINUTE else length)


def _percent_left(clock, working_time, now):
    """Of all that is counted from the start to the due."""
    if clock.is_paused:
        remaining, counted = clock.remaining, clock.counted
    else:
        remaining = left(clock, now)
        since = clock.counting_from or clock.due_at
        counted = clock.counted + working_time.measure(since, now)
    whole = counted + remaining
    return round(100 * (remaining / whole)) if whole else 0


def _target(clock):
    """The promise as it is written: working hours where it counts in them."""
    if clock.calendar_version_id is None:
        return format_target(clock.target)
    return format_target(clock.target, True, day=working_time_of(clock).typical_day)


def _aim(clock, working_time, writer):
    if clock.aim is None:
        return ""
    moment = writer.moment(working_time.add(clock.started_at, clock.aim))
    aim = format_target(clock.aim, clock.calendar_version_id is not None, day=clock.aim)
    return _("%(aim)s, until %(moment)s") % {"aim": aim, "moment": moment}
