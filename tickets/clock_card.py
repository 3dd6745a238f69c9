"""A ticket's response clocks in words, for the agent's page: what runs, and how others ended."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.wording import format_duration, format_moment, format_short, format_target

from .due import DueBadge, answered_badge, promises_nothing_further
from .models import Clock
from .terms import left, working_time_of

MOST_ENDED = 5
SYMBOLS = {"in_time": "clock", "soon": "hourglass", "over": "alert"}


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

    @property
    def symbol(self):
        return SYMBOLS[self.kind]


@dataclass(frozen=True)
class EndedClock:
    label: str
    target: str
    badge: DueBadge


def clock_card(ticket, now):
    """The running response clock of a ticket (or None), and the latest ended ones."""
    clocks = [each for each in ticket.clock_list if each.kind in Clock.RESPONSE_KINDS]
    running = next((each for each in clocks if each.is_running), None)
    ended = [each for each in clocks if not each.is_running]
    return {
        "running": running and _running(running, now),
        "ended": [_ended(clock) for clock in ended[:MOST_ENDED]],
        "nothing_further": promises_nothing_further(ticket),
    }


def _running(clock, now):
    working_time = working_time_of(clock)
    counted = working_time.measure(clock.started_at, clock.due_at)
    kind, text = _state(clock, now)
    opens = "" if working_time.is_open(now) or kind == "over" else working_time.next_opening(now)
    return RunningClock(
        kind=kind,
        label=str(clock.get_kind_display()),
        text=text,
        due=format_moment(clock.due_at, now),
        started=format_moment(clock.started_at, now),
        target=_target(clock),
        aim=_aim(clock, working_time, now),
        opens=opens and format_moment(opens, now),
        left=round(100 * (left(clock, now) / counted)) if counted else 0,
    )


def _state(clock, now):
    if clock.due_at <= now:
        text = pgettext("due badge", "%(time)s over") % {"time": format_short(now - clock.due_at)}
        return "over", text
    text = pgettext("clock", "%(time)s left") % {"time": format_short(clock.due_at - now)}
    return ("soon" if clock.due_soon_at <= now else "in_time"), text


def _target(clock):
    """The promise as it is written: working hours where it counts in them."""
    if clock.calendar_version_id is None:
        return format_target(clock.target)
    return format_target(clock.target, True, day=working_time_of(clock).typical_day)


def _aim(clock, working_time, now):
    if clock.aim is None:
        return ""
    moment = format_moment(working_time.add(clock.started_at, clock.aim), now)
    return _("%(aim)s, until %(moment)s") % {"aim": format_duration(clock.aim), "moment": moment}


def _ended(clock):
    if clock.answer_id:
        badge = answered_badge(clock)
    elif clock.state == Clock.State.BREACHED:
        badge = DueBadge("late", _("never answered"))
    else:
        badge = DueBadge("none", pgettext("clock", "withdrawn"))
    return EndedClock(str(clock.get_kind_display()), _target(clock), badge)
