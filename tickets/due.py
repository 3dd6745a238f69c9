"""What a ticket's due badge says: one of eight states, in words of the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.promises import promise_of, working_time_by_key
from plans.wording import format_datetime, format_duration, format_moment, format_short

from .models import Clock
from .words import Status


@dataclass(frozen=True)
class DueBadge:
    """`kind` is one of in_time, soon, over, paused, closed_calendar, none, met and late."""

    kind: str
    text: str
    at_text: str = ""
    at: datetime | None = None
    soon_at: datetime | None = None

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
        return self.kind in {"in_time", "soon", "over"}


def response_badge(ticket, now):
    """For the customer's details: the running promise, else how the last one ended."""
    if ticket.status == Status.AWAITING_CUSTOMER:
        return _finished(ticket) or DueBadge("none", _("No commitment"))
    return due_badge(ticket, now, for_customer=True)


def due_badge(ticket, now, *, for_customer=False):
    """The badge of a ticket that was fetched with its clocks (`clock_list`, the newest first)."""
    if ticket.due_at is not None:
        return _running(ticket, now, for_customer)
    if ticket.status == Status.AWAITING_CUSTOMER:
        return _awaiting_customer(ticket, now, for_customer)
    if ticket.waits_for_answer:
        return DueBadge("none", _("No commitment"))
    return _finished(ticket) or DueBadge("none", pgettext("due badge", "Nothing due"))


def _running(ticket, now, for_customer):
    moment = format_moment(ticket.due_at, now)
    if ticket.due_at <= now:
        text = pgettext("due badge", "%(time)s over") % {"time": format_short(now - ticket.due_at)}
        return DueBadge("over", text, moment, ticket.due_at)
    clock = next(
        (each for each in ticket.clock_list if each.due_at == ticket.due_at and each.is_running),
        None,
    )
    if clock and clock.aim and not for_customer:
        aim = format_duration(clock.aim)
        moment = pgettext("due badge", "%(moment)s · aim %(aim)s") % {"moment": moment, "aim": aim}
    working_time = working_time_by_key(clock.calendar_version_id) if clock else None
    if working_time and not working_time.is_open(now):
        opening = working_time.next_opening(now)
        text = pgettext("due badge", "opens %(moment)s") % {"moment": format_moment(opening, now)}
        at_text = pgettext("due badge", "due %(moment)s") % {"moment": moment}
        return DueBadge("closed_calendar", text, at_text, ticket.due_at)
    kind = "soon" if ticket.due_soon_at <= now else "in_time"
    return DueBadge(
        kind, format_short(ticket.due_at - now), moment, ticket.due_at, ticket.due_soon_at
    )


def promises_nothing_further(ticket):
    """Whether the due stems from before a raise to a priority without commitment: it stays, and
    the plan promises no more."""
    running = (each for each in ticket.clock_list if each.due_at == ticket.due_at)
    clock = next((each for each in running if each.is_running), None)
    if clock is None or clock.priority == ticket.priority:
        return False
    promise = promise_of(clock.plan_version, clock.calendar_version)
    return promise.cell(ticket.priority).target is None


def _awaiting_customer(ticket, now, for_customer):
    if ticket.auto_close_at is None:
        return DueBadge("paused", _("Stays open") if for_customer else _("Close is held"))
    if ticket.auto_close_at <= now:
        return DueBadge(
            "paused",
            _("closes now"),
            format_moment(ticket.auto_close_at, now),
            ticket.auto_close_at,
        )
    text = pgettext("due badge", "closes in %(time)s") % {
        "time": format_short(ticket.auto_close_at - now)
    }
    return DueBadge("paused", text, format_moment(ticket.auto_close_at, now), ticket.auto_close_at)


def _finished(ticket):
    """How the last response promise ended; withdrawn ones say nothing."""
    ended = [
        clock
        for clock in ticket.clock_list
        if clock.kind in Clock.RESPONSE_KINDS and not clock.is_running
    ]
    clock = next((each for each in ended if each.answer_id), None)
    return answered_badge(clock) if clock else None


def answered_badge(clock):
    """How a response promise that was answered ended."""
    if clock.state == Clock.State.MET:
        text = pgettext("due badge", "in %(time)s") % {
            "time": format_short(clock.stopped_at - clock.started_at)
        }
        return DueBadge("met", text)
    text = pgettext("due badge", "%(time)s late") % {
        "time": format_short(clock.stopped_at - clock.due_at)
    }
    return DueBadge("late", text)
