"""A ticket's events in words, and the conversation of its page: messages, events, days."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from organizations.models import Role, User
from plans.models import Priority
from tickets.choices import Category, HoldCode, Status
from tickets.models import BEST, Attachment, Clock, Event
from ui.wording import (
    format_date,
    format_datetime,
    format_day,
    format_size,
    format_time,
    listed,
    number,
)

SYMBOLS = {
    Event.Kind.ACCEPTED: "user-check",
    Event.Kind.ASSIGNED: "user-check",
    Event.Kind.RELEASED: "undo",
    Event.Kind.RESOLVED: "check",
    Event.Kind.CLOSED_BY_CUSTOMER: "check",
    Event.Kind.CLOSED_AUTOMATICALLY: "check",
    Event.Kind.DUE_SOON: "hourglass",
    Event.Kind.BREACHED: "alert",
    Event.Kind.CLOCKS_MOVED: "clock",
    Event.Kind.HELD: "pause",
    Event.Kind.WATCHERS_CHANGED: "users",
    Event.Kind.RATED: "star",
}
# Said by the message itself; a line of their own only tells of what else the act did.
SPOKEN = {
    Event.Kind.OPENED,
    Event.Kind.AGENT_REPLIED,
    Event.Kind.CUSTOMER_REPLIED,
    Event.Kind.CUSTOMER_THANKED,
    Event.Kind.NOTED,
}


@dataclass
class Entry:
    """One thing of the conversation as the page draws it: a day, a message or an event line."""

    kind: str
    at: datetime
    text: str = ""
    symbol: str = "dot"
    anchor: str = ""
    author: str = ""
    author_id: int = 0
    role: str = ""
    body: str = ""
    mine: bool = False
    note: bool = False
    staff: bool = False
    by_system: bool = False
    files: list = field(default_factory=list)

    @property
    def iso(self):
        return self.at.isoformat()

    @property
    def at_text(self):
        return format_time(self.at)

    @property
    def exact(self):
        return format_datetime(self.at)


def conversation(ticket, viewer, *, now):
    """The entries of a ticket's page for `viewer`, in order of time. Four queries at most."""
    said = ticket.messages.visible_to(viewer)
    messages = list(said.with_authors().with_roles_in(ticket.organization_id))
    files = _files(messages)
    lines = list(ticket.events.visible_to(viewer).with_actors())
    names = _names(lines, viewer)
    entries = [_message_entry(each, viewer, files) for each in messages]
    for event in lines:
        if sentence := describe(event, viewer, names):
            symbol = SYMBOLS.get(event.kind, "dot")
            entries.append(
                Entry(
                    "event",
                    event.created_at,
                    anchor=f"event-{event.pk}",
                    text=sentence,
                    symbol=symbol,
                    by_system=event.actor_id is None,
                )
            )
    # Of one instant the message comes before what it led to.
    entries.sort(key=lambda entry: (entry.at, entry.kind == "event"))
    return _with_days(entries, now)


def _message_entry(message, viewer, files):
    return Entry(
        "message",
        message.created_at,
        anchor=f"message-{message.pk}",
        author=message.author_name,
        author_id=message.author_id,
        role=_role(message),
        body=message.body,
        mine=message.author_id == viewer.pk,
        note=message.is_note,
        staff=message.is_from_staff,
        files=files[message.pk],
    )


def _files(messages):
    """What the page says of the files by message, in one query."""
    files = defaultdict(list)
    for file in Attachment.objects.of_messages(messages):
        files[file.message_id].append(file_entry(file))
    return files


def file_entry(file):
    """What the page says of a file: where it is, its name, and its size in words."""
    return {
        "id": file.pk,
        "url": file.get_absolute_url(),
        "name": file.name,
        "size": format_size(file.size),
        "thumbnail": file.thumbnail_url,
        "day": format_date(file.created_at),
    }


def _role(message):
    """What a customer is in the organization; nothing of support, or of one who left."""
    is_member = message.author_role and not message.is_from_staff
    return Role(message.author_role).label if is_member else ""


def _names(lines, viewer):
    """The people whom events name by id, in one query for those who did none of it themselves; of
    assignees for agents alone."""
    facts = ("assignee", "added", "removed") if viewer.is_agent else ("added", "removed")
    ids = {key for event in lines for fact in facts for key in event.changes.get(fact, ()) if key}
    names = {event.actor_id: str(event.actor) for event in lines if event.actor}
    if missing := ids - names.keys():
        names |= User.objects.filter(pk__in=missing).order_by().named()
    return names


def _with_days(entries, now):
    dated, today = [], None
    for entry in entries:
        day = timezone.localdate(entry.at)
        if day != today:
            text = format_day(entry.at, now)
            dated.append(Entry("day", entry.at, anchor=f"day-{day.isoformat()}", text=text))
            today = day
        dated.append(entry)
    return dated


def describe(event, viewer, names):
    """The event as a sentence for `viewer`, or nothing where a message says it all.

    Customers read what changed, never which agent did it or whose the ticket is.
    """
    if event.kind == Event.Kind.WATCHERS_CHANGED:
        return _watchers(event, viewer, names)
    if event.kind == Event.Kind.RATED:
        return f"{event.actor}: {'; '.join(_rated(event))}"
    if viewer.is_agent:
        return _for_agent(event, names)
    return _for_customer(event)


