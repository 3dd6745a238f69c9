"""`manage.py restore FILE`: an archive of `backup` becomes the database and the attachments."""

import sys
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from helpdesk import backups


class Command(BaseCommand):
    help = (
        "Restore an archive into an empty database, while web, worker and beat are stopped. Then "
        "migrates, and does what is overdue without notifying anybody of the past."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="an archive of `backup`; - reads the standard input")
        parser.add_argument(
            "--replace", action="store_true", help="delete what is in the database now"
        )

    def handle(self, file, replace, **options):
        try:
            if file == "-":
                manifest = backups.restore(sys.stdin.buffer, replace=replace)
            else:
                with Path(file).open("rb") as source:
                    manifest = backups.restore(source, replace=replace)
        except OSError as error:
            raise CommandError(f"The archive could not be restored: {error.strerror}") from error
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0, interactive=False)
        call_command("after_restore", stdout=self.stdout)
        self.stdout.write(f"restored the backup of {manifest['made_at']}")
        for path in manifest["missing"]:
            self.stderr.write(f"not in the archive: {path}")
