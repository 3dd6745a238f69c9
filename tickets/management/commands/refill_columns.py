"""`manage.py refill_columns`: once after each upgrade, when the new processes run."""

from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets import services


class Command(BaseCommand):
    help = (
        "Correct columns of search, order and last speaker in rows that the previous release wrote "
        "while the new one was brought in. Harmless at any time."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--hours", type=float, default=24, help="How far back rows were written (24)."
        )

    def handle(self, *args, hours, **options):
        changed = services.refill(since=timezone.now() - timedelta(hours=hours))
        self.stdout.write(f"refill_columns: corrected {changed} rows")
