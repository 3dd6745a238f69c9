"""A ticket of another system as it is to stand here, or why it is left out."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake.parsing.html_text import text_of
from organizations.models import Organization
from tickets.choices import Status

from .parties import Company, Person, only_organizations
from .times import read_time

LONGEST_ID = 200
# A longer message is cut, and kept as a whole in a file beside it.
LONGEST_BODY = 20_000
SHOWN_EXAMPLES = 5


@dataclass(frozen=True)
class ResolvedMessage:
    """A message: its author here, and the files of the folder that go with it."""

    author: Person
    body: str
    at: datetime
    is_note: bool
    files: tuple
    whole: str = ""


@dataclass(frozen=True)
class Resolved:
    """A ticket that can be written."""

    record: object
    company: Company | None
    organization: Organization | None
    requester: Person
    assignee: Person | None
    status: str
    priority: str
    category: str
    created_at: datetime
    closed_at: datetime | None
    messages: list
    lines: list


class Findings:
    """What was met on the way, counted, with a few examples of each."""

    def __init__(self):
        self.counts, self.examples = Counter(), {}

    def note(self, what, example=""):
        self.counts[what] += 1
        found = self.examples.setdefault(what, [])
        if example and len(found) < SHOWN_EXAMPLES:
            found.append(example)


class Resolver:
    """Resolves staged tickets one by one; asks the database only when it is made.

    `parties` are the people and the companies of the source; `default` is the organization of
    tickets for which there is no other.
    """

    def __init__(self, parties, mapping, *, label, folder, zone, default, now):
        self.people, self.companies = parties
        users = [each.user.pk for each in self.people.by_email.values() if each.user]
        self.only_organization = only_organizations(users)
        self.mapping, self.label, self.folder, self.zone = mapping, label, folder, zone
        self.default, self.now = default, now
        self.findings, self.skipped = Findings(), Findings()
        self.root = Path(folder).resolve()
        # To look at what is there, no HTML has to be read.
        self.reads_bodies = False

    def resolve(self, staged):
        """A Resolved, or None for what is left out, which `skipped` then names."""
        record = staged.ticket
        reason, company, requester = self._whose(record)
        created_at = self._time(record.created_at, "creation time", record)
        if not reason and not record.id:
            reason = "it has no id"
        if not reason and len(record.id) > LONGEST_ID:
            reason = "its id is too long"
        if not reason and created_at is None:
            reason = "its creation time cannot be read"
        closed_at = self._time(record.closed_at, "closing time", record)
        status = self.mapping.status(record, is_closed=closed_at is not None)
        if not reason and status == "skip":
            reason = "it was deleted there"
        if reason:
            self.skipped.note(reason, record.id)
            return None
        messages = self._messages(staged, requester, created_at)
        created_at = min([created_at, *(each.at for each in messages)])
        if status == Status.CLOSED:
            ends = [created_at, *(each.at for each in messages if not each.is_note)]
            closed_at = max(closed_at, created_at) if closed_at else max(ends)
        assignee = self._assignee(record)
        requester.is_used = True
        return Resolved(
            record=record,
            company=company,
            organization=None if company else self._without_company(requester),
            requester=requester,
            assignee=assignee,
            status=status,
            priority=self.mapping.target("priority", record.priority),
            category=self.mapping.target("category", record.category),
            created_at=created_at,
            closed_at=closed_at if status == Status.CLOSED else None,
            messages=messages,
            lines=self._lines(staged, created_at),
        )

    # --- Whose it is ------------------------------------------------------------------------------

    def _whose(self, record):
        """(why not, organization there, requester); one of ours where that is None."""
        requester = self.people.find(record.requester)
        if requester is None:
            return "its requester is unknown", None, None
        if requester.is_staff:
            return "its requester is support", None, None
        company = self.companies.find(record.organization or requester.organization)
        if company is not None and company.is_ambiguous:
            return f"its organization is not certain: {company.name}", None, None
        if company is None and self._without_company(requester) is None:
            return "it has no organization (--organization names one)", None, None
        return "", company, requester

    def _without_company(self, requester):
        own = self.only_organization.get(requester.user.pk) if requester.user else None
        return own or self.default

    def _assignee(self, record):
        person = self.people.find(record.assignee, role="agent")
        if record.assignee and (person is None or not person.is_staff):
            self.findings.note("assignees who are no agents here", record.assignee)
            return None
        if person is not None:
            person.is_used = True
        return person

    # --- What was written -------------------------------------------------------------------------

    def _messages(self, staged, requester, created_at):
        written, last = [], created_at
        for record in staged.messages:
            at = self._time(record.created_at, "message", record) or last
            author = self._author(record, requester)
            author.is_used = True
            body = record.body
            if record.is_html and self.reads_bodies:
                body = text_of(body)
            whole = body if len(body) > LONGEST_BODY else ""
            files = tuple(self._files(record))
            if not body.strip() and not files:
                self.findings.note("empty messages, left out")
                continue
            if whole:
                self.findings.note("messages cut, the whole text beside them", record.ticket)
            written.append(
                ResolvedMessage(author, body[:LONGEST_BODY], at, record.is_note, files, whole)
            )
            last = at
        if not written:
            self.findings.note("tickets without messages", staged.ticket.id)
        return written

    def _author(self, record, requester):
        """Who wrote it. Support's words stay support's, though their writer is unknown here."""
        is_staffs = record.is_note or record.side == "agent"
        author = self.people.find(record.author, role="agent" if is_staffs else "member")
        if author is None:
            if record.author:
                self.findings.note("unknown authors", record.author)
            return self.people.stand_in(self.label) if is_staffs else requester
        if is_staffs and not author.is_staff:
            self.findings.note("writers for support who are customers here", record.author)
            return self.people.stand_in(self.label)
        if record.side == "customer" and author.is_staff:
            return requester
        return author

    def _files(self, record):
        for name, path in record.files:
            found = (self.root / path).resolve()
            if not found.is_relative_to(self.root):
                self.findings.note("files outside the folder, left out", path)
            elif not found.is_file():
                self.findings.note("files that are missing, left out", path)
            elif not found.stat().st_size:
                self.findings.note("empty files, left out", path)
            else:
                self.findings.note("files of messages, taken over")
                yield name or found.name, found

    def _lines(self, staged, created_at):
        lines = []
        for record in staged.lines:
            at = self._time(record.at, "line of history", record) or created_at
            who = self.people.find(record.who)
            lines.append((at, who.name if who else record.who, record.text))
        return lines

    def _time(self, text, what, record):
        """The instant, never a later one than now; None where there is none."""
        key = getattr(record, "id", "") or getattr(record, "ticket", "")
        at = read_time(text, self.zone) if text else None
        if text and at is None:
            self.findings.note(f"times that cannot be read ({what})", f"{key}: {text}")
        if at is not None and at > self.now:
            self.findings.note(f"times in the future, taken as now ({what})", f"{key}: {text}")
            return self.now
        return at
