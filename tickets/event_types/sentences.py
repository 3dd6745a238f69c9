"""What sentences of several kinds of events share: who did it, and which fields changed."""

from django.conf import settings
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from tickets.choices import Relation
from ui.wording import listed

from .cached_changes import FIELDS, field_change


def who(event):
    """The name of whoever did it."""
    return str(event.actor) if event.actor else _("The system")


def by_actor(event, parts):
    """What somebody did, part by part; "" for nothing."""
    text = "; ".join(parts)
    return f"{who(event)}: {text}" if text else ""


def field_changes(event, names=None, *, but=""):
    """A part for each field that changed, `but` for one; those of the assignee, the team and the
    tags only where `names` are given: customers learn of none."""
    parts = []
    if names is not None and "assignee" in event.changes:
        key = event.changes["assignee"][1]
        parts.append(
            _("assigned to %(name)s") % {"name": names.get(key, "")}
            if key
            else _("taken from its assignee")
        )
    if names is not None and "team" in event.changes:
        team = event.changes["team"][1]
        parts.append(_("moved to the team “%(team)s”") % {"team": team} if team else _("no team"))
    parts += [
        field_change(field, *event.changes[field], get_language())
        for field in FIELDS
        if field in event.changes and field != but
    ]
    return parts if names is None else [*parts, *tag_changes(event)]


def reason_of(event):
    """The reason of a changed priority, which the customer is shown, as a part; none without."""
    reason = event.changes.get("reason")
    return [pgettext("history", "reason: %(reason)s") % {"reason": reason}] if reason else []


def tag_changes(event):
    """Which tags were added and which removed, as parts; for agents alone."""
    parts = []
    if added := event.changes.get("tags_added"):
        text = ngettext("added the tag %(tags)s", "added the tags %(tags)s", len(added))
        parts.append(text % {"tags": _quoted(added)})
    if removed := event.changes.get("tags_removed"):
        text = ngettext("removed the tag %(tags)s", "removed the tags %(tags)s", len(removed))
        parts.append(text % {"tags": _quoted(removed)})
    return parts


def _quoted(names):
    return listed(_("“%(name)s”") % {"name": name} for name in names)


def further_changes(event, names=None):
    """The parts of what a reply or a close changed besides the status, which it implies."""
    return [*field_changes(event, names, but="status"), *reason_of(event)]


def no_longer_snoozed():
    """The part of what else ended a snooze; for agents alone."""
    return _("no longer snoozed")


def other_ticket(sentence):
    """The reading of an event about another ticket: who did it, and that one's number."""

    def read(event, _names):
        number = f"{settings.TICKET_PREFIX}-{event.changes['other']}"
        return sentence % {"name": who(event), "number": number}

    return read


def linked(sentence):
    """The reading of an event about another ticket: its number and what it is to this one."""

    def read(event, _names):
        return sentence % {
            "name": who(event),
            "relation": Relation(event.changes["relation"]).label,
            "number": f"{settings.TICKET_PREFIX}-{event.changes['other']}",
        }

    return read
