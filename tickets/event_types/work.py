"""Events of who works on a ticket."""

from django.utils.translation import gettext_lazy as _

from .declaration import EventType, ShownTo
from .sentences import by_actor, field_changes, linked, who


def _taken_over(event, names):
    """That an agent took the ticket over from another one; "" where that is not what happened."""
    before, after = event.changes.get("assignee", (None, None))
    if not before or after is None or after != event.actor_id:
        return ""
    return _("%(name)s took the ticket over from %(previous)s") % {
        "name": who(event),
        "previous": names.get(before, ""),
    }


ACCEPTED = EventType(
    "accepted",
    _("Accepted"),
    ShownTo.BY_CONTENT,
    symbol="user-check",
    agents_read=lambda event, names: (
        _taken_over(event, names) or _("%(name)s accepted the ticket") % {"name": who(event)}
    ),
)

RELEASED = EventType(
    "released",
    _("Released"),
    ShownTo.BY_CONTENT,
    symbol="undo",
    agents_read=_("%(name)s returned the ticket to the queue"),
)

ASSIGNED = EventType(
    "assigned",
    _("Assigned"),
    ShownTo.BY_CONTENT,
    symbol="user-check",
    agents_read=lambda event, names: (
        _taken_over(event, names) or by_actor(event, field_changes(event, names))
    ),
)

RESUMED = EventType(
    "resumed",
    _("Work resumed"),
    ShownTo.BY_CONTENT,
    agents_read=_("%(name)s resumed work"),
)

LINKED = EventType(
    "linked",
    _("Linked"),
    ShownTo.AGENTS,
    symbol="link",
    agents_read=linked(_("%(name)s linked a ticket: %(relation)s %(number)s")),
)

UNLINKED = EventType(
    "unlinked",
    _("Link removed"),
    ShownTo.AGENTS,
    symbol="link",
    agents_read=linked(_("%(name)s removed a link: %(relation)s %(number)s")),
)
