"""`manage.py rebuild_reports`: count the totals of the reports again."""

from django.core.management.base import BaseCommand

from tickets import services


class Command(BaseCommand):
    help = (
        "Count the daily totals of the reports again from the clocks, a day at a time. A run that "
        "was stopped goes on with --resume, or by itself within minutes while a worker runs."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--resume", action="store_true", help="Only the days that are still to be counted."
        )

    def handle(self, *args, resume, **options):
        if not resume:
            services.mark_all_stale()
        days = 0
        while done := services.refresh_totals(say=self._say):
            days += done
        self.stdout.write(f"rebuild_reports: counted {days} days")

    def _say(self, done):
        if done % 100 == 0:
            self.stdout.write(f"{done} …")
