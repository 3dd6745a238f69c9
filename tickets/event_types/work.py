"""Events of who works on a ticket."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ui.wording import number

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


def _of_absent(event, names):
    """Who reassigned the tickets of an absent agent, and where to; "" where it was none."""
    if not event.changes.get("is_absence"):
        return ""
    before, after = event.changes["assignee"]
    facts = {"name": who(event), "previous": names.get(before, "")}
    if after:
        text = _("%(name)s handed the tickets of %(previous)s, who is away, to %(person)s")
        return text % {**facts, "person": names.get(after, "")}
    if team := event.changes.get("to_team"):
        text = _("%(name)s handed the tickets of %(previous)s, who is away, to the team “%(team)s”")
        return text % {**facts, "team": team}
    text = _("%(name)s returned the tickets of %(previous)s, who is away, to the queue")
    return text % facts


def _automatically(event, names):
    """Why the system gave the ticket to this agent; "" where a person did."""
    facts = event.changes.get("automatically")
    if not facts:
        return ""
    sentence = ngettext(
        "Assigned automatically to %(person)s of the team “%(team)s”: the only one on duty, with "
        "%(has)s of at most %(most)s tickets",
        "Assigned automatically to %(person)s of the team “%(team)s”: of %(count)s on duty the one "
        "with the fewest tickets, %(has)s of at most %(most)s",
        facts["on_duty"],
    )
    return sentence % {
        "person": names.get(event.changes["assignee"][1], ""),
        "team": facts["team"],
        "count": number(facts["on_duty"]),
        "has": number(facts["has"]),
        "most": number(facts["most"]),
    }


ASSIGNED = EventType(
    "assigned",
    _("Assigned"),
    ShownTo.BY_CONTENT,
    symbol="user-check",
    agents_read=lambda event, names: (
        _automatically(event, names)
        or _of_absent(event, names)
        or _taken_over(event, names)
        or by_actor(event, field_changes(event, names))
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


def _transferred(event, names):
    """To whom, or to which team."""
    if key := event.changes.get("assignee", (None, None))[1]:
        person = names.get(key, "")
        return _("%(name)s transferred the ticket to %(person)s") % {
            "name": who(event),
            "person": person,
        }
    if team := event.changes.get("team", ("", ""))[1]:
        text = _("%(name)s transferred the ticket to the team “%(team)s”")
        return text % {"name": who(event), "team": team}
    return _("%(name)s returned the ticket to its team") % {"name": who(event)}


TRANSFERRED = EventType(
    "transferred",
    _("Transferred"),
    ShownTo.BY_CONTENT,
    symbol="user-go",
    agents_read=_transferred,
)


def _returned(event, names):
    """Why the ticket left its assignee, and where it went."""
    before = event.changes.get("assignee", (None, None))[0]
    if team := event.changes.get("to_team"):
        text = _("%(name)s was away for ten minutes after this; it went to the team “%(team)s”")
        return text % {"name": names.get(before, ""), "team": team}
    text = _("%(name)s was away for ten minutes after this; it went back to the queue")
    return text % {"name": names.get(before, "")}


RETURNED = EventType(
    "returned",
    _("Returned to the team"),
    ShownTo.BY_CONTENT,
    symbol="undo",
    agents_read=_returned,
)
