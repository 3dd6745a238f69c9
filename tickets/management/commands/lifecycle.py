"""`manage.py lifecycle`: print the state diagram, or put it into docs/lifecycle.md."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from tickets.models.state_diagram import mermaid

FENCE = re.compile(r"```mermaid\n.*?```", re.DOTALL)


class Command(BaseCommand):
    help = "Print the state diagram of a ticket; with --write put it into docs/lifecycle.md."

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true")

    def handle(self, *args, write, **options):
        with translation.override("en"):
            diagram = mermaid()
        if write:
            path = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"
            text = path.read_text(encoding="utf-8")
            path.write_text(
                FENCE.sub(lambda _: f"```mermaid\n{diagram}```", text), encoding="utf-8"
            )
        else:
            self.stdout.write(diagram)
