"""Files on their way in: checked by content, kept as the person's pending uploads, swept."""

import hashlib
import logging
import uuid
import warnings
from datetime import timedelta
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from tickets.attachments import uploads
from tickets.attachments.thumbnails import thumbnail_of
from tickets.errors import TicketError
from tickets.models import Attachment
from ui.names import clean_name
from ui.wording import format_size

from . import base

logger = logging.getLogger(__name__)

PENDING_FOR = timedelta(days=1)
# What a page that was left long ago had uploaded gives way to what is sent now.
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_PIXELS = 50_000_000
IMAGE_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
TEXT_EXTENSIONS = {"txt", "log"}
CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
}


def store_upload(user, file, *, now=None):
    """Check `file` and keep it as a pending upload of `user`; a message takes it later.

    Raises TicketError with a sentence that names the file: wrong kind, empty, too large, a
    content that is not what the name says, too many waiting, a full disk.
    """
    now = now or timezone.now()
    name = shown_name(file.name)
    content_type = check_content(name, file)
    path = f"{now:%Y/%m}/{uuid.uuid4().hex}"
    # Before the file is moved to its place.
    small = thumbnail_of(file, content_type)
    digest = _write(path, name, file)
    row = Attachment(
        uploaded_by=user,
        name=name,
        content_type=content_type,
        size=file.size,
        sha256=digest,
        path=path,
        thumbnail_path=_write_thumbnail(path, small),
        created_at=now,
    )
    try:
        _keep(row)
    finally:
        # No row, no file: whatever went wrong, nothing is left behind.
        if row._state.adding:
            uploads.remove_quietly(*row.paths)
    return row


@transaction.atomic
def _keep(row):
    """Write the row, unless too many wait; those of forms that were left give way."""
    base.lock_person(row.uploaded_by)
    waiting = Attachment.objects.pending_of(row.uploaded_by)
    if waiting.count() >= settings.PENDING_UPLOADS_PER_PERSON:
        _remove(waiting.pending_before(row.created_at - FORGOTTEN_AFTER))
    if waiting.count() >= settings.PENDING_UPLOADS_PER_PERSON:
        raise TicketError(
            _("Too many of your files wait for sending. Remove some first."), code="quota"
        )
    row.save(force_insert=True)


def shown_name(raw):
    """The name for showing: no path, no control or bidi characters, its ending kept."""
    name = clean_name(PurePosixPath(str(raw).replace("\\", "/")).name).strip(". ") or "file"
    if len(name) <= 150:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 149 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 10 else name[:150]


def check_content(name, file):
    """The content type that the server decides on. Raises TicketError for what is not allowed."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in settings.ATTACHMENT_EXTENSIONS:
        allowed = ", ".join(kind.upper() for kind in settings.ATTACHMENT_EXTENSIONS)
        raise _refused(
            _("“%(name)s”: only these kinds of file can be sent: %(allowed)s."),
            name,
            allowed=allowed,
        )
    if not file.size:
        raise _refused(_("“%(name)s” is empty."), name)
    if file.size > settings.ATTACHMENT_MAX_BYTES:
        limit = format_size(settings.ATTACHMENT_MAX_BYTES)
        raise _refused(_("“%(name)s” is larger than %(limit)s."), name, limit=limit)
    found = _text_type(file) if ending in TEXT_EXTENSIONS else _binary_type(file)
    if found != CONTENT_TYPES.get(ending, "text/plain"):
        raise _refused(_("What is in “%(name)s” is not what its name says."), name)
    return found


def _refused(sentence, name, **values):
    return TicketError(sentence % {"name": name, **values}, code="file")


def _binary_type(file):
    file.seek(0)
    kind = filetype.guess(file.read(8192))
    found = kind.mime if kind else None
    if found in IMAGE_FORMATS and not _is_sound_image(file, IMAGE_FORMATS[found]):
        return None
    return found


def _is_sound_image(file, image_format):
    """Whether the header is a real image of bearable dimensions; the pixels are not unpacked."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            width, height = Image.open(file, formats=[image_format]).size
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombWarning,
    ):
        return False
    except Image.DecompressionBombError:
        return False
    return 0 < width * height <= MOST_PIXELS


def _text_type(file):
    """Plain text decodes strictly, has no NUL, and is nothing that the other kinds are."""
    file.seek(0)
    content = file.read()
    try:
        text = content.decode(
            "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        )
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else "text/plain"


def _write(path, name, file):
    digest = hashlib.sha256()
    try:
        for chunk in file.chunks():
            digest.update(chunk)
        # Makes the folders, and gives the file the permissions of the settings.
        default_storage.save(path, file)
    except OSError:
        logger.exception("An upload could not be stored")
        uploads.remove_quietly(path)
        raise _refused(
            _("“%(name)s” could not be stored just now. Try again later."), name
        ) from None
    return digest.hexdigest()


def _write_thumbnail(path, small):
    """Where the small picture is kept; empty when there is none. Without it the file is whole."""
    if small is None:
        return ""
    try:
        return default_storage.save(f"{path}.jpg", ContentFile(small))
    except OSError:
        logger.exception("A thumbnail could not be stored")
        return ""


def pending_of(user, keys=None):
    """The person's own pending uploads, those among `keys` if given; other ids are passed over."""
    pending = Attachment.objects.pending_of(user)
    return list(pending if keys is None else pending.filter(pk__in=keys))


@transaction.atomic
def discard(user, keys):
    """Remove pending uploads of the person; the files go when the rows are gone."""
    rows = Attachment.objects.pending_of(user).filter(pk__in=keys)
    return _remove(rows)


@transaction.atomic
def sweep_pending(now=None):
    """Remove pending uploads older than a day. Returns how many."""
    now = now or timezone.now()
    rows = Attachment.objects.pending_before(now - PENDING_FOR).order_by("created_at")[:500]
    return _remove(rows)


def _remove(rows):
    """Rows first, files after commit: a file without a row only wastes space."""
    found = list(rows.select_for_update(skip_locked=True))
    Attachment.objects.filter(pk__in=[each.pk for each in found], message__isnull=True).delete()
    for each in found:
        transaction.on_commit(lambda paths=each.paths: uploads.remove_quietly(*paths))
    return len(found)
