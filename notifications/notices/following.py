"""The notices to agents who follow a ticket, in one voice whatever happened."""

from django.utils.translation import gettext as _

from tickets.choices import Status
from tickets.event_types import Kind


def followed(facts):
    """The subject and the paragraph of a letter; the message itself follows it."""
    return [
        _("News on ticket %(number)s: %(title)s"),
        _("On the ticket “%(title)s” of %(organization)s, which you follow:")
        + " "
        + str(followed_in_brief(facts)),
    ]


def followed_in_brief(facts):
    """What happened, in a sentence."""
    if facts["kind"] == Kind.BREACHED:
        return _("It is overdue.")
    if facts["kind"] == Kind.NOTED:
        return _("%(actor)s has written an internal note.")
    if facts["has_message"]:
        return _("%(actor)s has written a message.")
    return _("Its status is now “%(status_name)s”.") % {
        "status_name": Status(facts["status"]).label if facts["status"] else ""
    }
