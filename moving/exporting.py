"""All of an organization in one ZIP: its people, and a file of JSON for each ticket with its
messages, history, clocks and files. Reads only, a hundred tickets at a time.

Without notes it is what a customer may know; with notes it is what support knows.
"""

import hashlib
import json
import zipfile
from dataclasses import dataclass, field

from django.core.files.storage import default_storage

from tickets.models import Alert, Attachment, Clock, Event, Message, Ticket

BATCH = 100
CHUNK = 1 << 16
# The facts of events that customers read.
PUBLIC_FACTS = {"status", "priority", "category", "reason", "other", "source", "number"}


@dataclass
class Export:
    """An archive on its way. `missing` are files of which only the row is left, or another one."""

    archive: zipfile.ZipFile
    with_notes: bool
    tickets: int = 0
    files: int = 0
    missing: list = field(default_factory=list)

    def write(self, organization, *, now, say=lambda done: None):
        """Write all of the organization, and at the end the manifest by which a whole archive is
        known."""
        self._add("organization.json", organization_data(organization))
        last = 0
        while tickets := list(
            Ticket.objects.of_organization(organization)
            .select_related("requester", "assignee")
            .order_by("pk")
            .numbered_above(last)[:BATCH]
        ):
            for ticket, data, files in self._batch(tickets):
                self._add(f"tickets/{ticket.number}.json", data)
                for file in files:
                    self._add_file(file)
                self.tickets += 1
            last = tickets[-1].pk
            say(self.tickets)
        manifest = {
            "organization": organization.key,
            "exported_at": now,
            "with_notes": self.with_notes,
            "tickets": self.tickets,
            "files": self.files,
            "missing": self.missing,
        }
        self._add("manifest.json", manifest)

    def _batch(self, tickets):
        """Of each ticket its data and its files, in five queries for all."""
        keys = [each.pk for each in tickets]
        messages = Message.objects.of_tickets(keys).select_related("author")
        events = Event.objects.filter(ticket__in=keys).select_related("actor").order_by("pk")
        if not self.with_notes:
            messages, events = messages.public(), events.public()
        messages = list(messages.order_by("created_at", "pk"))
        files = Attachment.objects.of_messages([each.pk for each in messages])
        files_of = _grouped(files.order_by("created_at", "pk"), "message_id")
        messages_of, events_of = _grouped(messages, "ticket_id"), _grouped(events, "ticket_id")
        clocks = Clock.objects.filter(ticket__in=keys).order_by("started_at", "pk")
        clocks = clocks.select_related("plan_version__plan").defer("calendar_version__definition")
        alerts = Alert.objects.of_tickets(keys).order_by("first_at", "pk")
        alerts_of = _grouped(alerts, "ticket_id")
        clocks_of = _grouped(clocks.prefetch_related("stretches", "changes"), "ticket_id")
        for ticket in tickets:
            own = messages_of.get(ticket.pk, [])
            data = ticket_data(ticket) | {
                "messages": [message_data(each, files_of.get(each.pk, [])) for each in own],
                "history": [self._event_data(each) for each in events_of.get(ticket.pk, [])],
                "clocks": [clock_data(each) for each in clocks_of.get(ticket.pk, [])],
                "alerts": [alert_data(each) for each in alerts_of.get(ticket.pk, [])],
            }
            if self.with_notes:
                data["assignee"] = person_data(ticket.assignee)
            yield ticket, data, [file for each in own for file in files_of.get(each.pk, [])]

    def _event_data(self, event):
        facts, actor = event.changes, event.actor
        if not self.with_notes:
            facts = {name: value for name, value in facts.items() if name in PUBLIC_FACTS}
            # Customers know who of support wrote something, not who did something.
            actor = None if actor and actor.staff_role else actor
        return {
            "kind": event.kind,
            "at": event.created_at,
            "by": person_data(actor),
            "message": event.message_id,
            "facts": facts,
        }

    def _add(self, name, data):
        text = json.dumps(data, ensure_ascii=False, indent=1, default=_as_json)
        self.archive.writestr(name, text.encode("utf-8", "replace"))

    def _add_file(self, file):
        """Copy the file in pieces; one that is not what its row says is named in the manifest."""
        digest = hashlib.sha256()
        try:
            with (
                default_storage.open(file.path) as source,
                self.archive.open(path_of(file), "w", force_zip64=True) as target,
            ):
                for chunk in source.chunks(CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
        except FileNotFoundError:
            self.missing.append(path_of(file))
            return
        if digest.hexdigest() != file.sha256:
            self.missing.append(path_of(file))
        self.files += 1


def path_of(file):
    """Where a file is in the archive; its shown name is in the ticket's JSON."""
    return f"files/{file.pk}"


def organization_data(organization):
    members = organization.memberships.select_related("user").order_by("pk")
    return {
        "key": organization.key,
        "name": organization.name,
        "plan": organization.plan.key,
        "created_at": organization.created_at,
        "suspended_at": organization.suspended_at,
        "members": [
            {
                **person_data(each.user),
                "email": each.user.email,
                "role": each.role,
                "joined_at": each.joined_at,
            }
            for each in members
            if not each.user.is_service
        ],
    }


def ticket_data(ticket):
    merged_into = ticket.merged_into_id and Ticket(pk=ticket.merged_into_id).number
    return {
        "number": ticket.number,
        "earlier_number": ticket.earlier_number,
        "merged_into": merged_into,
        "title": ticket.title,
        "status": ticket.status,
        "priority": ticket.priority,
        "category": ticket.category,
        "requester": person_data(ticket.requester),
        "created_at": ticket.created_at,
        "closed_at": ticket.closed_at,
        "last_update_at": ticket.public_updated_at,
    }


def message_data(message, files):
    return {
        "id": message.pk,
        "kind": message.kind,
        "by": person_data(message.author),
        "is_from_support": message.is_from_staff,
        "channel": message.channel,
        "at": message.created_at,
        "body": message.body,
        "files": [
            {
                "path": path_of(each),
                "name": each.name,
                "content_type": each.content_type,
                "size": each.size,
                "sha256": each.sha256,
            }
            for each in files
        ],
    }


def clock_data(clock):
    """What was promised, each stretch that counted, each change, and the result."""
    return {
        "kind": clock.kind,
        "priority": clock.priority,
        "plan": clock.plan_version.plan.key,
        "target_seconds": int(clock.target.total_seconds()),
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "state": clock.state,
        "stopped_at": clock.stopped_at,
        "counted": [
            {"from": each.started_at, "to": each.ended_at, "ended_because": each.ended_because}
            for each in sorted(clock.stretches.all(), key=lambda row: row.started_at)
        ],
        "changes": [
            {
                "at": each.at,
                "reason": each.reason,
                "due_before": each.old_due_at,
                "due_after": each.new_due_at,
            }
            for each in sorted(clock.changes.all(), key=lambda row: row.pk)
        ],
    }


def alert_data(alert):
    """A fault that monitoring reported: customers see it on the page of the ticket too."""
    return {
        "source": alert.source,
        "fingerprint": alert.fingerprint,
        "title": alert.title,
        "is_firing": alert.is_firing,
        "first_at": alert.first_at,
        "last_at": alert.last_at,
        "resolved_at": alert.resolved_at,
        "times": alert.count,
    }


def person_data(person):
    return None if person is None else {"id": person.pk, "name": person.name}


def _grouped(rows, column):
    groups = {}
    for row in rows:
        groups.setdefault(getattr(row, column), []).append(row)
    return groups


def _as_json(value):
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
