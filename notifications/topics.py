"""Topics that people may switch off, and notifications that are always sent."""

from django.utils.translation import gettext_lazy as _

from .notices import Topic, notice_of

__all__ = [
    "FOR_CUSTOMERS",
    "FOR_STAFF",
    "Topic",
    "always_sent",
    "topic_of",
    "topic_of_row",
    "topics_for",
]

FOR_CUSTOMERS = {
    Topic.REPLIES: _("Someone replies to a ticket that I requested or watch"),
    Topic.PROGRESS: _(
        "A ticket is opened for me, or one that I requested or watch is accepted or closed, "
        "or its priority changes"
    ),
    Topic.REMINDERS: _("A ticket will close automatically in a day unless I answer"),
    Topic.RECEIPTS: _("I have opened a ticket: its number, and when it will be answered"),
}
FOR_STAFF = {
    Topic.NEW_TICKETS: _("A ticket is opened that is mine or waits for an agent on duty"),
    Topic.CUSTOMERS: _("A customer replies to my ticket, closes it or reopens it"),
    Topic.HANDOVERS: _("A ticket is assigned to me or taken from me"),
    Topic.DUE_SOON: _("A ticket of mine, or one without an assignee, is due soon"),
    Topic.MENTIONS: _("A colleague mentions me in an internal note"),
    Topic.FOLLOWED: _(
        "Somebody writes on a ticket that I follow, its status changes, or it is overdue"
    ),
    Topic.SNOOZED: _("A snoozed ticket of mine, or one that I snoozed, returns to the queue"),
}
# Of these a channel by which something leaves the site is off until it is chosen.
OF_THE_BELL = {Topic.FOLLOWED}
ACCOUNT = (_("Account"), _("My password, address or two-step sign-in changes"))
OVERDUE = (_("Overdue"), _("A ticket of mine, or one without an assignee, is overdue"))
FOR_SUPERVISORS = _(
    "Any ticket is overdue, or nobody has accepted one at half the time to due soon"
)


def is_on_by_default(topic, channel):
    """Whether a channel serves the topic for who has chosen nothing."""
    return channel.is_on_by_default and (channel.is_internal or topic not in OF_THE_BELL)


def topics_for(person):
    """The topics that a person chooses among, each with its occasion."""
    return FOR_STAFF if person.staff_role else FOR_CUSTOMERS


def topic_of_row(notification):
    """The topic of a notification for its recipient; its ticket was read with it."""
    notification.event.ticket = notification.ticket
    return topic_of(notification.event, notification.recipient)


def topic_of(event, person):
    """The topic of an event for a person; None for what is sent whatever they chose."""
    return notice_of(event).topic_for(event, person)


def always_sent(person):
    """What is sent whatever a person chooses: (label, occasion, names of the channels that send
    it), without names by every channel that they use."""
    if person.staff_role:
        yield OVERDUE[0], FOR_SUPERVISORS if person.is_supervisor else OVERDUE[1], ()
    yield *ACCOUNT, ("email",)
