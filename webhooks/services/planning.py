"""Deliveries of events, written in the transaction that wrote these."""

import time
from datetime import timedelta

from notifications.publishing import publish_on_commit
from tickets import rows
from tickets.models import Event
from webhooks.kinds import types_of
from webhooks.models import Delivery, Endpoint

SEND = "webhooks.tasks.send_webhooks"
# For so long a process keeps who has endpoints at all: most events go nowhere.
KEPT_SECONDS = 5
# So long after an endpoint came into use the events since then are looked through for what
# processes missed that did not know of it; so many of them. Longer than any transaction takes.
CATCH_UP_FOR = timedelta(minutes=1)
MOST_LOOKED_THROUGH = 5000


class _Listening:
    """Which organizations have endpoints in use (None is the provider), and until when, on the
    monotonic clock, this process takes that for true."""

    owners = frozenset()
    until = 0.0


def forget_who_listens():
    """After an endpoint was made or changed; other processes learn of it in some seconds."""
    _Listening.until = 0.0


def plan_deliveries(events):
    """Write a row for each endpoint that asks for one of the events, and type. One statement finds
    the endpoints, another one writes; where nobody listens there is none.

    A worker is woken after commit; where the broker loses that, the next run finds the rows.
    """
    found = [(event, types) for event in events if (types := types_of(event))]
    organizations = {event.ticket.organization_id for event, _types in found}
    if not found or not (organizations | {None}) & _listening():
        return
    endpoints = list(Endpoint.objects.listening(organizations).only("organization", "events"))
    if written := rows.insert(Delivery, list(_planned(found, endpoints))):
        # One is enough: whoever sends takes all that waits.
        publish_on_commit(SEND, [written[0].pk])


def _planned(found, endpoints):
    """A delivery for each event, type and endpoint that asks for it; `found` are (event, types)."""
    for event, types in found:
        for endpoint in endpoints:
            for each in types:
                if _is_for(event, endpoint, each):
                    at = event.created_at
                    named = {"event": event, "endpoint": endpoint, "type": each.name}
                    yield Delivery(**named, created_at=at, next_try_at=at)


# --- An endpoint that has just come into use ------------------------------------------------------


def hear_from_now_on(endpoint, now):
    """Send an endpoint that comes into use all that happens from now on; before it is saved. Where
    `plan_missed` looks after it already, nothing changes."""
    is_used = Endpoint.objects.in_use().filter(pk=endpoint.pk).exists()
    if is_used and endpoint.in_use_since and now < endpoint.in_use_since + CATCH_UP_FOR:
        return
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    endpoint.in_use_since, endpoint.heard_from = now, last or 0


def plan_missed(now):
    """Write the deliveries of events that other processes wrote before they knew of an endpoint.

    What has a delivery keeps it: there is one for each event, endpoint and type.
    """
    for endpoint in Endpoint.objects.came_into_use(after=now - CATCH_UP_FOR, at=now):
        events = Event.objects.select_related("ticket", "message").filter(
            pk__gt=endpoint.heard_from
        )
        if not endpoint.is_of_provider:
            events = events.filter(ticket__organization=endpoint.organization_id)
        found = [(each, types_of(each)) for each in events.order_by("pk")[:MOST_LOOKED_THROUGH]]
        Delivery.objects.bulk_create(_planned(found, [endpoint]), ignore_conflicts=True)


def _listening():
    if time.monotonic() >= _Listening.until:
        _Listening.owners = frozenset(Endpoint.objects.in_use().owners())
        _Listening.until = time.monotonic() + KEPT_SECONDS
    return _Listening.owners


def _is_for(event, endpoint, kind):
    return (
        kind.name in endpoint.events
        and (endpoint.is_of_provider or endpoint.organization_id == event.ticket.organization_id)
        and kind.may_go_to(event, provider=endpoint.is_of_provider)
    )
