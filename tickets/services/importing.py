"""Writing tickets that came from another helpdesk system, as they stood there.

The past is taken over as it was: its times, its notes, its files. Nobody is notified of it and no
clock runs for it. What is still open goes on from a chosen moment as any other ticket does.
"""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage

from organizations.models import Organization, User
from plans.promises import current_promises
from tickets import events, rows
from tickets.attachments import kinds, thumbnails, uploads
from tickets.choices import Status
from tickets.clocks import queue_place
from tickets.clocks.ledger import TicketClocks
from tickets.models import Attachment, Clock, ClockChange, Event, Message, Sighting, Ticket
from tickets.search.folding import PLAIN, alphabetical, fold, squash
from ui.names import clean_name

from . import base
from .files import shown_name
from .stale_days import mark_stale
from .stretches import write_stretches

UNKNOWN_KIND = "application/octet-stream"
LONGEST_TITLE, LONGEST_NUMBER = 200, 40
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class ImportedFile:
    """A file that is stored already, by `keep_imported_file`, and has no row yet."""

    name: str
    content_type: str
    size: int
    sha256: str
    path: str
    is_thumbnail_wanted: bool


@dataclass(frozen=True)
class ImportedMessage:
    """A public reply or a note; whose side it is of is decided by who its author is here."""

    author: User
    body: str
    created_at: datetime
    is_note: bool = False
    files: Sequence[ImportedFile] = ()


@dataclass(frozen=True)
class ImportedLine:
    """A line of the history there, in the words of that system."""

    at: datetime
    who: str
    text: str


@dataclass(frozen=True)
class ImportedTicket:
    """A ticket as it stood there, with the people and the organization that it has here.

    The status is one of ours; where the messages contradict it, they count (`_set_status`).
    """

    source: str
    number: str
    title: str
    category: str
    priority: str
    status: str
    organization: Organization
    requester: User
    created_at: datetime
    assignee: User | None = None
    closed_at: datetime | None = None
    messages: Sequence[ImportedMessage] = field(default_factory=list)
    lines: Sequence[ImportedLine] = ()


def import_tickets(imported, *, clocks_from, now):
    """Insert the tickets in a number of statements that does not grow with them; the caller's
    transaction also notes where each came from. Returns the rows, in the order given.

    Writes no notifications. Clocks of open tickets start at `clocks_from`.
    """
    promises = _promises(imported)
    written = [_Writing(each, clocks_from, now) for each in imported]
    for each, key in zip(written, rows.reserve_keys(Ticket, len(written)), strict=True):
        each.ticket.pk = key
    messages = [message for each in written for message in each.messages]
    for message, key in zip(messages, rows.reserve_keys(Message, len(messages)), strict=True):
        message.pk = key
    clocks = [each.finish(promises) for each in written]
    rows.insert(Ticket, [each.ticket for each in written])
    rows.insert(Message, messages)
    rows.insert(Attachment, [file for each in written for file in each.attachments()])
    rows.insert(Clock, [clock for each in clocks for clock in each.touched])
    rows.insert(ClockChange, [change for each in clocks for change in each.changes])
    write_stretches([each.stretches for each in clocks])
    mark_stale(
        [clock for each in clocks for clock in each.touched],
        [change for each in clocks for change in each.changes],
    )
    # Not by `events.record`: nobody is notified of what happened in the past.
    rows.insert(Event, [event for each in written for event in each.events()])
    rows.insert(Sighting, [each.sighting() for each in written if not each.ticket.is_closed])
    return [each.ticket for each in written]


def _promises(imported):
    """What is promised now to the organizations of open tickets, by id; held, so that a change of
    plan comes wholly before or after."""
    keys = {each.organization.pk for each in imported if each.status != Status.CLOSED}
    held = Organization.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    held = list(held)
    of_plans = current_promises([each.plan_id for each in held if not each.is_suspended])
    return {each.pk: None if each.is_suspended else of_plans[each.plan_id] for each in held}


