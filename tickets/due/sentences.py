"""The sentences of the due-time page, in the reader's language."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from plans.models import Priority
from tickets.clocks.terms import working_time_of
from tickets.models import Clock, ClockChange
from ui.wording import MINUTE, format_duration, format_target, weekday_name

from .reckoning import AWAITING, PAUSED
from .times import clock_length, exact_moment

Kind, State, Reason = Clock.Kind, Clock.State, ClockChange.Reason
DAY = timedelta(days=1)


def target_of(clock):
    """The promise as it is written, in working hours where it counts in them; no days beside."""
    working = clock.calendar_version_id is not None
    return format_target(clock.target, working, day=clock.target)


def name_in_language(name):
    """Of a holiday or a closure: the name that the reader reads, else the other."""
    first, second = ("fa", "en") if get_language() == "fa" else ("en", "fa")
    return name.get(first) or name.get(second) or ""


def why_skipped(piece):
    """Why a stretch did not count, beyond the nights and the days on which nobody works."""
    if piece.kind == PAUSED:
        if piece.name == AWAITING:
            return _("Paused: waiting for the customer's answer")
        return _("Paused: the ticket was closed")
    name = {"name": name_in_language(piece.name or {})}
    if piece.kind == "closure":
        return _("Closure: %(name)s") % name
    return _("Holiday: %(name)s") % name


def names_of_closed_days(first, last):
    """Thursday and Friday, for up to two of them."""
    count = (last - first).days + 1
    if count > 2:
        return _("Closed days")
    names = [weekday_name(first + DAY * day) for day in range(count)]
    closed = names[0]
    if count == 2:
        closed = pgettext("two days", "%(first)s and %(second)s") % dict(
            zip(("first", "second"), names, strict=True)
        )
    return _("%(days)s: closed") % {"days": closed}


def in_minutes(length):
    """2 h 15 min: seconds only where there is nothing else."""
    return format_duration(length - length % MINUTE if length > MINUTE else length)


# --- Changes --------------------------------------------------------------------------------------


def of_change(change, clock, now):
    """What a change of the ledger did to the due, in a sentence; "" for what the sum shows."""
    if change.reason in {Reason.RAISED, Reason.LOWERED}:
        sentence = {
            Reason.RAISED: _("The priority was raised to “%(priority)s”."),
            Reason.LOWERED: _("The priority was lowered to “%(priority)s”."),
        }[change.reason] % {"priority": Priority(change.priority).label}
    elif change.reason == Reason.PLAN:
        sentence = _("The organization moved to another support plan.")
    elif change.reason == Reason.RECALCULATED:
        sentence = _(
            "The plan or its working hours were edited, and the due time was recalculated."
        )
    elif change.reason == Reason.CLOSURE:
        sentence = _("A closure was declared: no time is counted during it.")
    elif change.reason in {Reason.HANDED_OVER, Reason.UNMERGED}:
        return {
            Reason.HANDED_OVER: _("A merge of two tickets kept this promise: it was the earlier."),
            Reason.UNMERGED: _("The merge was undone: the promise is as it was."),
        }[change.reason]
    else:
        return ""
    return f"{sentence} {_moved(change, clock, now)}"


def _moved(change, clock, now):
    if change.old_remaining is not None:
        return _remainder(change)
    if change.new_due_at is None:
        # A closure in a pause: what is left is a duration.
        return _("The remaining time did not change.")
    new = exact_moment(change.new_due_at, now)
    if not change.has_moved:
        return _stays(change, clock, new)
    values = {"old": exact_moment(change.old_due_at, now), "new": new}
    moved = _("The due time moved from %(old)s to %(new)s.") % values
    if change.reason in {Reason.RAISED, Reason.PLAN} and change.reckoned_for is not None:
        from_here = _("From here, %(length)s are counted.")
        return f"{moved} {from_here % {'length': clock_length(change.reckoned_for)}}"
    return moved


def _stays(change, clock, due):
    if change.reason == Reason.LOWERED:
        return _("The due time stays %(due)s: it is the later one.") % {"due": due}
    if change.reason in {Reason.RAISED, Reason.PLAN}:
        return _(
            "The due time stays %(due)s: the new calculation would end later, or promises nothing."
        ) % {"due": due}
    return _("The due time stays %(due)s.") % {"due": due}


def _remainder(change):
    values = {
        "old": clock_length(change.old_remaining),
        "new": clock_length(change.new_remaining),
    }
    if values["old"] == values["new"]:
        return _("The remaining time stays %(new)s.") % values
    return _("The remaining time changed from %(old)s to %(new)s.") % values


def clamped(summed, due):
    """Of a sum that was done again and would have ended before that."""
    return _("%(due)s; the new calculation gives %(summed)s, which had already passed") % {
        "due": due,
        "summed": summed,
    }


# --- Results --------------------------------------------------------------------------------------


def result(clock, reckoning, ending, now):
    """What became of the promise, in a sentence; `ending` is the event that withdrew it."""
    if clock.state == State.WITHDRAWN:
        return _withdrawn(clock, ending, now)
    # Whether or not the scan has come by.
    if clock.state == State.BREACHED or (clock.is_running and clock.due_at and clock.due_at <= now):
        return _breached(clock, now)
    if clock.state == State.MET:
        return _met(clock, reckoning, now)
    if clock.is_paused:
        since = exact_moment(clock.paused_at, now)
        left = clock_length(clock.remaining)
        return _(
            "Paused since %(since)s, while waiting for the customer's answer. %(left)s "
            "are left; counting continues as soon as it is support's turn."
        ) % {"since": since, "left": left}
    due = exact_moment(clock.due_at, now)
    if clock.kind == Kind.RESOLUTION:
        return _("The ticket must be closed before %(due)s.") % {"due": due}
    return _("The answer must come before %(due)s; at that very moment it would be late.") % {
        "due": due
    }


def _met(clock, reckoning, now):
    sentence = (
        _("Closed %(moment)s, on time: %(used)s of %(total)s were used.")
        if clock.kind == Kind.RESOLUTION
        else _("Answered %(moment)s, on time: %(used)s of %(total)s were used.")
    )
    return sentence % {
        "moment": exact_moment(clock.stopped_at, now),
        "used": clock_length(reckoning.used),
        "total": clock_length(reckoning.total),
    }


def _breached(clock, now):
    if _is_ended_by_merge(clock):
        return _merged(clock, now)
    is_resolution = clock.kind == Kind.RESOLUTION
    if clock.stopped_at is None:
        sentence = (
            _(
                "The due time passed %(moment)s and the ticket is not closed yet: overdue "
                "by %(late)s."
            )
            if is_resolution
            else _(
                "The due time passed %(moment)s and there is no answer yet: overdue by %(late)s."
            )
        )
        moment, late = clock.due_at, now - clock.due_at
    elif is_resolution or clock.answer_id is None:
        sentence = _("Closed %(moment)s, %(late)s after the due time.")
        moment, late = clock.stopped_at, clock.stopped_at - clock.due_at
    else:
        sentence = _("Answered %(moment)s, %(late)s after the due time.")
        moment, late = clock.stopped_at, clock.stopped_at - clock.due_at
    return sentence % {"moment": exact_moment(moment, now), "late": in_minutes(late)}


def _merged(clock, now):
    moment = {"moment": exact_moment(clock.stopped_at, now)}
    if clock.state == State.BREACHED:
        sentence = _("Overdue since %(due)s, and ended %(moment)s by a merge of two tickets.")
        return sentence % {**moment, "due": exact_moment(clock.due_at, now)}
    sentence = _("Ended %(moment)s without a result: by a merge, the other ticket's promise holds.")
    return sentence % moment


def _is_ended_by_merge(clock):
    changes = list(clock.changes.all())
    return clock.stopped_at is not None and changes[-1].reason == Reason.MERGED


def _withdrawn(clock, ending, now):
    if _is_ended_by_merge(clock):
        return _merged(clock, now)
    moment = {"moment": exact_moment(clock.stopped_at, now)}
    if ending is not None and ending.closed_ticket:
        return (
            _("Ended %(moment)s without a result: the ticket was closed before an answer was due.")
            % moment
        )
    if ending is not None and "priority" in ending.changes:
        return (
            _("Ended %(moment)s without a result: for the new priority the plan promises nothing.")
            % moment
        )
    return (
        _(
            "Ended %(moment)s without a result: from then on nothing was promised, because of the "
            "support plan or while the organization was suspended."
        )
        % moment
    )


# --- Facts ----------------------------------------------------------------------------------------


def start_of(clock, ticket):
    """What the clock began with."""
    if clock.started_at == ticket.created_at:
        return _("the ticket was opened")
    if clock.kind != Kind.RESOLUTION and clock.started_at == ticket.waiting_since:
        return _("the oldest message without an answer")
    if clock.kind == Kind.NEXT_RESPONSE:
        return _("the next message that needed an answer")
    return _("from then on it was promised")


def calendar_of(clock):
    """In which time the promise counts, and in whose zone."""
    version = clock.calendar_version
    if version is None:
        return _("It is counted around the clock, every day; no holiday stops it.")
    zone = str(working_time_of(clock).time_zone)
    sentence = _(
        "It is counted in the calendar “%(calendar)s”: in its working hours, without its holidays."
    )
    sentence %= {"calendar": version.calendar.name}
    if timezone.get_current_timezone_name() != zone:
        here = _("These hours are in the time zone %(zone)s; all times here are in yours, %(own)s.")
        sentence = (
            f"{sentence} {here % {'zone': zone, 'own': timezone.get_current_timezone_name()}}"
        )
    return sentence
