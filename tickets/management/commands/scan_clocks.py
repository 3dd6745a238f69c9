"""`manage.py scan_clocks`: the scan of the clocks, once, as beat has it run."""

from django.core.management.base import BaseCommand

from tickets import tasks


class Command(BaseCommand):
    help = "Find clocks that became due soon or overdue since the last scan, and notify."

    def handle(self, *args, **options):
        self.stdout.write(f"scan_clocks: {tasks.scan_clocks()}")
