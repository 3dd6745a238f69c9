"""Originals of mails: kept for a while after the mail is settled, then deleted."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from intake.models import ReceivedMail

BATCH = 200


def forget_originals(*, now=None):
    """Delete the originals that are older than MAIL_ORIGINALS_DAYS, some at a time; returns how
    many. The rows stay: a late copy of the mail is still known by its key.
    """
    now = now or timezone.now()
    before, deleted = now - timedelta(days=settings.MAIL_ORIGINALS_DAYS), 0
    while True:
        old = ReceivedMail.objects.with_original_settled_before(before)
        keys = list(old.values_list("pk", flat=True)[:BATCH])
        deleted += old.filter(pk__in=keys).update(content=b"", original_deleted_at=now)
        if len(keys) < BATCH:
            return deleted
