"""Notices of new tickets and public messages."""

from django.utils.translation import gettext as _

from tickets.choices import Status
from tickets.event_types import Kind

from .declaration import Notice, Topic, always, the_assignee
from .paragraphs import ANSWER_BUTTON, answer_before


def _opened(facts):
    return [
        _("Ticket %(number)s was opened for you: %(title)s"),
        _("%(actor)s from our support team has opened the ticket “%(title)s” for you."),
        answer_before({**facts, "for_staff": False}),
    ]


OPENED = Notice(
    kind=Kind.OPENED,
    text=_opened,
    to_customers=always,
    is_signed=True,
    to_staff=the_assignee,
    staff_topic=Topic.CUSTOMERS,
)


def _agent_replied(facts):
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
        next_move,
    ]


AGENT_REPLIED = Notice(
    kind=Kind.AGENT_REPLIED,
    text=_agent_replied,
    to_customers=always,
    topic=Topic.REPLIES,
    button=ANSWER_BUTTON,
)


def _customer_replied(facts):
    return [
        _("New message on ticket %(number)s: %(title)s"),
        _("%(actor)s of %(organization)s has added a message to the ticket “%(title)s”.")
        if facts["for_staff"]
        else _("%(actor)s has added a message to the ticket “%(title)s”."),
        answer_before(facts) if facts["for_staff"] else "",
    ]


CUSTOMER_REPLIED = Notice(
    kind=Kind.CUSTOMER_REPLIED,
    text=_customer_replied,
    to_customers=always,
    topic=Topic.REPLIES,
    to_staff=the_assignee,
    staff_topic=Topic.CUSTOMERS,
)

CUSTOMER_THANKED = Notice(kind=Kind.CUSTOMER_THANKED)

NOTED = Notice(kind=Kind.NOTED)
