"""`manage.py revoke_key hdk_0123456789`: end an API key at once, by how it begins."""

from django.core.management.base import BaseCommand, CommandError

from api import services
from api.models import ApiKey


class Command(BaseCommand):
    help = "Revokes the API key that begins so."

    def add_arguments(self, parser):
        parser.add_argument("prefix", help="the readable beginning, hdk_ and ten characters")

    def handle(self, *args, **options):
        key = ApiKey.objects.with_prefix(options["prefix"]).first()
        if key is None:
            raise CommandError("There is no key that begins so.")
        services.revoke_key(key, actor=None)
        self.stdout.write(f"The key “{key.name}” of {key.acts_as} is revoked.")
