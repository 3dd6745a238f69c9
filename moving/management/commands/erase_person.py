"""`manage.py erase_person ADDRESS`: take a customer's personal data out."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from moving.services import check_erasure, erase_person
from organizations.emails import normal_email
from organizations.errors import OrganizationError
from organizations.models import User
from tickets.services import tickets_of


class Command(BaseCommand):
    help = (
        "Erase a customer: the account cannot be used and its address is free, their name, address "
        "and number are taken out of tickets, mails and history. Events and clocks stay."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument(
            "--with-messages",
            action="store_true",
            help="All that they wrote and attached goes too, also for their colleagues.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what it would reach.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args, email, dry_run, yes, with_messages, **options):
        person = User.objects.filter(email=normal_email(email)).first()
        if person is None:
            raise CommandError("There is no account with this address.")
        of = ", ".join(str(each.organization) for each in person.memberships.all())
        self.stdout.write(f"{person.name} <{person.email}>, {of or 'of no organization'}")
        self.stdout.write(f"tickets that they took part in: {len(tickets_of(person))}")
        if not (dry_run or yes):
            self._ask_for(email)
        try:
            if dry_run:
                check_erasure(person, now=timezone.now())
                self.stdout.write("erase_person: a dry run, nothing was changed")
                return
            erased = erase_person(
                person, with_messages=with_messages, now=timezone.now(), say=self._say
            )
        except OrganizationError as refused:
            raise CommandError(f"{refused} Nothing was changed.") from refused
        self.stdout.write(f"erase_person: erased personal data in {erased} tickets")

    def _ask_for(self, email):
        try:
            answer = input("This cannot be undone. Type the address again: ")
        except EOFError as nobody:
            raise CommandError("Nobody answers: --yes. Nothing was changed.") from nobody
        if answer != email:
            raise CommandError("Nothing was changed.")

    def _say(self, done):
        self.stdout.write(f"{done} …")
