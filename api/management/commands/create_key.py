"""An API key for a person, made by an operator: `manage.py create_key sara@pars.example`."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from api import services
from api.errors import SecretError
from api.models import ApiKey
from api.scopes import Scope
from organizations.emails import normal_email
from organizations.models import User


class Command(BaseCommand):
    help = "Makes an API key that acts as a person, and prints it once."

    def add_arguments(self, parser):
        parser.add_argument("email", help="the address of the person it acts as")
        parser.add_argument("--name", required=True, help="what uses the key")
        parser.add_argument("--days", type=int, default=90, help="for how long it is valid")
        parser.add_argument(
            "--provider",
            action="store_true",
            help="of a staff account that no person signs in to: needs no second factor",
        )
        parser.add_argument("--scope", action="append", choices=Scope.values, required=True)

    def handle(self, *args, **options):
        user = User.objects.with_address(normal_email(options["email"])).first()
        if user is None:
            raise CommandError("There is no person with this address.")
        scopes = tuple(Scope(each) for each in options["scope"])
        if options["provider"] and not user.is_agent:
            raise CommandError("Only a key of staff can be one of the provider.")
        kind = ApiKey.Kind.PROVIDER if options["provider"] else ApiKey.Kind.PERSONAL
        draft = services.KeyDraft(options["name"], scopes, options["days"], kind=kind)
        with translation.override("en"):
            try:
                _key, secret = services.create_key(user, draft, actor=None)
            except SecretError as refused:
                raise CommandError(refused.sentence) from None
        self.stdout.write(secret)
