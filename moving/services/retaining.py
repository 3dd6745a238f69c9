"""The retention rule: what has been closed for RETENTION_DAYS loses its contents."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from intake.models import ReceivedMail
from plans.transactions import in_transaction
from tickets.models import Message
from tickets.services import count_removable, oldest_removable, remove_contents

# Small, as a customer who writes waits for the organization meanwhile.
BATCH = 50
# So many tickets at most in one run of the worker; the next one goes on.
MOST = 2000


def removed_before(now):
    """What was closed before this moment loses its contents at `now`; None where all is kept."""
    return now - timedelta(days=settings.RETENTION_DAYS) if settings.RETENTION_DAYS else None


def apply_retention(*, now=None, most=MOST, say=lambda done: None):
    """Remove the contents of long closed tickets, the oldest first, a batch in a transaction.

    Returns of how many. Stopped at any moment, the next run goes on; nothing happens without the
    setting.
    """
    now = now or timezone.now()
    before, done = removed_before(now), 0
    if before is None:
        return done
    keys = oldest_removable(before, most)
    for start in range(0, len(keys), BATCH):
        done += _remove_batch(keys[start : start + BATCH], before, now)
        say(done)
    return done


def preview_retention(*, now):
    """What `apply_retention` would remove and what is held, or None where all is kept."""
    before = removed_before(now)
    return before and count_removable(before)


@in_transaction(durable=True)
def _remove_batch(keys, before, now):
    """The tickets, and the mails that they came in; a mail that waits for a decision stays."""
    removed = remove_contents(keys, before=before, now=now)
    settled = ReceivedMail.objects.filter(settled_at__isnull=False)
    # Apart, as each has an index of its own.
    for mails in (
        settled.filter(ticket__in=removed),
        settled.filter(message__in=Message.objects.filter(ticket__in=removed)),
    ):
        mails.filter(original_deleted_at=None).update(original_deleted_at=now)
        mails.update(
            content=b"", sender="", subject="", envelope_sender=None, envelope_recipients=[]
        )
    return len(removed)
