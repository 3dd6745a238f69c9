"""Taking what is to be sent next, and what becomes of it by its answer."""

import logging
from datetime import timedelta

from django.db import transaction

from webhooks.choices import DOWN, Trouble
from webhooks.models import Attempt, Delivery, Endpoint

from .mails import send_disabled

logger = logging.getLogger(__name__)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# After an answer that is no success so long a wait, three days in all; then it has failed.
WAITS = (
    *(MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR),
    20 * HOUR + 24 * MINUTE,
)
# After no answer at all the endpoint rests, with all that waits for it: so dead a receiver costs
# one attempt each time, and one that is back is found within three hours.
RESTS = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR)
# After so long without a success the endpoint is disabled.
GIVEN_UP_AFTER = timedelta(days=3)
# How long a taken delivery is left alone: longer than any attempt may take, so that it is sent
# again only when the process that had it is gone.
CLAIM = timedelta(minutes=2)


def claim(key, *, now):
    """The delivery, counted as tried and left alone by others for a while; None where it is not
    due any more."""
    with transaction.atomic():
        due = Delivery.objects.to_send(now).filter(pk=key)
        row = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.attempts += 1
        row.next_try_at = now + CLAIM
        if row.attempts > len(WAITS) + 1:
            _end(row, Delivery.State.FAILED, Trouble.UNFINISHED)
            return None
        row.save(update_fields=["attempts", "next_try_at"])
    return Delivery.objects.with_all_to_send().get(pk=key)


def skip(delivery, trouble):
    """Settle what is not to be sent any more."""
    _end(delivery, Delivery.State.SKIPPED, trouble)


@transaction.atomic
def settle(delivery, answer, *, body, now):
    """Write the attempt, and what follows from it: for the delivery, and for its endpoint."""
    endpoint = Endpoint.objects.locked(delivery.endpoint_id)
    held = Delivery.objects.select_for_update().filter(pk=delivery.pk).first()
    if endpoint is None or held is None:
        return  # deleted while it was on its way
    Attempt.objects.create(
        delivery=held,
        at=now,
        milliseconds=answer.milliseconds,
        code=answer.code,
        text=answer.text,
        trouble=answer.trouble,
    )
    held.body = body
    if answer.is_accepted:
        _end(held, Delivery.State.SENT, "", sent_at=now)
        _note_health(endpoint, failing_since=None, downs=0, rest_until=None)
        return
    if held.state != Delivery.State.PENDING:
        held.save(update_fields=["body"])
        return
    logger.info("Webhook %s to endpoint %s: %s", held.key, endpoint.pk, answer.trouble)
    failing_since = endpoint.failing_since or now
    if answer.trouble in DOWN:
        _let_rest(endpoint, held, answer.trouble, failing_since, now)
    else:
        _note_health(endpoint, failing_since=failing_since, downs=0, rest_until=None)
        _try_later(held, answer.trouble, now)
    if answer.trouble == Trouble.GONE:
        _disable(endpoint, Trouble.GONE, now)
    elif now >= failing_since + GIVEN_UP_AFTER:
        _disable(endpoint, Trouble.FAILING, now)


def _let_rest(endpoint, held, trouble, failing_since, now):
    """The receiver is away: that is no fault of this delivery, and counts as none of its tries."""
    rest_until = now + RESTS[min(endpoint.downs, len(RESTS) - 1)]
    _note_health(
        endpoint,
        failing_since=failing_since,
        downs=min(endpoint.downs + 1, len(RESTS)),
        rest_until=rest_until,
    )
    if held.event_id is None:
        _end(held, Delivery.State.FAILED, trouble)
        return
    held.attempts -= 1
    held.next_try_at, held.error = rest_until, trouble
    held.save(update_fields=["attempts", "next_try_at", "error", "body"])


def _try_later(held, trouble, now):
    """A test is answered at once or never: whoever asked for it is looking."""
    if held.attempts > len(WAITS) or held.event_id is None:
        _end(held, Delivery.State.FAILED, trouble)
        return
    held.next_try_at, held.error = now + WAITS[held.attempts - 1], trouble
    held.save(update_fields=["next_try_at", "error", "body"])


def _end(held, state, trouble, *, sent_at=None):
    held.state, held.error, held.sent_at = state, trouble, sent_at
    held.save(update_fields=["state", "error", "sent_at", "attempts", "body"])


def _note_health(endpoint, **values):
    """Without a line of the history: that is for what people change."""
    Endpoint.objects.filter(pk=endpoint.pk).update(**values)


def _disable(endpoint, trouble, now):
    """End the sending, with what waits, and tell the one who answers for the endpoint."""
    if not endpoint.is_on:
        return
    endpoint.state, endpoint.trouble = Endpoint.State.DISABLED, trouble
    endpoint.version += 1
    endpoint._history_user, endpoint._history_date = None, now
    endpoint.save(update_fields=["state", "trouble", "version"])
    endpoint.deliveries.pending().update(state=Delivery.State.FAILED, error=Trouble.DISABLED)
    send_disabled(endpoint, now=now)