class _Writing:
    """One ticket on its way into the database: its row, its messages, its history."""

    def __init__(self, imported, clocks_from, now):
        self.imported, self.clocks_from, self.now = imported, clocks_from, now
        title = clean_name(imported.title)[:LONGEST_TITLE] or imported.number or "–"
        self.ticket = Ticket(
            organization=imported.organization,
            requester=imported.requester,
            opened_by=imported.requester,
            title=title,
            title_folded=fold(title)[:400],
            title_place=alphabetical(fold(title)),
            category=imported.category,
            priority=imported.priority,
            created_at=imported.created_at,
            earlier_number=_number_of(imported),
        )
        messages = sorted(imported.messages, key=lambda each: each.created_at)
        self.messages = [self._message(each) for each in messages]
        if all(each.is_note for each in messages):
            self.messages.insert(0, self._title_as_message(title))
            messages.insert(0, None)
        self._files = [each.files if each else () for each in messages]
        self._follow_messages()
        self._set_status()

    def _message(self, imported):
        body = plain_text(imported.body)
        is_note = imported.is_note
        return Message(
            ticket=self.ticket,
            author=imported.author,
            kind=Message.Kind.NOTE if is_note else Message.Kind.PUBLIC,
            is_from_staff=is_note or bool(imported.author.staff_role),
            body=body,
            body_folded=fold(body),
            created_at=imported.created_at,
        )

    def _title_as_message(self, title):
        """What somebody wrote who wrote no more than a title."""
        return self._message(
            ImportedMessage(self.imported.requester, title, self.imported.created_at)
        )

    def _follow_messages(self):
        """What the row says of its messages: who spoke last, and since when something waits."""
        ticket = self.ticket
        public = [each for each in self.messages if not each.is_note]
        base.take_last_public(ticket, public[-1])
        ticket.closed_at = None
        ended = [self.imported.closed_at] if self.imported.status == Status.CLOSED else []
        at = max([ticket.created_at, public[-1].created_at, *filter(None, ended)])
        ticket.public_updated_at = at
        ticket.updated_at = max([at, *(each.created_at for each in self.messages)])
        waiting = []
        for message in public:
            waiting = [] if message.is_from_staff else [*waiting, message]
        if self.imported.status != Status.CLOSED:
            for message in waiting:
                message.is_waiting = True
            ticket.waiting_since = waiting[0].created_at if waiting else None

    def _set_status(self):
        """Move the row to its status. What waits for an answer does not await the customer, and in
        progress is only what an active agent has."""
        ticket, wanted, assignee = self.ticket, self.imported.status, self.imported.assignee
        if assignee is not None and (wanted == Status.CLOSED or assignee.is_agent):
            ticket.assignee = assignee
        if wanted == Status.CLOSED:
            ticket.resolve(now=self.imported.closed_at or ticket.public_updated_at)
        elif wanted == Status.IN_PROGRESS and ticket.assignee_id:
            ticket.accept(assignee=ticket.assignee)
        elif wanted == Status.AWAITING_CUSTOMER and not ticket.waits_for_answer:
            kept = ticket.assignee
            ticket.reply_and_wait(agent=None)
            ticket.assignee = kept
            base.start_auto_close(ticket, now=self.clocks_from)

    def finish(self, promises):
        """Start the clocks of an open ticket, and place it in the queue. Returns its clocks."""
        ticket = self.ticket
        clocks = TicketClocks(ticket, now=self.now, clocks=[])
        promise = None if ticket.is_closed else promises[ticket.organization_id]
        if promise is not None:
            was_answered = any(each.is_from_staff and not each.is_note for each in self.messages)
            first, following = Clock.RESPONSE_KINDS
            kind = following if was_answered else first
            clocks.start_owed(promise, kind=kind, at=self.clocks_from)
            clocks.follow_status()
        clocks.place_due()
        queue_place.place(ticket)
        ticket.take_names(of_organization=True)
        return clocks

    def attachments(self):
        """The rows of the files, at the times of their messages."""
        for message, files in zip(self.messages, self._files, strict=True):
            for file in files:
                yield Attachment(
                    message=message,
                    uploaded_by=message.author,
                    name=file.name,
                    content_type=file.content_type,
                    size=file.size,
                    sha256=file.sha256,
                    path=file.path,
                    is_thumbnail_wanted=file.is_thumbnail_wanted,
                    created_at=message.created_at,
                )

    def events(self):
        """The opening, what that system tells of the time since, and the import."""
        ticket, imported = self.ticket, self.imported
        first = self.messages[0]
        opened = first if not first.is_note and first.author_id == ticket.requester_id else None
        yield self._event(Event.Kind.OPENED, imported.requester, ticket.created_at, message=opened)
        for line in sorted(imported.lines, key=lambda each: each.at):
            facts = {"who": clean_name(line.who), "text": plain_text(line.text)}
            yield self._event(Event.Kind.HAPPENED_EARLIER, None, line.at, **facts)
        facts = {"source": imported.source, "number": ticket.earlier_number}
        yield self._event(Event.Kind.IMPORTED, None, self.now, **facts)

    def _event(self, kind, actor, at, message=None, **facts):
        return events.prepare(self.ticket, kind, actor=actor, now=at, message=message, **facts)

    def sighting(self):
        """What was public there is not new here to who asked for it."""
        return Sighting(
            ticket=self.ticket,
            user=self.ticket.requester,
            seen_at=self.ticket.public_updated_at,
        )


def plain_text(value):
    """`value` without what a database takes in no text: NUL and halves of surrogate pairs."""
    return _NO_TEXT.sub("", value.replace("\r\n", "\n")).strip() or "–"


def keep_imported_file(name, file, *, at):
    """Store the file of a message of that time as it is; a row is written for it later.

    Its content decides on its kind, as of an upload. What could not be sent here is kept too, as
    bytes that a browser only ever saves. Raises OSError.
    """
    name, digest = shown_name(name), hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    content_type = _kind(name, file)
    path = f"{at:%Y/%m}/{uuid.uuid4().hex}"
    file.seek(0)
    try:
        default_storage.save(path, file)
    except OSError:
        uploads.remove_quietly(path)
        raise
    is_shown = content_type in thumbnails.FORMATS
    is_shown = is_shown and not kinds.has_too_many_pixels(content_type, file)
    return ImportedFile(name, content_type, file.size, digest.hexdigest(), path, is_shown)


def _number_of(imported):
    """The number in Latin digits and without what is not seen, as a search looks for it."""
    number = unicodedata.normalize("NFKC", clean_name(imported.number))
    return squash(number.translate(PLAIN))[:LONGEST_NUMBER]


def _kind(name, file):
    if file.size > settings.ATTACHMENT_MAX_BYTES:
        return UNKNOWN_KIND
    return kinds.kind_of(name, file).content_type or UNKNOWN_KIND


def drop_imported_files(files):
    """Remove stored files that no row was written for."""
    uploads.remove_quietly(*(file.path for file in files))
