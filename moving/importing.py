"""One run of an import: read all, look at it, then write it batch by batch."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from organizations.models import Organization

from .mapping import Mapping
from .parties import Companies, People
from .readers import READERS
from .records import (
    ImportRefused,
    LineRecord,
    MessageRecord,
    OrganizationRecord,
    PersonRecord,
    TicketRecord,
)
from .report import Survey
from .resolving import Resolver
from .services import BATCH, Importer, known_tickets, make_parties, source_named
from .staging import staged

KINDS = SimpleNamespace(ticket=TicketRecord, message=MessageRecord, line=LineRecord)


@dataclass(frozen=True)
class Wanted:
    """What the operator asks for."""

    form: str
    folder: Path
    source: str
    mapping: Path | None
    organization: str
    encoding: str
    zone: ZoneInfo
    clocks_from: datetime
    is_dry: bool


def run(wanted, *, now, say):
    """Import, or with `is_dry` only say what would be done. Returns how many tickets were written.

    Raises ImportRefused before anything is written where the files cannot be read as a whole.
    """
    reader = READERS[wanted.form]
    if not wanted.folder.is_dir():
        raise ImportRefused(f"{wanted.folder} is no folder.")
    mapping, default = Mapping.read(wanted.mapping), _default(wanted.organization)
    with staged(reader.read(wanted.folder, wanted.encoding)) as stage:
        source = source_named(wanted.source, is_saved=not wanted.is_dry)
        resolver = Resolver(
            (
                People(source, stage.all(PersonRecord)),
                Companies(source, stage.all(OrganizationRecord), mapping.organizations),
            ),
            mapping,
            label=reader.LABEL,
            folder=wanted.folder,
            zone=wanted.zone,
            default=default,
            now=now,
        )
        survey = Survey(resolver)
        for batch in stage.batches(BATCH):
            known = known_tickets(source, [each.ticket.id for each in batch])
            for each in batch:
                survey.take(each, known)
        for line in survey.report(stage, KINDS):
            say(line)
        if wanted.is_dry:
            return 0
        make_parties(source, resolver, list(survey.requesters.values()), now=now)
        importer = Importer(source, reader.LABEL, wanted.clocks_from, now)
        return _write(stage, resolver, importer, survey, say)


def _write(stage, resolver, importer, survey, say):
    resolver.reads_bodies = True
    written = done = 0
    for batch in stage.batches(BATCH):
        resolved = [resolver.resolve(each) for each in batch]
        resolved = [each for each in resolved if each is not None]
        written += importer.write(resolved)
        done += len(resolved)
        say(f"{done} of {survey.tickets} …")
    return written


def _default(key):
    if not key:
        return None
    organization = Organization.objects.keyed(key)
    if organization is None:
        raise ImportRefused(f"There is no organization with the key {key}.")
    return organization
