"""Deliveries of events, written in the transaction that wrote these."""

import time

from notifications.publishing import publish_on_commit
from tickets import rows
from webhooks.kinds import types_of
from webhooks.models import Delivery, Endpoint

SEND = "webhooks.tasks.send_webhooks"
# For so long a process keeps who has endpoints at all: most events go nowhere.
KEPT_SECONDS = 5


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
    planned = [
        Delivery(
            event=event,
            endpoint=endpoint,
            type=each.name,
            created_at=event.created_at,
            next_try_at=event.created_at,
        )
        for event, types in found
        for endpoint in endpoints
        for each in types
        if _is_for(event, endpoint, each)
    ]
    if written := rows.insert(Delivery, planned):
        # One is enough: whoever sends takes all that waits.
        publish_on_commit(SEND, [written[0].pk])


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
