"""Files on their way in: checked by content, kept as the person's pending uploads, swept."""

import hashlib
import logging
import uuid
from datetime import timedelta
from itertools import islice
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plans.transactions import in_transaction
from tickets.attachments import kinds, thumbnails, uploads
from tickets.attachments.stores import StoreAwayError
from tickets.errors import TicketError
from tickets.models import Attachment
from ui.names import clean_name
from ui.wording import format_size, number

from . import base

logger = logging.getLogger(__name__)

PENDING_FOR = timedelta(days=1)
# What a page that was left long ago had uploaded gives way to what is sent now.
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_ORPHANS, BATCH = 500, 500
NAME_LENGTH = len(uuid.UUID(int=0).hex)


def store_upload(user, file, *, now=None):
    """Check `file` and keep it as a pending upload of `user`; a message takes it later.

    Raises TicketError with a sentence that names the file: of no allowed kind, empty, too large,
    too many waiting; with the code "store" for a full disk or a store that is away. A thumbnail is
    made later, by a worker.
    """
    now = now or timezone.now()
    name = shown_name(file.name)
    if isinstance(file, uploads.UnkeptFile):
        raise _not_saved(name)
    content_type = check_content(name, file)
    path = f"{now:%Y/%m}/{uuid.uuid4().hex}"
    digest = _write(path, name, file)
    row = Attachment(
        uploaded_by=user,
        name=name,
        content_type=content_type,
        size=file.size,
        sha256=digest,
        path=path,
        is_thumbnail_wanted=content_type in thumbnails.FORMATS,
        created_at=now,
    )
    try:
        _keep(row)
    finally:
        # No row, no file: whatever went wrong, nothing is left behind.
        if row._state.adding:
            uploads.remove_quietly(*row.paths)
    return row


@in_transaction
def _keep(row):
    """Write the row, unless too many wait; those of forms that were left give way."""
    base.lock_person(row.uploaded_by)
    waiting = Attachment.objects.pending_of(row.uploaded_by)
    if waiting.count() >= settings.PENDING_UPLOADS_PER_PERSON:
        _remove(waiting.pending_before(row.created_at - FORGOTTEN_AFTER))
    if waiting.count() >= settings.PENDING_UPLOADS_PER_PERSON:
        raise TicketError(
            _("Too many of your files are waiting to be sent. Remove some first."), code="quota"
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
    """The content type that the server decides on, by what is inside and not by the name.

    Raises TicketError with the true reason for what is not allowed. Reads headers; an image, an
    archive or a document is decoded by nobody here.
    """
    if not file.size:
        raise _refused(_("“%(name)s” is empty."), name)
    if file.size > settings.ATTACHMENT_MAX_BYTES:
        limit = format_size(settings.ATTACHMENT_MAX_BYTES)
        raise _refused(_("“%(name)s” is larger than %(limit)s."), name, limit=limit)
    kind = kinds.kind_of(name, file)
    if kind.content_type not in kinds.allowed_types(settings.ATTACHMENT_EXTENSIONS):
        raise _of_no_allowed_kind(name, kind)
    if kinds.has_too_many_pixels(kind.content_type, file):
        most = number(kinds.MOST_PIXELS)
        raise _refused(
            _("“%(name)s” is a picture without pixels or with more than %(most)s of them."),
            name,
            most=most,
        )
    return kind.content_type


def _of_no_allowed_kind(name, kind):
    if kind.found == kinds.MISNAMED_TEXT:
        ending = kinds.ending_of(name).upper()
        sentence = _("There is text in “%(name)s”, though its name says %(ending)s.")
        return _refused(sentence, name, ending=ending)
    allowed = ", ".join(ending.upper() for ending in settings.ATTACHMENT_EXTENSIONS)
    found = kind.found or next(
        (ending for ending, each in kinds.TYPES.items() if each == kind.content_type), ""
    )
    if found:
        sentence = _(
            "“%(name)s” is a file of the kind %(found)s, which cannot be sent. "
            "These kinds can: %(allowed)s."
        )
        return _refused(sentence, name, found=found.upper(), allowed=allowed)
    sentence = _(
        "What kind of file “%(name)s” is could not be recognized. These kinds can be sent: "
        "%(allowed)s."
    )
    return _refused(sentence, name, allowed=allowed)


def _refused(sentence, name, *, code="file", **values):
    return TicketError(sentence % {"name": name, **values}, code=code)


def _write(path, name, file):
    digest = hashlib.sha256()
    try:
        for chunk in file.chunks():
            digest.update(chunk)
        # Makes the folders, and gives the file the permissions of the settings.
        default_storage.save(path, file)
    except OSError as problem:
        logger.exception("An upload could not be stored")
        if not isinstance(problem, StoreAwayError):  # it would not answer to that either
            uploads.remove_quietly(path)
        raise _not_saved(name) from problem
    return digest.hexdigest()


def _not_saved(name):
    return _refused(_("“%(name)s” could not be saved. Try again later."), name, code="store")


def pending_of(user, keys=None):
    """The person's own pending uploads, those among `keys` if given; other ids are passed over."""
    if keys is not None and not keys:
        return []
    pending = Attachment.objects.pending_of(user)
    return list(pending if keys is None else pending.filter(pk__in=keys))


def is_lost(user, keys):
    """Whether under one of these keys there is nothing any more that the person uploaded, sent or
    not: it was removed on another page, or waited for longer than PENDING_FOR."""
    return Attachment.objects.filter(uploaded_by=user, pk__in=keys).count() < len(set(keys))


@in_transaction
def discard(user, keys):
    """Remove pending uploads of the person; the files go when the rows are gone."""
    rows = Attachment.objects.pending_of(user).filter(pk__in=keys)
    return _remove(rows)


@in_transaction
def sweep_pending(now=None):
    """Remove pending uploads older than a day. Returns how many."""
    now = now or timezone.now()
    rows = Attachment.objects.pending_before(now - PENDING_FOR).order_by("created_at")[:500]
    return _remove(rows)


def _remove(rows):
    """Rows first, files after commit: a file without a row only wastes space."""
    found = list(rows.select_for_update(skip_locked=True))
    Attachment.objects.filter(pk__in=[each.pk for each in found], message__isnull=True).delete()
    paths = [path for each in found for path in each.paths]
    transaction.on_commit(lambda: uploads.remove_quietly(*paths))
    return len(found)


def sweep_orphans(now=None):
    """Remove files older than a day to which no row points. Returns how many.

    A process killed between writing a file and its row leaves one. At most MOST_ORPHANS go in one
    run, and none while there is no row at all: a database that is being restored has none yet.
    """
    now = now or timezone.now()
    if not Attachment.objects.exists():
        return 0
    removed, old = 0, default_storage.listed(before=now - PENDING_FOR)
    while removed < MOST_ORPHANS and (paths := list(islice(old, BATCH))):
        rows = Attachment.objects.filter(path__in=[_path_of_row(each) for each in paths])
        known = {path for row in rows for path in row.paths}
        orphans = [each for each in paths if each not in known][: MOST_ORPHANS - removed]
        uploads.remove_quietly(*orphans)
        removed += len(orphans)
    return removed


def _path_of_row(path):
    """The path of the file itself, also for its thumbnail, whose name begins as that does."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name[:NAME_LENGTH]}"
