"""Writing the tickets that were resolved, in batches.

Each batch is one transaction that also notes the ids of the source, so that a run which was stopped
goes on where it was, and a second one adds nothing. The source's row is held meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.core.files.base import ContentFile

from moving.models import Source, SourceId, SourceKind
from plans.transactions import in_transaction
from tickets.services import (
    ImportedLine,
    ImportedMessage,
    ImportedTicket,
    drop_imported_files,
    import_tickets,
    keep_imported_file,
)

from .sources import hold, note

BATCH = 500


def known_tickets(source, keys):
    """The ids among `keys` of tickets that were imported before."""
    if source.pk is None:
        return set()
    found = SourceId.objects.filter(source=source, kind=SourceKind.TICKET, external_id__in=keys)
    return set(found.values_list("external_id", flat=True))


@dataclass
class Importer:
    """Writes what was resolved. `label` is how the source is called on the tickets."""

    source: Source
    label: str
    clocks_from: datetime
    now: datetime

    def write(self, resolved):
        """Write a batch; returns how many tickets of it were not there yet."""
        known = known_tickets(self.source, [each.record.id for each in resolved])
        new = [each for each in resolved if each.record.id not in known]
        imported = [self._imported(each) for each in new]
        written = self._write([each.record.id for each in new], imported)
        # Where this fails, what was committed is not known here: files without rows are swept.
        for each, ticket in zip(new, imported, strict=True):
            if each.record.id not in written:
                drop_imported_files(file for m in ticket.messages for file in m.files)
        return len(written)

    @in_transaction(durable=True)
    def _write(self, keys, imported):
        hold(self.source)
        # Another run may have written some of them since they were looked up.
        known = known_tickets(self.source, keys)
        new = [(key, each) for key, each in zip(keys, imported, strict=True) if key not in known]
        tickets = import_tickets(
            [each for _key, each in new], clocks_from=self.clocks_from, now=self.now
        )
        pairs = [(key, each.pk) for (key, _imported), each in zip(new, tickets, strict=True)]
        note(self.source, SourceKind.TICKET, pairs)
        return {key for key, _ticket in pairs}

    def _imported(self, resolved):
        organization = resolved.organization or resolved.company.organization
        return ImportedTicket(
            source=self.label,
            number=resolved.record.number,
            title=resolved.record.title,
            category=resolved.category,
            priority=resolved.priority,
            status=resolved.status,
            organization=organization,
            requester=resolved.requester.user,
            assignee=resolved.assignee and resolved.assignee.user,
            created_at=resolved.created_at,
            closed_at=resolved.closed_at,
            messages=[self._message(each) for each in resolved.messages],
            lines=[ImportedLine(*each) for each in resolved.lines],
        )

    def _message(self, resolved):
        files = [self._file(name, path, resolved.at) for name, path in resolved.files]
        if resolved.whole:
            whole = ContentFile(resolved.whole.encode("utf-8", "replace"))
            files.append(keep_imported_file("message.txt", whole, at=resolved.at))
        return ImportedMessage(
            resolved.author.user, resolved.body, resolved.at, resolved.is_note, files
        )

    @staticmethod
    def _file(name, path, at):
        with path.open("rb") as opened:
            return keep_imported_file(name, File(opened, name=name), at=at)
