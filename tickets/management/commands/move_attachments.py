"""`manage.py move_attachments bucket`: from the folder to the bucket, or with `folder` back."""

from collections import Counter

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.storage.handler import InvalidStorageError
from django.core.management.base import BaseCommand, CommandError

from tickets.attachments import moving
from tickets.attachments.moving import Outcome
from tickets.models import Attachment

FROM = {"bucket": "folder", "folder": "bucket"}


class Command(BaseCommand):
    help = (
        "Copy all attachments between ATTACHMENT_ROOT and the bucket of ATTACHMENTS_URL, each "
        "verified by its hash. May be cut off and run again, also while people work."
    )

    def add_arguments(self, parser):
        parser.add_argument("to", choices=sorted(FROM))
        parser.add_argument(
            "--delete", action="store_true", help="delete at the old place what is whole at the new"
        )

    def handle(self, to, delete, **options):
        try:
            source, target = storages[FROM[to]], storages[to]
        except InvalidStorageError as error:
            raise CommandError("ATTACHMENTS_URL names no bucket.") from error
        if delete and settings.STORAGES["default"] == settings.STORAGES[FROM[to]]:
            raise CommandError("The settings still serve attachments from where these would go.")
        try:
            done = self._move_all(source, target, delete)
        except OSError as error:
            raise CommandError(f"A file could not be moved, run it again: {error}") from error
        if done[Outcome.LOST] or done[Outcome.DAMAGED]:
            raise CommandError("Not all could be moved; they are named above.")

    def _move_all(self, source, target, delete):
        done = Counter()
        for row in Attachment.objects.order_by("pk").iterator(chunk_size=500):
            for path in row.paths:
                known = row.sha256 if path == row.path else ""
                outcome = moving.move(path, source, target, sha256=known, delete=delete)
                if outcome in {Outcome.LOST, Outcome.DAMAGED}:
                    if not Attachment.objects.filter(pk=row.pk).exists():
                        continue  # removed since
                    self.stderr.write(f"{outcome.value}: {path}")
                done[outcome] += 1
        counts = ", ".join(f"{done[each]} {each.value}" for each in Outcome)
        self.stdout.write(counts)
        return done
