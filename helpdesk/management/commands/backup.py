"""`manage.py backup FILE`: database and attachments in one archive, while people work."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from helpdesk import backups


class Command(BaseCommand):
    help = "Write database and attachments to an archive; - writes it to the standard output."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, file, **options):
        try:
            if file == "-":
                manifest = backups.write(sys.stdout.buffer, now=timezone.now())
                sys.stdout.flush()
            else:
                with backups.whole_file(Path(file)) as target:
                    manifest = backups.write(target, now=timezone.now())
        except OSError as error:
            raise CommandError(f"The archive could not be written: {error.strerror}") from error
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{len(manifest['files']) - 1} attachments and the database")
        for path in manifest["missing"]:
            self.stderr.write(f"missing, and not in the archive: {path}")
