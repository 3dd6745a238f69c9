"""How every row of an outbox is sent: claimed by one worker, attempted, retried, settled once.

Which channel carries a row is the channel's own matter; one whose server is down is left alone for
a while, so that its backlog does not hold up the others.
"""

import logging
from datetime import timedelta

from django.db import transaction

from .channels import WAITS, Down, Refused, Unavailable, channel_named
from .models import Outbox
from .reasons import Reason

logger = logging.getLogger(__name__)

# How long a claimed row is left alone: longer than any task may run, so that it is tried again
# only when the process that had it is gone.
CLAIM = timedelta(minutes=6)
# For so long a channel is not contacted after its server did not answer: less than the first wait.
PAUSE = timedelta(seconds=50)
# {name of a channel: the moment from which this process contacts it again}
_paused_until = {}


def claim(rows, pk, *, now, give_up):
    """The row, counted as tried and left alone by others for a while; None when it is not due.

    For a row that has finally failed `give_up(row, error, now=…)` is called, here and in `attempt`.
    """
    with transaction.atomic():
        due = rows.to_send(now).filter(pk=pk)
        row = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        if row.attempts > len(_waits(row)):
            give_up(row, Reason.UNFINISHED, now=now)
            return None
        row.attempts += 1
        row.next_try_at = now + CLAIM
        row.save(update_fields=["attempts", "next_try_at"])
        return row


def attempt(row, send, *, now, give_up):
    """Call `send()` for a claimed row, and settle the row or have it tried again later."""
    waits = _waits(row)
    is_last = row.attempts > len(waits)
    if not is_last and now < _paused_until.get(row.channel, now):
        _try_later(row, Reason.PAUSED, now=now)
        return
    try:
        send()
    except Refused as error:
        give_up(row, str(error), now=now)
    except Unavailable as error:
        if isinstance(error, Down):
            _paused_until[row.channel] = now + PAUSE
        if is_last:
            give_up(row, str(error), now=now)
        else:
            _try_later(row, str(error), now=now)
    else:
        settle(row, Outbox.State.SENT, now=now)


def settle(row, state, *, now, error=""):
    """Write how the row ended; it is not sent again."""
    row.state, row.error = state, error[:300]
    row.sent_at = now if state == Outbox.State.SENT else None
    row.save(update_fields=["state", "error", "sent_at", *row.blank_secrets()])


def skip(row, reason, *, now):
    """Settle a row that is not to be sent any more."""
    settle(row, Outbox.State.SKIPPED, now=now, error=reason)


def fail(row, error, *, now):
    """Settle a row that has finally failed."""
    logger.warning("%s %s has finally failed", type(row).__name__, row.pk)
    settle(row, Outbox.State.FAILED, now=now, error=error)


def _waits(row):
    """The waits of the row's channel; the usual ones when the channel is not in use any more."""
    channel = channel_named(row.channel)
    return channel.waits if channel else WAITS


def _try_later(row, error, *, now):
    row.error = error[:300]
    row.next_try_at = now + _waits(row)[row.attempts - 1]
    row.save(update_fields=["error", "next_try_at"])
