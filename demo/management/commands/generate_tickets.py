"""`manage.py generate_tickets N`: fill a database for measuring."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo.generation.copying import ONE_OPEN_IN, generate


class Command(BaseCommand):
    help = "Add N generated tickets of 200 organizations and 20 agents, one in twenty open."

    def add_arguments(self, parser):
        parser.add_argument("count", type=int, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="Another seed, other tickets.")
        parser.add_argument(
            "--one-open-in",
            type=int,
            default=ONE_OPEN_IN,
            metavar="K",
            help="Of so many tickets one is open.",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="Also outside DEBUG: they cannot be taken out again.",
        )

    def handle(self, *args, count, seed, one_open_in, force, **options):
        if not (settings.DEBUG or force):
            raise CommandError(
                "Generated tickets cannot be taken out again, so they are made only while DEBUG is "
                "on. Say --force if this database is meant for them."
            )
        if count < 1 or one_open_in < 1:
            raise CommandError("N and K are at least 1.")
        now = timezone.now()
        generate(count, seed=seed, now=now, one_open_in=one_open_in, say=self._say)
        self.stdout.write(f"{count} tickets generated.")

    def _say(self, done):
        if done % 50_000 == 0:
            self.stdout.write(f"{done} …")
