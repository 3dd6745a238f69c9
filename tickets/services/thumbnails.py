"""Small pictures of uploaded images, made by workers after the upload was answered."""

import logging
import subprocess
import sys

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils.crypto import get_random_string

from tickets.attachments import uploads
from tickets.attachments.stores import StoreAwayError
from tickets.models import Attachment

logger = logging.getLogger(__name__)

MAKER = [sys.executable, "-m", "tickets.attachments.thumbnail_process"]
# Of real time, for one image.
SECONDS = 10
# Once more for one whose worker was killed; an image that kills its maker is left alone then.
MOST_TRIES = 2
MOST_IN_A_RUN = 50


def make_thumbnails():
    """Make the thumbnails that are wanted. Returns how many were made.

    Safe to run twice at once and to lose: a row that was not finished is found by the next run.
    While the store is away none is tried, and none is given up.
    """
    wanted = Attachment.objects.wanting_thumbnail(MOST_TRIES).values_list("pk", "path")
    made = 0
    try:
        for pk, path in list(wanted[:MOST_IN_A_RUN]):
            made += _make(pk, _content(path))
    except StoreAwayError:
        logger.exception("Pictures wait for the store of attachments")
    return made


def _content(path):
    """The bytes of a file, or None where it was lost or cannot be read."""
    try:
        with default_storage.open(path) as stored:
            return stored.read()
    except StoreAwayError:
        raise
    except OSError as problem:
        logger.warning("No thumbnail of %s: %s", path, type(problem).__name__)
        return None


def _make(pk, content):
    row = _claim(pk)
    if row is None:
        return False
    try:
        path = _store(row.path, _small_picture(row, content))
    except StoreAwayError:
        # No fault of the picture: the try does not count.
        Attachment.objects.filter(pk=pk).update(thumbnail_tries=F("thumbnail_tries") - 1)
        raise
    kept = Attachment.objects.filter(pk=pk, thumbnail_path="").update(
        thumbnail_path=path, is_thumbnail_wanted=False
    )
    if path and not kept:
        uploads.remove_quietly(path)
    return bool(path and kept)


@transaction.atomic
def _claim(pk):
    """Count a try, so that an image that kills its worker is not tried for ever."""
    rows = Attachment.objects.wanting_thumbnail(MOST_TRIES).filter(pk=pk)
    row = rows.select_for_update(skip_locked=True).first()
    if row:
        Attachment.objects.filter(pk=pk).update(thumbnail_tries=F("thumbnail_tries") + 1)
    return row


def _small_picture(row, content):
    """The bytes of a small JPEG, or None where the image is broken, too large or too slow."""
    if content is None:
        return None
    try:
        made = subprocess.run(
            [*MAKER, row.content_type],
            input=content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        logger.warning("No thumbnail of %s: %s", row.pk, type(problem).__name__)
        return None
    return made.stdout if made.returncode == 0 else None


def _store(path, small):
    """Where the small picture is kept; empty when there is none. Without it the file is whole.

    Raises StoreAwayError also where the disk is full.
    """
    if not small:
        return ""
    # Of two that are made at once, one is removed again: each has a name of its own.
    name = f"{path}_{get_random_string(7)}.jpg"
    try:
        return default_storage.save(name, ContentFile(small))
    except StoreAwayError:
        raise
    except OSError as problem:
        uploads.remove_quietly(name)
        raise StoreAwayError(problem.errno, problem.strerror, name) from problem
