"""Bytes of uploads: how much of a file is read at all, and removing what is not wanted."""

import errno
import html
import logging
import os
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser

from .stores import StoreAwayError

logger = logging.getLogger(__name__)


class UnkeptFile(UploadedFile):
    """A file of a form for which the disk had no room on the way: to read it raises OSError."""

    def __init__(self, name, content_type, size):
        super().__init__(BytesIO(), name, content_type, size)

    def read(self, *args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.name)

    def chunks(self, chunk_size=None):
        return self.read()


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keeps one byte more than a file may have, which shows that it is too large.

    Where the disk has no room the file becomes an UnkeptFile, so that the rest of the form, which
    somebody typed, is still read.
    """

    def new_file(self, *args, **kwargs):
        self.kept, self.is_kept = 0, True
        with self._noting_a_full_disk():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        room = settings.ATTACHMENT_MAX_BYTES + 1 - self.kept
        if room > 0:
            self.kept += min(room, len(raw_data))
            if self.is_kept:
                with self._noting_a_full_disk():
                    self.file.write(raw_data[:room])

    def file_complete(self, file_size):
        if self.is_kept:
            with self._noting_a_full_disk():
                # What Python still held back is written here.
                return super().file_complete(self.kept)
        return UnkeptFile(self.file_name, self.content_type, self.kept)

    @contextmanager
    def _noting_a_full_disk(self):
        try:
            yield
        except OSError:
            logger.exception("A file could not be kept while it arrived")
            self.is_kept = False
            with suppress(OSError, AttributeError):
                self.file.close()


class NameKeepingParser(MultiPartParser):
    """Django's parser drops every joiner from a file's name, with which Persian is written."""

    def sanitize_file_name(self, file_name):
        name = html.unescape(file_name).replace("\\", "/").rpartition("/")[2]
        name = "".join(each for each in name if each.isprintable() or each in "\u200c\u200d")
        return None if name in {"", ".", ".."} else name


class FileNameMiddleware:
    """Reads forms with NameKeepingParser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.parse_file_upload = partial(_parse_file_upload, request)
        return self.get_response(request)


def _parse_file_upload(request, meta, post_data):
    handlers = request.upload_handlers
    return NameKeepingParser(meta, post_data, handlers, request.encoding).parse()


def remove_quietly(*paths):
    """Delete stored files that nothing points to; a failure only wastes space and is logged."""
    for path in paths:
        try:
            default_storage.delete(path)
        except StoreAwayError:
            # No wait for each of the others: they are swept another day.
            logger.exception("Stored files could not be removed")
            return
        except OSError:
            logger.exception("A stored file could not be removed")
