"""Notices of who works on a ticket: customers hear of its status, agents of being given it."""

from django.utils.translation import gettext as _

from tickets.event_types import Kind

from .declaration import (
    Notice,
    Topic,
    old_and_new_assignee,
    the_team_on_duty,
    when_status_changes,
)
from .paragraphs import answer_before, handed_on, handed_on_in_brief


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
    is_bundled_in_bulk=True,
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


def _old_new_and_team(event, roles):
    """Who had it and who has it now; where nobody has it, those of the team who are on duty."""
    people = old_and_new_assignee(event, roles)
    if event.ticket.assignee_id is None:
        people = people | the_team_on_duty(event, roles)
    return people


def _for_the_team():
    return [
        _("Ticket %(number)s waits for your team: %(title)s"),
        _("%(actor)s has transferred the ticket “%(title)s” of %(organization)s to your team."),
    ]


def _transferred(facts):
    if not facts["for_staff"]:
        return _back_in_the_queue()
    if facts["is_given_to_me"] or facts["was_mine"]:
        return handed_on(facts)
    return [*_for_the_team(), answer_before(facts)]


def _transferred_in_brief(facts):
    if not facts["for_staff"]:
        return _("It is back in the queue; another agent will take it.")
    if facts["is_given_to_me"] or facts["was_mine"]:
        return handed_on_in_brief(facts)
    return _("%(actor)s has transferred it to your team.")


TRANSFERRED = Notice(
    kind=Kind.TRANSFERRED,
    text=_transferred,
    brief=_transferred_in_brief,
    to_customers=when_status_changes,
    to_staff=_old_new_and_team,
    is_for_team=True,
    staff_topic=Topic.HANDOVERS,
)


def _returned(facts):
    if not facts["for_staff"]:
        return _back_in_the_queue()
    if facts["was_mine"]:
        return [
            _("Ticket %(number)s was given to the team: %(title)s"),
            _(
                "A customer wrote on the ticket “%(title)s” of %(organization)s while you were "
                "away. It is no longer assigned to you."
            ),
        ]
    return [
        _("Ticket %(number)s waits for your team: %(title)s"),
        _(
            "A customer wrote on the ticket “%(title)s” of %(organization)s while its assignee was "
            "away."
        ),
        answer_before(facts),
    ]


def _returned_in_brief(facts):
    if not facts["for_staff"]:
        return _("It is back in the queue; another agent will take it.")
    if facts["was_mine"]:
        return _("A customer wrote while you were away; it was given to the team.")
    return _("A customer wrote while its assignee was away.")


RETURNED = Notice(
    kind=Kind.RETURNED,
    text=_returned,
    brief=_returned_in_brief,
    to_customers=when_status_changes,
    to_staff=_old_new_and_team,
    is_for_team=True,
    is_found_by_run=True,
    staff_topic=Topic.HANDOVERS,
)

LINKED = Notice(kind=Kind.LINKED)

UNLINKED = Notice(kind=Kind.UNLINKED)
