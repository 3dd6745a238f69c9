"""Webhooks with real workers and a real Redis: none is lost, and what comes twice says so."""

import json
import threading
from collections import Counter

import pytest
from django.utils import timezone

from tests.factories import make_ticket
from tests.webhooks import receiver as receivers
from webhooks import services
from webhooks.models import Delivery, Lease
from webhooks.services import courier
from webhooks.tasks import send_webhooks

from .conftest import eventually, send_to

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
LOCAL = "127.0.0.1"


@pytest.fixture(autouse=True)
def _local_receivers(monkeypatch, settings):
    """Also in the processes that a test starts."""
    monkeypatch.setenv("WEBHOOK_PRIVATE_HOSTS", LOCAL)
    settings.WEBHOOK_PRIVATE_HOSTS = [LOCAL]


@pytest.fixture
def receiver(_local_receivers, organization, requester):
    """With an endpoint that asks for new tickets."""
    with receivers.running() as (found, port):
        draft = services.EndpointDraft("Chat", f"http://{LOCAL}:{port}/", ("ticket.opened",))
        services.create_endpoint(organization, draft, actor=requester)
        yield found


def received(receiver):
    """How often each ticket came, and each id."""
    numbers = Counter(
        json.loads(each.body)["data"]["ticket"]["number"] for each in receiver.requests
    )
    return numbers, Counter(each.headers["webhook-id"] for each in receiver.requests)


def all_sent():
    return set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_worker_killed_while_sending_loses_none_and_repeats_what_was_on_its_way(
    receiver, processes, broker, requester
):
    first_worker, arrived, go_on = processes.worker(), threading.Event(), threading.Event()

    def answer(_request):
        arrived.set()
        go_on.wait(30)
        return 204, {}, b""

    receiver.answer = answer
    tickets = [make_ticket(requester, now=timezone.now()) for _each in range(5)]
    assert arrived.wait(60), processes.log("worker")
    processes.kill(first_worker)
    on_its_way = received(receiver)[0]
    receiver.answer = None
    go_on.set()

    processes.worker()
    # As if the two minutes of a claim and the half of a lease had passed.
    Delivery.objects.pending().update(next_try_at=timezone.now())
    Lease.objects.filter(name=courier.LEASE).update(until=timezone.now())
    send_to(broker, send_webhooks)

    assert eventually(all_sent), processes.log("worker")
    numbers, ids = received(receiver)
    assert set(numbers) == {each.number for each in tickets}
    assert {number for number, times in numbers.items() if times > 1} == set(on_its_way)
    assert len(ids) == len(tickets)


def test_with_redis_away_webhooks_wait_and_are_sent_once(receiver, processes, broker, requester):
    broker.stop()
    tickets = [make_ticket(requester, now=timezone.now()) for _each in range(5)]
    assert Delivery.objects.pending().count() == 5

    broker.start()
    processes.worker()
    # As beat does each quarter minute; twice, as two beats would.
    for _each in range(2):
        send_to(broker, send_webhooks)

    assert eventually(all_sent), processes.log("worker")
    numbers, _ids = received(receiver)
    assert numbers == {each.number: 1 for each in tickets}
