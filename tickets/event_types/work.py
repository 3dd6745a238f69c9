"""Events of who works on a ticket."""

from django.utils.translation import gettext_lazy as _

from .declaration import EventType, ShownTo

ACCEPTED = EventType(
    "accepted",
    _("Accepted"),
    ShownTo.BY_CONTENT,
    symbol="user-check",
    agents_read=_("%(name)s accepted the ticket"),
)

RELEASED = EventType(
    "released",
    _("Released"),
    ShownTo.BY_CONTENT,
    symbol="undo",
    agents_read=_("%(name)s returned the ticket to the queue"),
)

ASSIGNED = EventType("assigned", _("Assigned"), ShownTo.BY_CONTENT, symbol="user-check")

RESUMED = EventType(
    "resumed",
    _("Work resumed"),
    ShownTo.BY_CONTENT,
    agents_read=_("%(name)s resumed work"),
)
