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

    For a row that has finally failed `give_up(row, error, now=…)` is called, here and in `attempt`,
    with what the channel raised or a Reason.
    """
    claimed = claim_all(rows, pk, now=now, give_up=give_up)
    return claimed[0] if claimed else None


def claim_all(rows, pk, *, now, give_up, bundle=None):
    """As `claim`: the row first, and with it what `bundle(row)` finds, a queryset, if anything."""
    with transaction.atomic():
        row = _free(rows.to_send(now).filter(pk=pk)).first()
        if row is None:
            return []
        claimed = [row, *_free(bundle(row))] if bundle else [row]
        if row.attempts > len(_waits(row)):
            for each in claimed:
                give_up(each, Reason.UNFINISHED, now=now)
            return []
        _write(claimed, attempts=row.attempts + 1, next_try_at=now + CLAIM)
        return claimed


def attempt(row, send, *, now, give_up):
    """Call `send()` for a claimed row, and settle the row or have it tried again later."""
    attempt_all([row], send, now=now, give_up=give_up)


def attempt_all(rows, send, *, now, give_up):
    """As `attempt`, for rows that were claimed together and are sent by one `send()`."""
    first, waits = rows[0], _waits(rows[0])
    is_last = first.attempts > len(waits)
    if not is_last and now < _paused_until.get(first.channel, now):
        _try_later(rows, Reason.PAUSED, now=now)
        return
    error = _error_of(send, first.channel, now)
    if error is None:
        settle_all(rows, Outbox.State.SENT, now=now)
    elif is_last or isinstance(error, Refused):
        for row in rows:
            give_up(row, error, now=now)
    else:
        _try_later(rows, str(error), now=now)


def _error_of(send, channel, now):
    """Call `send()`; why it was not accepted, or None. A server that is away is left alone."""
    try:
        send()
    except (Refused, Unavailable) as error:
        if isinstance(error, Down):
            _paused_until[channel] = now + PAUSE
        return error
    return None


def settle(row, state, *, now, error=""):
    """Write how the row ended; it is not sent again."""
    settle_all([row], state, now=now, error=error)


def settle_all(rows, state, *, now, error=""):
    """As `settle`, in one statement: killed in between, either all have ended or none.

    What has ended already stays so: the report that a mail came back may be the faster one.
    """
    blank = {name: getattr(rows[0], name) for name in rows[0].blank_secrets()}
    sent_at = now if state == Outbox.State.SENT else None
    values = {"state": state, "error": error[:300], "sent_at": sent_at, **blank}
    _write(rows, only_pending=True, **values)
    keys = ", ".join(str(row.pk) for row in rows)
    logger.info("%s %s by %s: %s", type(rows[0]).__name__, keys, rows[0].channel, state)


def remark(rows, reason):
    """Note what a server reported of mails that were sent; they stay so."""
    _write(rows, error=reason[:300])


def fail_returned(rows, reason):
    """Settle rows that a server had taken and could not deliver; when they were sent stays."""
    _write(rows, state=Outbox.State.FAILED, error=reason[:300])


def postpone(rows, at, *, is_bundled):
    """Leave claimed rows until `at`, as if they had not been tried; bundled they go as one."""
    _write(rows, attempts=rows[0].attempts - 1, next_try_at=at, is_bundled=is_bundled)


def skip(row, reason, *, now):
    """Settle a row that is not to be sent any more."""
    settle(row, Outbox.State.SKIPPED, now=now, error=reason)


def fail(row, error, *, now):
    """Settle a row that has finally failed."""
    logger.warning("%s %s has finally failed", type(row).__name__, row.pk)
    settle(row, Outbox.State.FAILED, now=now, error=str(error))


def _waits(row):
    """The waits of the row's channel; the usual ones when the channel is not in use any more."""
    channel = channel_named(row.channel)
    return channel.waits if channel else WAITS


def _try_later(rows, error, *, now):
    next_try_at = now + _waits(rows[0])[rows[0].attempts - 1]
    _write(rows, only_pending=True, error=error[:300], next_try_at=next_try_at)


def _free(rows):
    return rows.select_for_update(skip_locked=True, of=("self",))


def _write(rows, *, only_pending=False, **values):
    """Give all rows the values, in memory and in one statement."""
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
    stored = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])
    (stored.pending() if only_pending else stored).update(**values)
