"""`manage.py check_attachments`: does every row have its file, and every file its row?"""

import hashlib

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from tickets.models import Attachment


class Command(BaseCommand):
    help = "Compare stored files with their rows by hash; fails when one is missing or damaged."

    def handle(self, **options):
        wrong, known = [], set()
        for file in Attachment.objects.order_by("pk").iterator(chunk_size=500):
            known.update(file.paths)
            if not default_storage.exists(file.path):
                wrong.append(f"missing: {file.path}")
            elif self._digest(file.path) != file.sha256:
                wrong.append(f"damaged: {file.path}")
        loose = len(self._stored() - known)
        self.stdout.write(f"{len(known)} attachments checked, {loose} files without a row")
        if wrong:
            raise CommandError("\n".join(wrong))

    def _digest(self, path):
        with default_storage.open(path) as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()

    def _stored(self):
        root = settings.ATTACHMENT_ROOT
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
