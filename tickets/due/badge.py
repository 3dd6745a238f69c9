"""What a due badge shows of a ticket or a clock: one of eight states, in the reader's language."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.promises import promise_of, working_time_by_key
from tickets.choices import Status
from tickets.clocks.terms import targets_for
from tickets.models import Clock
from ui.wording import Writer, format_datetime, format_short, format_target

from .times import left_in_pause

RESPONSES = set(Clock.RESPONSE_KINDS)
# No calendar is shut for longer without somebody having declared it.
FARTHEST_SHUT = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class DueBadge:
    """`kind` is one of in_time, soon, over, paused, closed_calendar, none, met and late.

    With `soon_at` and the next time in which nothing counts, from `shuts_at` to `opens_at`, an
    open page keeps a running one true by itself.
    """

    kind: str
    text: str
    at_text: str = ""
    at: datetime | None = None
    soon_at: datetime | None = None
    shuts_at: datetime | None = None
    opens_at: datetime | None = None
    opens_text: str = ""

    @property
    def exact(self):
        return format_datetime(self.at) if self.at else ""

    @property
    def iso(self):
        return self.at.isoformat() if self.at else ""

    @property
    def soon_iso(self):
        return self.soon_at.isoformat() if self.soon_at else ""

    @property
    def live(self):
        """Whether an open page may count on by itself."""
        return self.kind in {"in_time", "soon", "over", "closed_calendar"}


class Viewing:
    """When and by whom badges are read. All badges of a page share one, which finds out once what
    each calendar says of the moment."""

    def __init__(self, now, *, for_customer=False):
        self.now, self.for_customer = now, for_customer
        self.writer = Writer(now)
        self._shut = {}

    def shut(self, calendar_key):
        """From when to when nothing counts next, or now; (None, None) where that is far ahead."""
        if calendar_key is None:
            return None, None
        if calendar_key not in self._shut:
            self._shut[calendar_key] = _shut(calendar_key, self.now)
        return self._shut[calendar_key]


def due_badge(ticket, now, *, for_customer=False):
    """The badge of a ticket that was fetched with its clocks (`clock_list`, the newest first)."""
    return row_badge(ticket, ticket.clock_list, Viewing(now, for_customer=for_customer))


def row_badge(ticket, clocks, viewing):
    """The badge of a row of a list, whose clocks were fetched apart, the newest first."""
    if ticket.due_at is not None:
        return _running(ticket, clocks, viewing)
    if ticket.status == Status.AWAITING_CUSTOMER:
        return _awaiting_customer(ticket, viewing)
    if ticket.waiting_since is not None:
        return DueBadge("none", _("No commitment"))
    return _finished(clocks) or DueBadge("none", pgettext("due badge", "Nothing due"))


def response_badge(ticket, now):
    """For the customer's details: the running promise of an answer, else how the last one ended."""
    clock = running_response(ticket)
    if clock is not None:
        return clock_badge(clock, now)
    if ticket.waits_for_answer or ticket.status == Status.AWAITING_CUSTOMER:
        none = DueBadge("none", _("No commitment"))
        return none if ticket.waits_for_answer else _finished(ticket.clock_list) or none
    return _finished(ticket.clock_list) or DueBadge("none", pgettext("due badge", "Nothing due"))


def resolution_badge(ticket, now):
    """The promise to have the ticket closed, or None where the plan made none."""
    clock = next((each for each in ticket.clock_list if each.kind == Clock.Kind.RESOLUTION), None)
    return clock_badge(clock, now) if clock else None


def running_response(ticket):
    """The promise of an answer that is being kept, or None."""
    return next(
        (each for each in ticket.clock_list if each.is_running and each.kind in RESPONSES), None
    )


def running_resolution(ticket):
    """The promise to close the ticket that is being kept, paused or not; or None."""
    return next(
        (
            each
            for each in ticket.clock_list
            if each.is_running and each.kind == Clock.Kind.RESOLUTION
        ),
        None,
    )


def clock_badge(clock, now):
    """The badge of one promise: how long it has, or how it ended."""
    if not clock.is_running:
        return ended_badge(clock)
    if clock.is_paused:
        text = pgettext("due badge", "paused, %(time)s left")
        return DueBadge("paused", text % {"time": left_in_pause(clock)})
    viewing = Viewing(now)
    moment = viewing.writer.moment(clock.due_at)
    return _counting(clock.due_at, clock.due_soon_at, clock.calendar_version_id, moment, viewing)


