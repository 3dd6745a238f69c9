"""A ticket's standing for its customer: whose move it is and what happens next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from plans.models import Priority
from tickets.choices import Status
from tickets.clocks.auto_close import AUTO_CLOSE_AFTER
from tickets.due.badge import promises_nothing_further, running_resolution, running_response
from tickets.reopening import is_closed_for_long
from ui.wording import MINUTE, format_duration, format_moment


@dataclass(frozen=True)
class Standing:
    """`status` is the plain sentence of the details; `heading` and `text` say what comes next."""

    status: str
    heading: str
    text: str
    is_your_turn: bool = False
    # Whether what was promised has passed.
    is_late: bool = False
    # Whether the text is also for who may not write here.
    is_for_all: bool = False
    # Of the 48 hours before the automatic close: what is still to come, in percent.
    left: int | None = None


def standing(ticket, now):
    """What the page of a ticket says first to a customer, at `now`."""
    if ticket.is_closed:
        return _closed(ticket, now)
    if ticket.status == Status.AWAITING_CUSTOMER:
        return _your_turn(ticket, now)
    return _our_turn(ticket, now)


def _closed(ticket, now):
    status = _("Closed since %(moment)s") % {"moment": format_moment(ticket.closed_at, now)}
    if ticket.merged_into_id is not None:
        # Who sees the target is led to its page.
        text = _(
            "It was merged into another ticket that you do not see. Open a new ticket for what you "
            "want to write."
        )
        return Standing(status, _("This ticket is closed"), text, is_for_all=True)
    text = _("If the problem is still there, write below or reopen the ticket; nothing is lost.")
    if is_closed_for_long(ticket, now):
        text = _(
            "It has been closed for too long to be reopened. If the problem is back, write below: "
            "your message opens a new ticket that is linked to this one."
        )
    return Standing(status, _("This ticket is closed"), text)


def _your_turn(ticket, now):
    status = _("We have answered and are waiting for you")
    if ticket.auto_close_at is None:
        text = _("The ticket stays open until you write.")
        return Standing(status, _("Your turn"), text, is_your_turn=True)
    remaining = ticket.auto_close_at - now
    text = _(
        "Without a message from you, the ticket closes automatically %(moment)s. Each "
        "message stops the countdown."
    ) % {"moment": format_moment(ticket.auto_close_at, now)}
    if remaining.total_seconds() <= 0:
        return Standing(status, _("Your turn: closing now"), text, is_your_turn=True, left=0)
    # Seconds mean nothing on a page that does not update.
    shown = remaining - remaining % MINUTE if remaining > MINUTE else remaining
    heading = _("Your turn: %(time)s left") % {"time": format_duration(shown)}
    left = min(100, round(100 * (remaining / AUTO_CLOSE_AFTER)))
    return Standing(status, heading, text, is_your_turn=True, left=left)


def _our_turn(ticket, now):
    working = ticket.status == Status.IN_PROGRESS
    status = _("Support is working on it") if working else _("In the queue")
    clock, closing = running_response(ticket), _resolution(ticket, now)
    if not ticket.waits_for_answer:
        text = closing or _("Nothing is needed from you; you can add a message.")
        return Standing(status, status, text, is_late=_is_late(running_resolution(ticket), now))
    if clock is None:
        text = _joined(_("No response time is promised here. Support still answers."), closing)
        late = _is_late(running_resolution(ticket), now)
        return Standing(status, _("Support will answer you"), text, is_late=late)
    moment = {"moment": format_moment(clock.due_at, now)}
    if clock.due_at <= now:
        return Standing(status, _("Our answer is late"), _late(ticket, moment), is_late=True)
    heading = _("You get an answer before %(moment)s") % moment
    text = _("We will notify you when you have an answer.")
    if promises_nothing_further(clock, ticket):
        text = _(
            "For the current priority, the plan makes no further commitment; this due time stays."
        )
    late = _is_late(running_resolution(ticket), now)
    return Standing(status, heading, _joined(text, closing), is_late=late)


def _late(ticket, moment):
    """What happens after a promise was broken, and what the customer can do."""
    text = _(
        "The promised time passed %(moment)s. Your ticket now comes before all that are in time, "
        "and our supervisors have been notified."
    )
    can = (
        _("You do not have to do anything. If it has become worse, add a message.")
        if ticket.priority == Priority.CRITICAL
        else _(
            "You do not have to do anything. If it has become worse, add a message or raise the "
            "priority."
        )
    )
    return f"{text % moment} {can}"


def _is_late(clock, now):
    return clock is not None and clock.due_at is not None and clock.due_at <= now


def _resolution(ticket, now):
    """What is promised about closing the ticket; "" where nothing is, or a pause holds it."""
    clock = running_resolution(ticket)
    if clock is None or clock.due_at is None:
        return ""
    moment = {"moment": format_moment(clock.due_at, now)}
    if clock.due_at <= now:
        text = _(
            "It should have been resolved before %(moment)s; support handles it before all others."
        )
        return text % moment
    return _("It must be resolved before %(moment)s.") % moment


def _joined(text, more):
    return f"{text} {more}" if more else text
