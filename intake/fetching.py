"""Mails from the mailbox into the database. A mail leaves its place only after it is committed."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import OperationalError

from . import mailbox, services
from .services.processing import BAD_MAIL

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 50


@dataclass
class Fetched:
    """What one run did: mails kept, mails that could not be, and why it ended early."""

    kept: int = 0
    failed: int = 0
    error: str = ""

    def __str__(self):
        counts = f"fetched {self.kept}, not fetched {self.failed}"
        return f"{counts}, {self.error}" if self.error else counts


def fetch(*, now=None):
    """Keep what waits in the mailbox, at most MOST_AT_ONCE mails. A server that is away is no
    error: the next run asks it again.

    Killed after a commit and before the move, the same mail comes again and is found to be kept.
    """
    done = Fetched()
    try:
        with mailbox.opened(settings.IMAP_URL) as box:
            for uid in mailbox.waiting(box, MOST_AT_ONCE + 200):
                if done.kept >= MOST_AT_ONCE:
                    break
                _fetch_one(box, uid, done, now)
    except mailbox.AWAY as error:
        done.error = type(error).__name__
        logger.warning("The mailbox could not be read: %s", type(error).__name__)
    return done


def _fetch_one(box, uid, done, now):
    content = mailbox.content_of(box, uid)
    if content is None:
        return
    try:
        services.receive(content, now=now)
    except OperationalError:
        raise
    except BAD_MAIL:
        # It stays where it is, and the others have their turn.
        logger.exception("A fetched mail could not be kept")
        done.failed += 1
        return
    done.kept += 1
    mailbox.move_away(box, uid)