def _running(ticket, clocks, viewing):
    moment = viewing.writer.moment(ticket.due_at)
    carriers = [each for each in clocks if each.due_at == ticket.due_at and each.is_running]
    clock = next((each for each in carriers if each.kind in RESPONSES), None)
    if clock is None and carriers:
        clock = carriers[0]
        moment = pgettext("due badge", "%(moment)s · resolution") % {"moment": moment}
    elif clock and clock.aim and not viewing.for_customer and ticket.due_at > viewing.now:
        aim = format_target(clock.aim, clock.calendar_version_id is not None, day=clock.aim)
        moment = pgettext("due badge", "%(moment)s · aim %(aim)s") % {"moment": moment, "aim": aim}
    return _counting(
        ticket.due_at, ticket.due_soon_at, clock and clock.calendar_version_id, moment, viewing
    )


def _counting(due_at, soon_at, calendar_key, moment, viewing):
    """The badge of a due that has not been kept yet."""
    now, writer = viewing.now, viewing.writer
    if due_at <= now:
        text = pgettext("due badge", "%(time)s overdue") % {"time": writer.short(now - due_at)}
        return DueBadge("over", text, moment, due_at)
    shuts_at, opens_at = viewing.shut(calendar_key)
    if shuts_at is None or shuts_at >= due_at:
        kind = "soon" if soon_at <= now else "in_time"
        return DueBadge(kind, writer.short(due_at - now), moment, due_at, soon_at)
    opens = pgettext("due badge", "opens %(moment)s") % {"moment": writer.moment(opens_at)}
    counting = (due_at, soon_at, shuts_at, opens_at, opens)
    if shuts_at <= now:
        at_text = pgettext("due badge", "due %(moment)s") % {"moment": moment}
        return DueBadge("closed_calendar", opens, at_text, *counting)
    kind = "soon" if soon_at <= now else "in_time"
    return DueBadge(kind, writer.short(due_at - now), moment, *counting)


def _shut(calendar_key, now):
    working_time = working_time_by_key(calendar_key)
    if not working_time.is_open(now):
        return now, working_time.next_opening(now)
    open_stretches = working_time.stretches(now, now + FARTHEST_SHUT)
    shuts_at = open_stretches[0][1]
    opens_at = working_time.next_opening(shuts_at)
    return (None, None) if opens_at in {None, shuts_at} else (shuts_at, opens_at)


def promises_nothing_further(clock, ticket):
    """Whether the due stems from before a raise to a priority without commitment: it stays, and
    the plan promises no more."""
    if clock is None or clock.priority == ticket.priority:
        return False
    promise = promise_of(clock.plan_version, clock.calendar_version)
    return targets_for(promise, ticket.priority, clock.kind)[0] is None


def _awaiting_customer(ticket, viewing):
    now = viewing.now
    if ticket.auto_close_at is None:
        text = _("Stays open") if viewing.for_customer else _("Close is held")
        return DueBadge("paused", text)
    moment = viewing.writer.moment(ticket.auto_close_at)
    if ticket.auto_close_at <= now:
        return DueBadge("paused", _("closes now"), moment, ticket.auto_close_at)
    text = pgettext("due badge", "closes in %(time)s") % {
        "time": viewing.writer.short(ticket.auto_close_at - now)
    }
    return DueBadge("paused", text, moment, ticket.auto_close_at)


def _finished(clocks):
    """How the last response promise ended; withdrawn ones say nothing."""
    ended = [each for each in clocks if each.kind in RESPONSES and not each.is_running]
    clock = next((each for each in ended if each.answer_id), None)
    return ended_badge(clock) if clock else None


def ended_badge(clock):
    """How a promise ended: kept, kept late, never kept, or withdrawn."""
    if clock.state == Clock.State.WITHDRAWN:
        return DueBadge("none", pgettext("clock", "withdrawn"))
    if clock.state == Clock.State.MET:
        text = pgettext("due badge", "in %(time)s") % {
            "time": format_short(clock.stopped_at - clock.started_at)
        }
        return DueBadge("met", text)
    if clock.kind in RESPONSES and not clock.answer_id:
        return DueBadge("late", _("never answered"))
    text = pgettext("due badge", "%(time)s late") % {
        "time": format_short(clock.stopped_at - clock.due_at)
    }
    return DueBadge("late", text)
