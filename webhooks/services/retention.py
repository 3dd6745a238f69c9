"""How long the log is kept, and what is taken out of it before."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from tickets.event_types import Kind
from webhooks.models import Attempt, Delivery, Endpoint

BATCH = 1000
ERASING = {Kind.PERSON_ERASED, Kind.CONTENTS_REMOVED}
# Longer than any transaction that wrote an event for an endpoint as it was deleted.
NAMED_FOR = timedelta(hours=1)


def forget_deliveries(now=None):
    """Delete what was to be sent so long ago, with its attempts, some at a time; then endpoints
    that were deleted, with all of theirs. Returns how many deliveries."""
    now = now or timezone.now()
    before = now - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    forgotten = _forget(Delivery.objects.created_before(before).order_by("created_at"))
    for endpoint in Endpoint.objects.ended_before(now - NAMED_FOR):
        forgotten += _forget(endpoint.deliveries.order_by("pk"))
        endpoint._history_user, endpoint._history_date = None, now
        endpoint.delete()
    return forgotten


def _forget(old):
    forgotten = 0
    while keys := list(old.values_list("pk", flat=True)[:BATCH]):
        Delivery.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
    return forgotten


def blank_erased(events):
    """Where the data of a person were erased from tickets, or all contents were removed, take what
    was sent of these out of the logs, and what was answered; that it was sent stays."""
    tickets = [event.ticket_id for event in events if event.kind in ERASING]
    if tickets:
        sent = Delivery.objects.of_tickets(tickets)
        Attempt.objects.filter(delivery__in=sent.values("pk")).update(text="")
        sent.update(body="")
