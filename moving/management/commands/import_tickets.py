"""`manage.py import_tickets csv|osticket|zammad FOLDER`: tickets from another system."""

import re
import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from moving.importing import Wanted, run
from moving.readers import READERS
from moving.records import ImportRefused

MOST_AHEAD = timedelta(days=30)


class Command(BaseCommand):
    help = (
        "Import tickets that another system exported into FOLDER; docs/moving.md has the forms. "
        "May be stopped and run again: what is here already is left as it is. Nobody is notified."
    )

    def add_arguments(self, parser):
        parser.add_argument("form", choices=sorted(READERS))
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="Only report what would become of what."
        )
        parser.add_argument(
            "--source",
            default="",
            help="The name of the system, if several of a form are imported (the form).",
        )
        parser.add_argument(
            "--map", type=Path, help="A file of JSON: what statuses and others become here."
        )
        parser.add_argument(
            "--organization", default="", help="The key of that of tickets which have none."
        )
        parser.add_argument(
            "--clocks-from", default="", help="When clocks of open tickets start (now)."
        )
        parser.add_argument(
            "--time-zone",
            default=settings.TIME_ZONE,
            help=f"Of times without an offset ({settings.TIME_ZONE}).",
        )
        parser.add_argument("--encoding", default="utf-8-sig", help="Of the files (UTF-8).")

    def handle(self, *args, form, folder, **options):
        now = timezone.now()
        source = options["source"] or form
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", source):
            raise CommandError("--source is small Latin letters, digits and -.")
        zone = self._zone(options["time_zone"])
        wanted = Wanted(
            form=form,
            folder=folder,
            source=source,
            mapping=options["map"],
            organization=options["organization"],
            encoding=options["encoding"],
            zone=zone,
            clocks_from=self._clocks_from(options["clocks_from"], zone, now),
            is_dry=options["dry_run"],
        )
        try:
            written = run(wanted, now=now, say=self.stdout.write)
        except ImportRefused as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(
                f"A file could not be copied: {error.strerror}. The same command goes on from here."
            ) from error
        if wanted.is_dry:
            self.stdout.write("import_tickets: a dry run, nothing was written")
        else:
            self.stdout.write(f"import_tickets: imported {written} tickets")

    def _zone(self, name):
        try:
            return zoneinfo.ZoneInfo(name)
        except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError) as error:
            raise CommandError(f"{name} is no time zone.") from error

    def _clocks_from(self, text, zone, now):
        if not text:
            return now
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise CommandError("--clocks-from is a time such as 2026-12-01T08:00.") from error
        at = at.replace(tzinfo=zone) if at.tzinfo is None else at
        if at > now + MOST_AHEAD:
            raise CommandError("--clocks-from is more than 30 days ahead.")
        return at
