"""Notices of snoozed tickets: who has one, or put it away, hears that it is back."""

from django.utils.translation import gettext as _

from tickets.choices import Woken
from tickets.event_types import Kind

from .declaration import Notice, Topic, never
from .paragraphs import answer_before

SNOOZED = Notice(kind=Kind.SNOOZED, ends_alerts=never)


def _its_agents(event, roles):
    """The assignee, and who put it away."""
    return {event.ticket.assignee_id, *event.changes.get("snoozed_by", ())}


def _woken(facts):
    return [
        _("Ticket %(number)s is back in the queue: %(title)s"),
        _("The snoozed ticket “%(title)s” of %(organization)s has returned to the queue."),
        answer_before(facts),
    ]


WOKEN = Notice(
    kind=Kind.WOKEN,
    text=_woken,
    brief=lambda facts: _("It was snoozed until now, and is back in the queue."),
    to_staff=_its_agents,
    staff_when=lambda event: event.changes.get("woken") == Woken.TIME,
    staff_topic=Topic.SNOOZED,
    is_found_by_run=True,
    ends_alerts=never,
)
