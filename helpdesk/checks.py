"""What must hold around the product, in sentences for who deploys it.

The database is looked at by `migrate` and by `check --database default`, the store of attachments
by `check --deploy`: a start waits for neither.
"""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, NotSupportedError, OperationalError, connections, transaction

_KEYS_REFUSED = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "403"}
_OTHER_REGION = {"AuthorizationHeaderMalformed", "PermanentRedirect", "301", "400"}


# The zone of the calendars that are shipped. Its summer time ended in 2022: data of before puts
# every due of half the year an hour off.
TEHRAN, TEHRAN_OFFSET = "Asia/Tehran", timedelta(hours=3, minutes=30)
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)
_RENEW = "Install the package tzdata of 2022b or later on its machine, and restart it."


@register(Tags.compatibility)
def time_zones(app_configs=None, **kwargs):
    """This machine knows the time in Tehran as it is today."""
    try:
        offset = SUMMER.astimezone(ZoneInfo(TEHRAN)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [Error(f"This machine knows no time zone {TEHRAN}.", hint=_RENEW)]
    if offset != TEHRAN_OFFSET:
        return [
            Error(f"The time zones of this machine are older than 2022: {TEHRAN}.", hint=_RENEW)
        ]
    return []


@register(Tags.database)
def database(app_configs=None, databases=None, **kwargs):
    """The server answers, is of a release that is supported, and knows the site's time zone."""
    return [
        error
        for alias in databases or []
        if connections[alias].vendor == "postgresql"
        for error in _postgresql(connections[alias])
    ]


def _postgresql(connection):
    try:
        connection.ensure_connection()
    except NotSupportedError as error:
        return [Error(f"DATABASE_URL: this release of the database is too old. {error}")]
    except OperationalError as error:
        return [Error(f"DATABASE_URL: the database cannot be reached. {error}")]
    found = _limits(connection)
    for zone in dict.fromkeys([TEHRAN, settings.TIME_ZONE]):
        # A zone that is not known may end a transaction: nothing is asked after it.
        if wrong := _zone(connection, zone):
            return [*wrong, *found]
    return found


def _zone(connection, zone):
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT %s AT TIME ZONE %s", [SUMMER, zone])
            [local] = cursor.fetchone()
    except DataError:
        return [
            Error(
                f"TIME_ZONE: the database does not know the time zone {zone}.",
                hint="Install the package tzdata on its machine, and restart it.",
            )
        ]
    if zone == TEHRAN and local.replace(tzinfo=UTC) - SUMMER != TEHRAN_OFFSET:
        return [Error(f"The time zones of the database are older than 2022: {zone}.", hint=_RENEW)]
    return []


def _limits(connection):
    """A pooler between may drop what the product asks for when it connects."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        is_limited = "0" not in cursor.fetchone()
    if is_limited:
        return []
    sentence = "DATABASE_URL: statements wait for locks, and run, without a limit."
    role = connection.settings_dict["USER"]
    hint = f"ALTER ROLE {role} SET lock_timeout = '4s'; the same for statement_timeout, '60s'."
    return [Caution(sentence, hint=hint)]


@register(Tags.files, deploy=True)
def attachments(app_configs=None, **kwargs):
    """A file can be written, read and deleted where attachments are kept; no stranger reads it."""
    name = f"check/{uuid.uuid4().hex}"
    try:
        default_storage.save(name, ContentFile(b"check"))
        with default_storage.open(name) as file:
            file.read()
        is_public = hasattr(default_storage, "is_public") and default_storage.is_public(name)
        default_storage.delete(name)
    except OSError as error:
        return [Error(_sentence_of(error))]
    if is_public:
        return [Error("ATTACHMENTS_URL: everybody can read the bucket. Make it private.")]
    return []


def _sentence_of(error):
    if not hasattr(default_storage, "bucket"):
        return f"ATTACHMENT_ROOT: files cannot be kept in {default_storage.location}: {error}"
    bucket, code = default_storage.bucket, error.strerror
    if code in _KEYS_REFUSED:
        return f"ATTACHMENTS_KEY_ID, ATTACHMENTS_SECRET_KEY: {bucket} is closed to them ({code})."
    if code == "NoSuchBucket":
        return f"ATTACHMENTS_URL: there is no bucket {bucket}."
    if code in _OTHER_REGION:
        return f"ATTACHMENTS_URL: {bucket} is not in the region {default_storage.region} ({code})."
    return f"ATTACHMENTS_URL: {bucket} cannot be used ({code})."
