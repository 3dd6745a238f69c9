"""A ticket's events as sentences, and the conversation of its page: messages, events, days."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.models import Role, User
from tickets.event_types import type_of
from tickets.models import Alert, Attachment, Event, Message
from tickets.prepared import Prepared
from tickets.querysets.rows import EventRow, MessageRow
from ui.avatars import avatar_html
from ui.cached_icons import icon_html
from ui.fixed_parts import fixed_part
from ui.markup import as_html, marked_mentions
from ui.wording import Writer, format_date, format_size, number

# Of a message, by whether it is the reader's own and whether it is a note.
_CLASSES = {
    (False, False): "message",
    (True, False): "message message-mine",
    (False, True): "message message-note",
    (True, True): "message message-mine message-note",
}
_TIME = '<time datetime="{}" title="{}">{}</time>'


class File(NamedTuple):
    """What the page says of a file: where it is, its name, and its size in words."""

    id: UUID
    url: str
    name: str
    size: str
    thumbnail: str
    day: str


@dataclass(slots=True)
class Entry:
    """One entry of the conversation as the page shows it: a day, a message or an event.

    All texts are final; `time`, `icon`, `avatar`, `marks`, `tools` and `body` are HTML.
    """

    kind: str
    at: datetime
    anchor: str
    iso: str = ""
    exact: str = ""
    time: str = ""
    text: str = ""
    symbol: str = "dot"
    icon: str = ""
    author: str = ""
    author_id: int = 0
    avatar: str = ""
    role: str = ""
    body: str = ""
    mine: bool = False
    note: bool = False
    staff: bool = False
    by_system: bool = False
    files: list = field(default_factory=list)
    classes: str = ""
    marks: str = ""
    tools: str = ""
    aside: str = ""
    # Where an agent makes it a ticket of its own; not of what cannot be split off.
    split_url: str = ""
    is_latest: bool = False
    # Of what the viewer sent themselves: the key of its form, by which a draft knows that it went.
    sent_key: UUID | None = None

    @property
    def is_message(self):
        return self.kind == "message"

    @property
    def is_event(self):
        return self.kind == "event"


def conversation(ticket, viewer, *, now):
    """The entries of a ticket's page for `viewer`, in order of time. Four queries at most, one more
    where alerts of monitoring wrote on it."""
    here = {"ticket": ticket.pk}
    rows = _messages.rows(viewer.is_agent, organization=ticket.organization_id, **here)
    messages = [MessageRow._make(row) for row in rows]
    files = _files(messages)
    events = [EventRow.read(row) for row in _events.rows(viewer.is_agent, **here)]
    names = _names(events, viewer)
    writer = Writer(now)
    entries = list(map(_Messages(viewer, files, writer).entry, messages))
    _mark_mentions(entries, events)
    entries += [
        _event_entry(event, text, writer)
        for event in events
        if (text := describe(event, viewer, names))
    ]
    if any("alert" in event.changes for event in events):
        entries += [_alert_entry(each, writer) for each in Alert.objects.of_ticket(ticket)]
    # Of one instant the message comes before what it led to.
    entries.sort(key=lambda entry: (entry.at, entry.kind == "event"))
    if written := [entry for entry in entries if entry.kind == "message"]:
        written[-1].is_latest = True
        if viewer.is_agent:
            _offer_to_split(written[1:], ticket)
    return _with_days(entries, writer)


def _offer_to_split(written, ticket):
    """Only what customers wrote after their description."""
    url = reverse("queue:split", args=[ticket.number])
    for entry in written:
        if not (entry.note or entry.staff):
            entry.split_url = f"{url}?message={entry.anchor.removeprefix('message-')}"


@Prepared
def _messages(for_agent, organization, ticket):
    messages = Message.objects.of_ticket(ticket).as_read_in(organization)
    return messages if for_agent else messages.public()


@Prepared
def _events(for_agent, ticket):
    events = Event.objects.of_ticket(ticket).with_actors()
    return events if for_agent else events.public()


@Prepared
def _attachments(messages):
    files = Attachment.objects.of_messages(messages)
    shown = ("id", "message_id", "name", "size", "thumbnail_path", "created_at")
    return files.values_list(*shown)


class _Messages:
    """Makes the entries of messages; most of one author have the same head."""

    def __init__(self, viewer, files, writer):
        self.viewer, self.files, self.writer = viewer, files, writer
        self.heads = {}

    def entry(self, message):
        mine = message.author_id == self.viewer.pk
        return Entry(
            "message",
            message.created_at,
            f"message-{message.id}",
            *_moment(message.created_at, self.writer),
            **self._head(message, mine),
            body=as_html(message.body),
            mine=mine,
            sent_key=message.form_key if mine else None,
            note=message.is_note,
            staff=message.is_from_staff,
            files=self.files[message.id],
            aside=message.aside,
        )

    def _head(self, message, mine):
        # Of what a head shows, all that differs between messages of one author.
        origin = message.channel, message.sent_from
        key = (message.author_id, message.is_from_staff, message.kind, *origin)
        if key not in self.heads:
            self.heads[key] = self._new_head(message, mine)
        return self.heads[key]

    def _new_head(self, message, mine):
        name, role = message.author_name, _role(message)
        return {
            "author": name,
            "author_id": message.author_id,
            "avatar": avatar_html(name, message.author_id, large=True),
            "role": role,
            "classes": _CLASSES[mine, message.is_note],
            "marks": fixed_part(
                "tickets/partials/_message_marks.html",
                mine=mine,
                staff=message.is_from_staff,
                role=role,
                note=message.is_note,
                by_mail=message.channel == Message.Channel.EMAIL,
                sent_from=message.sent_from if self.viewer.is_agent else "",
            ),
            "tools": fixed_part("tickets/partials/_message_tools.html", author=name),
        }


def _mark_mentions(entries, events):
    """Mark in the notes the names by which somebody was notified."""
    handles = {handle for event in events for handle in event.changes.get("handles", ())}
    if handles:
        for entry in entries:
            if entry.note and "@" in entry.body:
                entry.body = marked_mentions(entry.body, handles)


def _event_entry(event, sentence, writer):
    symbol = type_of(event.kind).symbol
    return Entry(
        "event",
        event.created_at,
        f"event-{event.id}",
        *_moment(event.created_at, writer),
        text=sentence,
        symbol=symbol,
        icon=icon_html(symbol, None, False),
        by_system=event.actor_id is None,
    )


def _alert_entry(alert, writer):
    """How often monitoring reported a fault of the ticket: one entry, at the latest report."""
    texts = {
        True: ngettext(
            "%(source)s has reported “%(title)s” %(count)s time; it still fires",
            "%(source)s has reported “%(title)s” %(count)s times; it still fires",
            alert.count,
        ),
        False: ngettext(
            "%(source)s has reported “%(title)s” %(count)s time; it is resolved",
            "%(source)s has reported “%(title)s” %(count)s times; it is resolved",
            alert.count,
        ),
    }
    # Isolated: names and titles of machines are Latin in Persian sentences.
    names = {"source": f"\u2068{alert.source}\u2069", "title": f"\u2068{alert.title}\u2069"}
    facts = names | {"count": number(alert.count)}
    at = alert.resolved_at or alert.last_at
    return Entry(
        "event",
        at,
        f"alert-{alert.pk}",
        *_moment(at, writer),
        text=texts[alert.is_firing] % facts,
        symbol="bell",
        icon=icon_html("bell", None, False),
    )


def _moment(at, writer):
    """A moment for programs and in full, and as the page shows it."""
    iso, exact = at.isoformat(), writer.datetime(at)
    shown = _TIME.format(iso, escape(exact), escape(writer.time(at)))
    return iso, exact, mark_safe(shown)  # noqa: S308 each part is escaped


def _files(messages):
    """What the page says of the files by message, in one query."""
    files = defaultdict(list)
    for key, message, name, size, thumbnail, at in _attachments.rows(
        messages=[message.id for message in messages]
    ):
        files[message].append(
            File(
                id=key,
                url=reverse("attachment", args=[key]),
                name=name,
                size=format_size(size),
                thumbnail=reverse("thumbnail", args=[key]) if thumbnail else "",
                day=format_date(at),
            )
        )
    return files


def _role(message):
    """What a customer is in the organization; nothing of support, or of one who left. A program
    that the organization has made a key for is no person, and its name is that of the key."""
    if message.by_program:
        return _("API key")
    is_member = message.role and not message.is_from_staff
    return str(Role(message.role).label) if is_member else ""


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


def _with_days(entries, writer):
    dated, today = [], None
    for entry in entries:
        day = entry.at.astimezone(writer.zone).date()
        if day != today:
            text = writer.day(entry.at)
            dated.append(Entry("day", entry.at, f"day-{day.isoformat()}", text=text))
            today = day
        dated.append(entry)
    return dated


def describe(event, viewer, names):
    """The event as a sentence for `viewer`, or "" where a message says it all."""
    sentence = type_of(event.kind).sentence(event, names, for_agent=viewer.is_agent)
    if viewer.is_agent and "bulk" in event.changes:
        sentence = _in_bulk(sentence, event)
    key = event.changes.get("through")
    if not key or not (viewer.is_agent or not event.actor.staff_role):
        return sentence
    # A name in Latin letters would take the quotes with it.
    key = f"\u2068{key}\u2069"
    if not sentence:
        return _("%(name)s wrote with the API key “%(key)s”.") % {"name": event.actor, "key": key}
    return _("%(sentence)s With the API key “%(key)s”.") % {"sentence": sentence, "key": key}


def _in_bulk(sentence, event):
    """The sentence of what somebody did to this ticket and others; customers learn of no others."""
    if not sentence:
        return _("%(name)s wrote in a bulk action") % {"name": event.actor}
    return _("%(sentence)s (in a bulk action)") % {"sentence": sentence}
