"""Notices of due times: alerts to staff, sent only while they are still true."""

from django.db.models import Q
from django.utils.translation import gettext as _

from notifications.reasons import Reason
from tickets.event_types import Kind
from tickets.models import Clock

from .declaration import Notice, Topic, supervisors_too, the_assignee_or_all
from .paragraphs import answer_before


def _running(event):
    """The running clocks with the very dues that the alert was raised for."""
    meant = Q(pk__in=())
    for kind, due_at in event.changes.get("clocks", {}).items():
        meant |= Q(kind=kind, due_at=due_at)
    return Clock.objects.running().filter(meant, ticket=event.ticket_id)


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
    running = _running(notification.event).filter(due_at__gt=now)
    return "" if running.exists() else Reason.ANSWERED


DUE_SOON = Notice(
    kind=Kind.DUE_SOON,
    text=_due_soon,
    to_staff=the_assignee_or_all,
    staff_topic=Topic.DUE_SOON,
    outdated=_due_soon_no_more,
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
    return "" if _running(notification.event).exists() else Reason.ANSWERED


BREACHED = Notice(
    kind=Kind.BREACHED, text=_breached, to_staff=supervisors_too, outdated=_overdue_no_more
)

PLAN_CHANGED = Notice(kind=Kind.PLAN_CHANGED)

CLOCKS_MOVED = Notice(kind=Kind.CLOCKS_MOVED)
