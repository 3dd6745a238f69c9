"""Bytes of uploads: how much of a file is read at all, and removing what is not wanted."""

import logging

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadhandler import TemporaryFileUploadHandler

logger = logging.getLogger(__name__)


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keeps one byte more than a file may have, which shows that it is too large."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.kept = 0

    def receive_data_chunk(self, raw_data, start):
        room = settings.ATTACHMENT_MAX_BYTES + 1 - self.kept
        if room > 0:
            self.file.write(raw_data[:room])
            self.kept += min(room, len(raw_data))

    def file_complete(self, file_size):
        return super().file_complete(self.kept)


def remove_quietly(*paths):
    """Delete stored files that nothing points to; a failure only wastes space and is logged."""
    for path in paths:
        try:
            default_storage.delete(path)
        except OSError:
            logger.exception("A stored file could not be removed")
