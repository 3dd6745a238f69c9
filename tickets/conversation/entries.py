"""A ticket's events as sentences, and the conversation of its page: messages, events, days."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from organizations.models import Role, User
from tickets.event_types import type_of
from tickets.models import Attachment, Message
from ui.wording import format_date, format_datetime, format_day, format_size, format_time


@dataclass
class Entry:
    """One entry of the conversation as the page shows it: a day, a message or an event."""

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
    by_mail: bool = False
    aside: str = ""
    sent_from: str = ""
    is_latest: bool = False
    # Of what the viewer sent themselves: the key of its form, by which a draft knows that it went.
    sent_key: UUID | None = None

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
    visible = ticket.messages.visible_to(viewer)
    messages = list(visible.with_authors().with_roles_in(ticket.organization_id))
    files = _files(messages)
    events = list(ticket.events.visible_to(viewer).with_actors())
    names = _names(events, viewer)
    entries = [_message_entry(each, viewer, files) for each in messages]
    entries += [
        _event_entry(event, text) for event in events if (text := describe(event, viewer, names))
    ]
    # Of one instant the message comes before what it led to.
    entries.sort(key=lambda entry: (entry.at, entry.kind == "event"))
    if written := [entry for entry in entries if entry.kind == "message"]:
        written[-1].is_latest = True
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
        sent_key=message.form_key if message.author_id == viewer.pk else None,
        note=message.is_note,
        staff=message.is_from_staff,
        files=files[message.pk],
        by_mail=message.channel == Message.Channel.EMAIL,
        aside=message.aside,
        sent_from=message.sent_from if viewer.is_agent else "",
    )


def _event_entry(event, sentence):
    return Entry(
        "event",
        event.created_at,
        anchor=f"event-{event.pk}",
        text=sentence,
        symbol=type_of(event.kind).symbol,
        by_system=event.actor_id is None,
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


def _names(events, viewer):
    """The people whom events name by id, in one query for those who did none of it themselves; of
    assignees for agents alone."""
    ids = {key for event in events for fact in _people(event, viewer) for key in fact if key}
    names = {event.actor_id: str(event.actor) for event in events if event.actor}
    if missing := ids - names.keys():
        names |= User.objects.filter(pk__in=missing).order_by().named()
    return names


def _people(event, viewer):
    """Lists of the people whom the event names to `viewer`, by id."""
    facts = type_of(event.kind).people + (("assignee",) if viewer.is_agent else ())
    return [event.changes.get(fact, ()) for fact in facts]


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
    """The event as a sentence for `viewer`, or "" where a message says it all."""
    return type_of(event.kind).sentence(event, names, for_agent=viewer.is_agent)
