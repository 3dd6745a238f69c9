"""`manage.py apply_retention`: remove the contents of long closed tickets now."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from moving.services import apply_retention, preview_retention


class Command(BaseCommand):
    help = (
        "Remove texts and files of tickets that have been closed for RETENTION_DAYS. Events and "
        "clocks stay; what a legal hold keeps stays whole. The worker does the same by itself."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *args, dry_run, **options):
        now = timezone.now()
        found = preview_retention(now=now)
        if found is None:
            raise CommandError("RETENTION_DAYS is 0: everything is kept.")
        self.stdout.write(
            f"closed for more than {settings.RETENTION_DAYS} days: {found.tickets} tickets with "
            f"{found.messages} messages and {found.files} files of {found.size} bytes"
        )
        self.stdout.write(f"kept by a legal hold: {found.held} tickets")
        if dry_run:
            self.stdout.write("apply_retention: a dry run, nothing was changed")
            return
        done = apply_retention(now=now, most=found.tickets, say=self._say)
        self.stdout.write(f"apply_retention: removed the contents of {done} tickets")

    def _say(self, done):
        self.stdout.write(f"{done} …")
