"""`manage.py export_organization KEY FILE`: all of an organization in one ZIP."""

import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from moving.exporting import Export
from organizations.models import Organization


class Command(BaseCommand):
    help = (
        "Write an organization's people, tickets, messages, history, clocks and files to a ZIP; "
        "- writes it to the standard output."
    )

    def add_arguments(self, parser):
        parser.add_argument("key", help="The organization's key.")
        parser.add_argument("file")
        parser.add_argument(
            "--with-notes",
            action="store_true",
            help="Internal notes and history too: not for the customer.",
        )

    def handle(self, *args, key, file, with_notes, **options):
        organization = Organization.objects.keyed(key)
        if organization is None:
            raise CommandError("There is no organization with this key.")
        try:
            with (
                _opened(file) as target,
                zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
            ):
                export = Export(archive, with_notes)
                export.write(organization, now=timezone.now())
        except OSError as error:
            raise CommandError(f"The archive could not be written: {error.strerror}.") from error
        self.stderr.write(f"export_organization: {export.tickets} tickets, {export.files} files")
        for path in export.missing:
            self.stderr.write(f"not as its row says, or missing: {path}")


@contextmanager
def _opened(file):
    """The file to write to, under its name only once it is whole; one that is there stays."""
    if file == "-":
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    path = Path(file)
    if path.exists():
        raise CommandError(f"{path} is there already.")
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as target:
            yield target
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
