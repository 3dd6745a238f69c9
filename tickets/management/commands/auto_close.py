"""`manage.py auto_close`: the automatic close and its reminder, once, as beat has them run."""

from django.core.management.base import BaseCommand

from tickets import tasks


class Command(BaseCommand):
    help = "Close what waited 48 hours for the customer, and remind of what closes within 24 hours."

    def handle(self, *args, **options):
        self.stdout.write(f"auto_close: {tasks.auto_close()}, {tasks.remind_of_close()}")
