"""Notices of new tickets and public messages."""

from django.utils.translation import gettext as _

from notifications.reasons import Reason
from plans.models import Priority
from tickets.choices import Status
from tickets.event_types import Kind

from .declaration import (
    Notice,
    Topic,
    always,
    is_handed_on,
    never,
    old_and_new_assignee,
    the_assignee,
    the_assignee_or_on_duty,
    the_mentioned,
)
from .paragraphs import (
    ANSWER_BUTTON,
    answer_before,
    handed_on,
    handed_on_in_brief,
    priority_changed,
    still_there,
)


def _opened(facts):
    if facts["for_staff"]:
        return [
            _opened_subject(facts["priority"]),
            _(
                "%(organization)s has opened the ticket “%(title)s” with the priority "
                "%(priority_name)s."
            ),
            answer_before(facts),
        ]
    if facts["is_own"]:
        return [
            _("We have received your ticket %(number)s: %(title)s"),
            _("Your ticket “%(title)s” has the number %(number)s."),
            _promise(facts),
            _("We will write to you as soon as we answer."),
        ]
    return [
        _("Ticket %(number)s was opened for you: %(title)s"),
        _("%(actor)s from our support team has opened the ticket “%(title)s” for you."),
        answer_before({**facts, "for_staff": False}),
    ]


def _opened_subject(priority):
    """What must not wait is seen in a list of subjects."""
    if priority == Priority.CRITICAL:
        return _("CRITICAL – new ticket %(number)s: %(title)s")
    if priority == Priority.URGENT:
        return _("URGENT – new ticket %(number)s: %(title)s")
    return _("New ticket %(number)s: %(title)s")


def _promise(facts):
    """What the customer's plan promises for the ticket, and when that is over."""
    if not facts["due"]:
        return _("Your support plan promises no response time for this priority.")
    return _("Your support plan promises an answer in less than %(target)s: before %(due)s.")


def _accepted_already(notification, now):
    """To staff it is news while nobody else has taken the ticket; a receipt stays true."""
    ticket, person = notification.ticket, notification.recipient
    if not person.staff_role:
        return ""
    is_theirs = ticket.assignee_id in (None, person.pk)
    is_new = is_theirs and ticket.status == Status.AWAITING_RESPONSE
    return "" if is_new else Reason.ANSWERED


def _opened_in_brief(facts):
    if facts["for_staff"]:
        return _("%(organization)s has opened it with the priority %(priority_name)s.")
    if facts["is_own"]:
        return _("We have received your ticket.")
    return _("%(actor)s from our support team has opened it for you.")


OPENED = Notice(
    kind=Kind.OPENED,
    text=_opened,
    brief=_opened_in_brief,
    to_customers=always,
    receipt_topic=Topic.RECEIPTS,
    is_signed=True,
    to_staff=the_assignee_or_on_duty,
    is_for_team=True,
    staff_topic=Topic.NEW_TICKETS,
    outdated=_accepted_already,
    ends_alerts=never,
    is_pressing=lambda notification: notification.ticket.priority == Priority.CRITICAL,
)


def _agent_replied(facts):
    if facts["for_staff"]:
        return handed_on(facts)
    next_move = ""
    if facts["status"] == Status.IN_PROGRESS:
        next_move = _("We continue to work on it.")
    elif facts["closes"]:
        next_move = _(
            "We are waiting for your answer. Without one, the ticket closes automatically on "
            "%(closes)s."
        )
    return [
        _("New reply on ticket %(number)s: %(title)s"),
        _("%(actor)s has replied to the ticket “%(title)s”."),
        _("The ticket is open again.") if facts["was_closed"] else "",
        *priority_changed(facts),
        next_move,
    ]


def _agent_replied_in_brief(facts):
    if facts["for_staff"]:
        return handed_on_in_brief(facts)
    return _("%(actor)s has replied.")


AGENT_REPLIED = Notice(
    kind=Kind.AGENT_REPLIED,
    text=_agent_replied,
    brief=_agent_replied_in_brief,
    to_customers=always,
    topic=Topic.REPLIES,
    button=ANSWER_BUTTON,
    to_staff=old_and_new_assignee,
    staff_when=is_handed_on,
    staff_topic=Topic.HANDOVERS,
)


def _customer_replied(facts):
    return [
        _("New message on ticket %(number)s: %(title)s"),
        _("%(actor)s of %(organization)s has added a message to the ticket “%(title)s”.")
        if facts["for_staff"]
        else _("%(actor)s has added a message to the ticket “%(title)s”."),
        answer_before(facts) if facts["for_staff"] else "",
    ]


def _customer_replied_in_brief(facts):
    if facts["for_staff"]:
        return _("%(actor)s of %(organization)s has added a message.")
    return _("%(actor)s has added a message.")


CUSTOMER_REPLIED = Notice(
    kind=Kind.CUSTOMER_REPLIED,
    text=_customer_replied,
    brief=_customer_replied_in_brief,
    to_customers=always,
    topic=Topic.REPLIES,
    to_staff=the_assignee,
    staff_topic=Topic.CUSTOMERS,
    # It waits for an answer as before. Most frequent of all acts, so asked without a statement.
    ends_alerts=lambda event: event.was_close_reminded,
)

CUSTOMER_THANKED = Notice(kind=Kind.CUSTOMER_THANKED, ends_alerts=never)


def _alert_resolved(facts):
    is_closed = facts["status"] == Status.CLOSED
    return [
        _("Alert resolved, ticket %(number)s: %(title)s"),
        _("The alert of the ticket “%(title)s” is resolved."),
        _("Nobody had answered yet, so the ticket was closed.") if is_closed else "",
        still_there() if is_closed and not facts["for_staff"] else "",
    ]


ALERT_RESOLVED = Notice(
    kind=Kind.ALERT_RESOLVED,
    text=_alert_resolved,
    brief=lambda facts: _("The alert is resolved."),
    to_customers=always,
    to_staff=the_assignee,
    staff_topic=Topic.CUSTOMERS,
    # What waited for an answer waits as before, unless it was closed.
    ends_alerts=lambda event: event.closed_ticket,
)


def _noted(facts):
    return [
        _("You were mentioned on ticket %(number)s: %(title)s"),
        _("%(actor)s has mentioned you in a note on the ticket “%(title)s”."),
    ]


NOTED = Notice(
    kind=Kind.NOTED,
    text=_noted,
    brief=lambda facts: _("%(actor)s has mentioned you in a note."),
    to_staff=the_mentioned,
    staff_when=lambda event: "mentioned" in event.changes,
    staff_topic=Topic.MENTIONS,
    ends_alerts=never,
)
