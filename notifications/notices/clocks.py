"""Notices of due times: alerts to staff, sent only while they are still true."""

from datetime import datetime

from django.utils.translation import gettext as _

from notifications.reasons import Reason
from tickets.choices import Status
from tickets.event_types import Kind

from .declaration import (
    Notice,
    Topic,
    always,
    never,
    supervisors,
    supervisors_too,
    the_assignee_or_all,
)
from .paragraphs import answer_before


def _running(notification):
    """The running clocks with the very dues that the alert was raised for; those of the ticket
    that were read with the notification, or read now."""
    ticket, dues = notification.ticket, notification.event.changes.get("clocks", {})
    running = getattr(ticket, "running_clocks", None)
    if running is None:
        running = ticket.clocks.running()
    meant = {kind: datetime.fromisoformat(due) for kind, due in dues.items()}
    return [clock for clock in running if clock.due_at and meant.get(clock.kind) == clock.due_at]


def _due_soon(facts):
    subject = _("Ticket %(number)s is due soon: %(title)s")
    if facts["of_resolution"]:
        return [
            subject,
            _("The ticket “%(title)s” of %(organization)s must be resolved."),
            _("It must be closed before %(due)s."),
        ]
    return [
        subject,
        _("The ticket “%(title)s” of %(organization)s is waiting for an answer."),
        answer_before({**facts, "for_staff": True}),
    ]


def _due_soon_no_more(notification, now):
    is_soon = any(clock.due_at > now for clock in _running(notification))
    return "" if is_soon else Reason.ANSWERED


def _due_soon_in_brief(facts):
    return _("Its resolution is due soon.") if facts["of_resolution"] else _("It is due soon.")


DUE_SOON = Notice(
    kind=Kind.DUE_SOON,
    text=_due_soon,
    brief=_due_soon_in_brief,
    to_staff=the_assignee_or_all,
    staff_topic=Topic.DUE_SOON,
    outdated=_due_soon_no_more,
    ends_alerts=never,
    is_found_by_run=True,
    is_pressing=always,
)


def _unaccepted(facts):
    return [
        _("Nobody has accepted ticket %(number)s yet: %(title)s"),
        _("The ticket “%(title)s” of %(organization)s waits for an agent."),
        answer_before({**facts, "for_staff": True}),
    ]


def _accepted_meanwhile(notification, now):
    if notification.ticket.status != Status.AWAITING_RESPONSE:
        return Reason.ANSWERED
    return "" if _running(notification) else Reason.ANSWERED


def _unaccepted_in_brief(facts):
    return _("Nobody has accepted it yet.")


UNACCEPTED = Notice(
    kind=Kind.UNACCEPTED,
    text=_unaccepted,
    brief=_unaccepted_in_brief,
    to_staff=supervisors,
    outdated=_accepted_meanwhile,
    ends_alerts=never,
    is_found_by_run=True,
    is_pressing=always,
)


def _breached(facts):
    subject = _("Ticket %(number)s is overdue: %(title)s")
    if facts["of_resolution"]:
        return [
            subject,
            _("The ticket “%(title)s” of %(organization)s is not resolved yet."),
            _("It should have been closed before %(due)s."),
        ]
    return [
        subject,
        _("The ticket “%(title)s” of %(organization)s is still waiting for an answer."),
        _("It should have been answered before %(due)s.") if facts["due"] else "",
    ]


def _overdue_no_more(notification, now):
    return "" if _running(notification) else Reason.ANSWERED


def _breached_in_brief(facts):
    if facts["of_resolution"]:
        return _("The due time of its resolution has passed.")
    return _("It is overdue.")


BREACHED = Notice(
    kind=Kind.BREACHED,
    text=_breached,
    brief=_breached_in_brief,
    to_staff=supervisors_too,
    outdated=_overdue_no_more,
    is_found_by_run=True,
    is_pressing=always,
)

PLAN_CHANGED = Notice(kind=Kind.PLAN_CHANGED)

CLOCKS_MOVED = Notice(kind=Kind.CLOCKS_MOVED)
