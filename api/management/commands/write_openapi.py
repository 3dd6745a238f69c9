"""`manage.py write_openapi`: write the OpenAPI document again, after a change of the endpoints."""

from django.core.management.base import BaseCommand

from api.reference import DOCUMENT
from api.v1.schema import openapi_text


class Command(BaseCommand):
    help = "Writes api/openapi.json from the endpoints."

    def handle(self, *args, **options):
        DOCUMENT.write_text(openapi_text(), "utf-8")
        self.stdout.write(f"{DOCUMENT.name} is written.")
