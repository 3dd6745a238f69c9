"""Requests that carry an `Idempotency-Key`: each takes effect once, however often it is sent."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from api.errors import Problem
from api.models import SentRequest
from plans.transactions import in_transaction

KEPT_FOR = timedelta(days=1)
# A request without an answer for so long was cut off on the way: it is carried out again.
LOST_AFTER = timedelta(minutes=2)
BATCH = 5000


def start_request(key, idempotency_key, digest, *, now):
    """The row of this request, still without an answer, or the one that was answered before.

    Raises Problem where the key belongs to another request, or to one that is still being carried
    out.
    """
    try:
        with transaction.atomic():
            return SentRequest.objects.create(
                key=key, idempotency_key=idempotency_key, digest=digest, started_at=now
            )
    except IntegrityError:
        return _first(key, idempotency_key, digest, now)


@in_transaction
def _first(key, idempotency_key, digest, now):
    named = SentRequest.objects.named(key, idempotency_key)
    first = named.select_for_update(no_key=True).first()
    if first is None or first.started_at < now - KEPT_FOR:
        named.delete()
        return SentRequest.objects.create(
            key=key, idempotency_key=idempotency_key, digest=digest, started_at=now
        )
    if first.digest != digest:
        sentence = _("This Idempotency-Key was sent before with another request.")
        raise Problem(409, "idempotency_key_reused", sentence)
    if first.status is None:
        if first.started_at > now - LOST_AFTER:
            sentence = _("The same request is still being carried out. Try again in a moment.")
            raise Problem(409, "in_progress", sentence, headers={"Retry-After": "1"})
        first.started_at = now
        first.save(update_fields=["started_at"])
    return first


def finish_request(sent, *, status=None, body="", headers=None):
    """Keep the answer; of a request that had no effect (no status) nothing is kept."""
    if status is None:
        SentRequest.objects.filter(pk=sent.pk, status=None).delete()
        return
    sent.status, sent.body, sent.headers = status, body, headers or {}
    sent.save(update_fields=["status", "body", "headers"])


def forget_requests(now=None):
    """Delete what was answered more than a day ago. Returns how many."""
    now = now or timezone.now()
    old = SentRequest.objects.started_before(now - KEPT_FOR).order_by("started_at")
    removed = 0
    while keys := list(old.values_list("pk", flat=True)[:BATCH]):
        removed += SentRequest.objects.filter(pk__in=keys).delete()[0]
    return removed
