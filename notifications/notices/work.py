"""Notices of who works on a ticket: customers hear of its status, agents of being given it."""

from django.utils.translation import gettext as _

from tickets.event_types import Kind

from .declaration import Notice, Topic, old_and_new_assignee, when_status_changes
from .paragraphs import handed_on, handed_on_in_brief


def _accepted(facts):
    if facts["for_staff"]:
        return [
            _("Ticket %(number)s was taken over: %(title)s"),
            _("%(actor)s has taken over the ticket “%(title)s” from you."),
        ]
    return [
        _("We are working on ticket %(number)s: %(title)s"),
        _("Our support team is now working on the ticket “%(title)s”."),
    ]


def _accepted_in_brief(facts):
    if facts["for_staff"]:
        return _("%(actor)s has taken it over from you.")
    return _("Our support team is now working on it.")


ACCEPTED = Notice(
    kind=Kind.ACCEPTED,
    text=_accepted,
    brief=_accepted_in_brief,
    to_customers=when_status_changes,
    to_staff=old_and_new_assignee,
    staff_topic=Topic.HANDOVERS,
)


def _back_in_the_queue():
    return [
        _("Ticket %(number)s awaits a response: %(title)s"),
        _("The ticket “%(title)s” is back in the queue; another agent will take it."),
    ]


def _released(facts):
    if not facts["for_staff"]:
        return _back_in_the_queue()
    return [
        _("Ticket %(number)s was returned to the queue: %(title)s"),
        _(
            "%(actor)s has returned the ticket “%(title)s” to the queue. You are no longer its "
            "assignee."
        ),
    ]


def _released_in_brief(facts):
    if facts["for_staff"]:
        return _("%(actor)s has returned it to the queue.")
    return _("It is back in the queue; another agent will take it.")


RELEASED = Notice(
    kind=Kind.RELEASED,
    text=_released,
    brief=_released_in_brief,
    to_customers=when_status_changes,
    to_staff=old_and_new_assignee,
    staff_topic=Topic.HANDOVERS,
)


def _assigned(facts):
    if not facts["for_staff"]:
        return _back_in_the_queue()
    return handed_on(facts)


def _assigned_in_brief(facts):
    if not facts["for_staff"]:
        return _("It is back in the queue; another agent will take it.")
    return handed_on_in_brief(facts)


ASSIGNED = Notice(
    kind=Kind.ASSIGNED,
    text=_assigned,
    brief=_assigned_in_brief,
    to_customers=when_status_changes,
    to_staff=old_and_new_assignee,
    staff_topic=Topic.HANDOVERS,
)


def _resumed(facts):
    return [
        _("We are working on ticket %(number)s again: %(title)s"),
        _(
            "Our support team has resumed work on the ticket “%(title)s”. It does not close "
            "automatically for now."
        ),
    ]


def _resumed_in_brief(facts):
    return _("Our support team has resumed work on it.")


RESUMED = Notice(
    kind=Kind.RESUMED, text=_resumed, brief=_resumed_in_brief, to_customers=when_status_changes
)

LINKED = Notice(kind=Kind.LINKED)

UNLINKED = Notice(kind=Kind.UNLINKED)
