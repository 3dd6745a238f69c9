"""What people may choose to be told of, and what they are told of in any case."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Event

from .audience import FOR_ASSIGNEE, HANDOVERS

Kind = Event.Kind


class Topic(models.TextChoices):
    """What a person chooses by; the first three are for customers, the others for staff."""

    REPLIES = "replies", _("Replies")
    PROGRESS = "progress", _("Progress")
    REMINDERS = "reminders", _("Reminders")
    CUSTOMERS = "customers", _("What customers do")
    HANDOVERS = "handovers", _("Assignment")
    DUE_SOON = "due_soon", _("Due soon")


FOR_CUSTOMERS = {
    Topic.REPLIES: _("Someone replies to a ticket that I requested or watch"),
    Topic.PROGRESS: _(
        "Such a ticket is opened for me, accepted or closed, or its priority changes"
    ),
    Topic.REMINDERS: _("Such a ticket will close automatically in a day unless I answer"),
}
FOR_STAFF = {
    Topic.CUSTOMERS: _("A customer replies to my ticket, closes it or reopens it"),
    Topic.HANDOVERS: _("A ticket is assigned to me or taken from me"),
    Topic.DUE_SOON: _("A ticket of mine, or one without an assignee, is due soon"),
}


def topics_for(person):
    """The topics that a person chooses among, each with when it is told."""
    return FOR_STAFF if person.staff_role else FOR_CUSTOMERS


def topic_of(event, person):
    """The topic of an event for a person; None for what is told whatever they chose."""
    if person.staff_role:
        return _topic_for_staff(event)
    if event.kind in {Kind.AGENT_REPLIED, Kind.CUSTOMER_REPLIED}:
        return Topic.REPLIES
    return Topic.REMINDERS if event.kind == Kind.CLOSE_REMINDED else Topic.PROGRESS


def _topic_for_staff(event):
    """A promise that is broken, and a customer whom nothing reaches, concern staff in any case."""
    if event.kind in FOR_ASSIGNEE:
        return Topic.CUSTOMERS
    if event.kind in HANDOVERS:
        return Topic.HANDOVERS
    return Topic.DUE_SOON if event.kind == Kind.DUE_SOON else None
