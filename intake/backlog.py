"""What waits in the intake, and whether the mailbox is read: for health and for supervisors."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Min

from tickets.lists.counts import count_up_to
from tickets.models import PeriodicRun

from .models import ReceivedMail

# The periodic run of this name is that of the latest fetch to which the mail server answered.
FETCH = "fetch_mail"
# Without such a fetch for longer, the mailbox counts as away.
FETCH_WITHIN = timedelta(minutes=5)


class Backlog(NamedTuple):
    """Mails not settled yet and since when the oldest, mails that wait for a decision, and the
    latest fetch (None where there was none, or there is no mailbox)."""

    waiting: int
    oldest_at: datetime | None
    held_back: int
    fetched_at: datetime | None


def backlog():
    """The backlog of now."""
    mails = ReceivedMail.objects
    counts = count_up_to({"waiting": mails.waiting(), "held_back": mails.to_decide()})
    oldest = mails.waiting().aggregate(at=Min("received_at"))["at"]
    return Backlog(counts["waiting"], oldest, counts["held_back"], fetched_at())


def fetched_at():
    """When the mailbox was last read, or None."""
    if not settings.IMAP_URL:
        return None
    return PeriodicRun.objects.filter(name=FETCH).values_list("finished_at", flat=True).first()


def mailbox_is_away(now):
    """Whether there is a mailbox and nothing could be fetched from it for a while."""
    latest = fetched_at()
    return bool(settings.IMAP_URL) and (latest is None or latest < now - FETCH_WITHIN)
