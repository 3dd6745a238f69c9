"""`manage.py check_attachments`: does every row have its file, and every file its row?"""

import hashlib

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from tickets.attachments.stores import StoreAwayError
from tickets.models import Attachment


class Command(BaseCommand):
    help = "Compare stored files with their rows by hash; fails when one is missing or damaged."

    def handle(self, **options):
        try:
            self._check()
        except StoreAwayError as problem:
            raise CommandError(f"The attachments cannot be read: {problem}") from problem

    def _check(self):
        wrong, known = [], set()
        for file in Attachment.objects.order_by("pk").iterator(chunk_size=500):
            known.update(file.paths)
            wrong.extend(self._wrong_with(file))
        loose = len(set(default_storage.listed()) - known)
        self.stdout.write(f"{len(known)} attachments checked, {loose} files without a row")
        if wrong:
            raise CommandError("\n".join(wrong))

    def _wrong_with(self, file):
        try:
            with default_storage.open(file.path) as stored:
                digest = hashlib.file_digest(stored, "sha256").hexdigest()
        except FileNotFoundError:
            return [f"missing: {file.path}"]
        return [] if digest == file.sha256 else [f"damaged: {file.path}"]
