"""`manage.py demo`: fill an empty database with believable people and tickets."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import cast, programme
from organizations.models import User


class Command(BaseCommand):
    help = "Load the demo data into an empty database. Only while DEBUG is on."

    def handle(self, *args, **options):
        if not settings.DEBUG:
            raise CommandError("The demo has known passwords; it is loaded only while DEBUG is on.")
        if cast.is_on_stage():
            self.stdout.write("The demo data is here already; nothing was changed.")
            return
        if User.objects.exists():
            raise CommandError(
                "This database has people of its own. The demo is loaded only into an empty one."
            )
        tickets = programme.load(now=timezone.now())
        self.stdout.write(f"{tickets} tickets of {len(cast.COMPANIES)} organizations loaded.")
        self.stdout.write(f"Sign in with the password “{cast.PASSWORD}” as one of:")
        for email in cast.SIGN_INS:
            self.stdout.write(f"  {email}")