def _watchers(event, viewer, names):
    """Who is told from now on, or no longer. To customers the agent who did it is support."""
    fact = "added" if "added" in event.changes else "removed"
    people = [names.get(key, "") for key in event.changes[fact]]
    if event.actor_id in event.changes[fact]:
        said = {
            "added": _("%(people)s watches the ticket"),
            "removed": _("%(people)s no longer watches the ticket"),
        }
    else:
        said = {
            "added": _("%(name)s added %(people)s as watchers"),
            "removed": _("%(name)s removed %(people)s from the watchers"),
        }
    hidden = event.actor and event.actor.staff_role and not viewer.is_agent
    name = _("Support") if hidden else event.actor or _("The system")
    return said[fact] % {"name": name, "people": listed(people)}


def _rated(event):
    """What a customer said of the closed ticket; only agents read it here."""
    changes, parts = event.changes, []
    if "score" in changes:
        score = {"score": number(changes["score"][1]), "best": number(BEST)}
        parts.append(_("rated %(score)s of %(best)s") % score)
    if "solved" in changes:
        is_solved = changes["solved"][1]
        parts.append(_("says that it is solved") if is_solved else _("says that it is not solved"))
    if "words" in changes:
        parts.append(_("added a comment"))
    return parts


def _for_customer(event):
    if event.kind == Event.Kind.CLOSED_BY_CUSTOMER:
        return _("%(name)s closed the ticket") % {"name": event.actor}
    if event.kind == Event.Kind.CLOSED_AUTOMATICALLY:
        return _("The ticket was closed automatically after 48 hours without a message")
    if event.kind == Event.Kind.RESOLVED:
        return _("Support closed the ticket as resolved")
    if event.kind == Event.Kind.REOPENED:
        by_customer = event.actor and not event.actor.staff_role
        return (
            _("%(name)s reopened the ticket") % {"name": event.actor}
            if by_customer
            else _("Support reopened the ticket")
        )
    if event.kind in SPOKEN:
        return ""
    return "; ".join(_changes(event, names=None))


def _for_agent(event, names):
    if event.kind == Event.Kind.CLOCKS_MOVED:
        return _moved_because(event)
    actor = str(event.actor) if event.actor else _("The system")
    said = {
        Event.Kind.ACCEPTED: _("%(name)s accepted the ticket"),
        Event.Kind.RELEASED: _("%(name)s returned the ticket to the queue"),
        Event.Kind.RESUMED: _("%(name)s resumed work"),
        Event.Kind.CLOSED_BY_CUSTOMER: _("%(name)s closed the ticket"),
        Event.Kind.RESOLVED: _("%(name)s closed the ticket as resolved"),
        Event.Kind.REOPENED: _("%(name)s reopened the ticket"),
        Event.Kind.CLOSED_AUTOMATICALLY: _(
            "The ticket was closed automatically after 48 hours without a message"
        ),
        Event.Kind.CLOSE_REMINDED: _("The requester was reminded of the automatic close"),
        Event.Kind.HELD: _("%(name)s stopped the automatic close: %(reason)s"),
        Event.Kind.HOLD_LIFTED: _("%(name)s allowed the ticket to close automatically again"),
        Event.Kind.PLAN_CHANGED: _("The support plan of the organization changed"),
    }.get(event.kind) or _of_promise(event)
    if said:
        return said % {"name": actor, "reason": _hold_reason(event)}
    changes = _changes(event, names)
    if changes and event.kind not in SPOKEN:
        changes[0] = f"{actor}: {changes[0]}"
    return "; ".join(changes)


def _hold_reason(event):
    """Why an automatic close was stopped: what an agent typed, or the system's reason in words."""
    code = event.changes.get("code")
    return HoldCode(code).label if code else event.changes.get("reason", "")


def _of_promise(event):
    """What the scan found, and of which promise: of an answer, or to have the ticket closed."""
    of_resolution = set(event.changes.get("clocks", ())) == {Clock.Kind.RESOLUTION}
    if event.kind == Event.Kind.DUE_SOON:
        return _("The resolution is due soon") if of_resolution else _("Due soon")
    if event.kind == Event.Kind.BREACHED:
        return (
            _("The due time of the resolution has passed")
            if of_resolution
            else _("The due time has passed without an answer")
        )
    return ""


def _moved_because(event):
    """Why the due times of a ticket were counted anew."""
    because = event.changes.get("because", {})
    if closure := because.get("closure"):
        reason = closure.get(get_language(), "")
        return _("Due times moved: the calendar is closed (%(reason)s)") % {"reason": reason}
    if because.get("edited") == "calendar":
        return _("Due times recalculated: the calendar was edited")
    return _("Due times recalculated: the support plan was edited")


def _changes(event, names):
    """What changed from what to what; `names` is None where assignees are not told."""
    parts = []
    if names is not None and "assignee" in event.changes:
        key = event.changes["assignee"][1]
        parts.append(
            _("assigned to %(name)s") % {"name": names.get(key, "")}
            if key
            else _("taken from its assignee")
        )
    for fact, words in (("status", Status), ("priority", Priority), ("category", Category)):
        if fact in event.changes:
            before, after = (words(value).label for value in event.changes[fact])
            parts.append(_change(fact) % {"before": before, "after": after})
    reason = event.changes.get("reason")
    if reason and event.kind == Event.Kind.PRIORITY_CHANGED:
        parts.append(pgettext("history", "reason: %(reason)s") % {"reason": reason})
    return parts


def _change(fact):
    return {
        "status": _("status from “%(before)s” to “%(after)s”"),
        "priority": _("priority from “%(before)s” to “%(after)s”"),
        "category": _("category from “%(before)s” to “%(after)s”"),
    }[fact]
