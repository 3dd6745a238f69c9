"""What receivers get: signed as the public library verifies it, once an event, and retried."""

import json
import socket
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from notifications.models import AccountMail
from tests.factories import NOW, make_content, make_ticket
from tests.webhooks import certificates
from tests.webhooks import receiver as receivers
from tickets import services as tickets
from webhooks import posting, services
from webhooks.models import Attempt, Delivery, Endpoint, Lease
from webhooks.services import courier, planning, settling
from webhooks.services.settling import WAITS

pytestmark = pytest.mark.django_db


def send(now=NOW):
    return courier.send_due(now=now)


def types_in(receiver):
    return [json.loads(each.body)["type"] for each in receiver.requests]


def test_the_public_library_verifies_what_arrives(make_endpoint, receiver, requester):
    _endpoint, secret = make_endpoint()
    ticket = make_ticket(requester)

    assert send() == 1

    [request] = receiver.requests
    with time_machine.travel(NOW, tick=False):
        content = Webhook(secret).verify(request.body, request.headers)
    assert request.path == "/hook?of=helpdesk"
    assert request.headers["content-type"] == "application/json"
    assert (content["type"], content["version"]) == ("ticket.opened", "1")
    assert content["timestamp"] == "2026-05-02T06:30:00Z"
    assert content["data"]["ticket"]["number"] == ticket.number
    assert content["data"]["message"]["body"] == "از صبح قطع است."
    assert Delivery.objects.get().state == "sent"
    assert send() == 0


def test_a_late_or_changed_request_is_refused_by_the_receiver(make_endpoint, receiver, requester):
    """The time is that of the attempt: a request that waited for hours is no replay."""
    _endpoint, secret = make_endpoint()
    make_ticket(requester)
    late = NOW + timedelta(hours=9)

    send(late)

    [request] = receiver.requests
    with time_machine.travel(late, tick=False):
        assert Webhook(secret).verify(request.body, request.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(request.body.replace(b"ticket.opened", b"x"), request.headers)
    with (
        time_machine.travel(late + timedelta(minutes=6), tick=False),
        pytest.raises(WebhookVerificationError),
    ):
        Webhook(secret).verify(request.body, request.headers)


def test_an_event_of_several_types_is_sent_as_each_with_ids_of_their_own(
    make_endpoint, receiver, requester, agent
):
    ticket = make_ticket(requester)
    make_endpoint()
    tickets.reply_as_agent(ticket, actor=agent, content=make_content("بررسی شد."), now=NOW)

    send()

    assert types_in(receiver) == ["ticket.replied", "ticket.status_changed"]
    assert len({each.headers["webhook-id"] for each in receiver.requests}) == 2


def test_only_the_events_that_an_endpoint_asks_for_are_sent(make_endpoint, receiver, requester):
    make_endpoint(events=["ticket.replied"])

    make_ticket(requester)

    assert not Delivery.objects.exists()


def test_what_is_rolled_back_is_not_sent(make_endpoint, receiver, requester):
    make_endpoint()
    with transaction.atomic():
        make_ticket(requester)
        transaction.set_rollback(True)

    assert send() == 0


def test_a_worker_is_woken_after_the_commit_alone(
    make_endpoint, requester, monkeypatch, django_capture_on_commit_callbacks
):
    make_endpoint(events=["ticket.opened"])
    woken = []
    monkeypatch.setattr("notifications.publishing.publish", lambda task, _keys: woken.append(task))

    with django_capture_on_commit_callbacks(execute=True):
        make_ticket(requester)
        assert planning.SEND not in woken

    assert woken.count(planning.SEND) == 1


def test_after_an_error_it_is_sent_again_with_the_same_id_at_growing_waits(
    make_endpoint, receiver, requester
):
    endpoint, _secret = make_endpoint()
    receiver.status = 500
    make_ticket(requester)
    now = NOW
    for wait in WAITS:
        assert send(now) == 1
        assert send(now + wait - timedelta(seconds=3)) == 0
        now += wait + timedelta(seconds=2)
    endpoint.refresh_from_db()
    assert endpoint.is_on

    receiver.status = 200
    send(now)

    assert len(receiver.requests) == len(WAITS) + 1
    assert len({each.headers["webhook-id"] for each in receiver.requests}) == 1
    row = Delivery.objects.get()
    assert (row.state, row.tries.count()) == ("sent", len(WAITS) + 1)
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_after_three_days_without_a_success_the_endpoint_is_disabled_and_its_keeper_gets_a_mail(
    make_endpoint, receiver, requester
):
    endpoint, _secret = make_endpoint()
    receiver.status = 500
    make_ticket(requester)
    send()
    make_ticket(requester, now=NOW + timedelta(days=2))

    send(NOW + timedelta(days=3, minutes=1))

    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.trouble) == ("disabled", "failing")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    mail = AccountMail.objects.get()
    assert mail.recipient == requester.email
    assert endpoint.name in mail.subject
    assert f"/organization/webhooks/{endpoint.pk}/" in mail.body
    # Nothing is written for it any more.
    planning.forget_who_listens()
    make_ticket(requester, now=NOW + timedelta(days=4))
    assert Delivery.objects.count() == 2


def test_one_refused_event_among_accepted_ones_disables_nothing(make_endpoint, receiver, requester):
    endpoint, _secret = make_endpoint(events=["ticket.opened"])
    receiver.answer = lambda request: (500 if b"poison" in request.body else 200, {}, b"")
    make_ticket(requester, title="poison")
    now = NOW
    for wait in (timedelta(), *WAITS):
        now += wait + timedelta(seconds=2)
        make_ticket(requester, now=now, organization=endpoint.organization)
        send(now)

    endpoint.refresh_from_db()
    assert endpoint.is_on
    states = Delivery.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed"] + ["sent"] * (len(WAITS) + 1)


def test_gone_disables_at_once(make_endpoint, receiver, requester):
    endpoint, _secret = make_endpoint()
    receiver.status = 410
    make_ticket(requester)

    send()

    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.trouble) == ("disabled", "gone")
    assert AccountMail.objects.count() == 1


def test_a_redirect_is_not_followed(make_endpoint, receiver, requester, monkeypatch):
    """Nor is a proxy of the environment asked."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    make_endpoint(events=["ticket.opened"])
    receiver.answer = lambda _request: (302, {"Location": receiver.url + "&again"}, b"")
    make_ticket(requester)

    send()

    assert len(receiver.requests) == 1
    assert Delivery.objects.get().error == "redirect"


def test_of_a_long_answer_the_beginning_is_kept(make_endpoint, receiver, requester):
    make_endpoint(events=["ticket.opened"])
    receiver.answer = lambda _request: (200, {}, b"ok\0" + b"x" * 10_000_000)
    make_ticket(requester)

    send()

    row = Delivery.objects.get()
    text = row.tries.get().text
    assert row.state == "sent"
    assert (text[:3], len(text)) == ("ok�", 2048)


def test_a_slow_receiver_delays_no_other(make_endpoint, receiver, requester, monkeypatch):
    """While it keeps a request waiting, all that waits for another one is sent."""
    monkeypatch.setattr(courier, "LOOK_SECONDS", 0.01)
    make_endpoint(receiver.url + "&slow", events=["ticket.opened"])
    make_endpoint(provider=True, events=["ticket.opened"])
    all_there, quick = threading.Event(), []

    def answer(request):
        if "slow" in request.path and len(quick) < 3:
            return (200 if all_there.wait(8) else 500), {}, b""
        quick.append(request)
        if len(quick) == 3:
            all_there.set()
        return 200, {}, b""

    receiver.answer = answer
    for _each in range(3):
        make_ticket(requester)

    send()

    assert list(Delivery.objects.values_list("state", flat=True)) == ["sent"] * 6


def test_a_receiver_that_hangs_costs_one_attempt(make_endpoint, receiver, requester, monkeypatch):
    """It rests for a while, with all that waits for it."""
    monkeypatch.setattr(posting, "READ_SECONDS", 0.2)
    endpoint, _secret = make_endpoint(events=["ticket.opened"])
    receiver.answer = receiver.hang
    for _each in range(3):
        make_ticket(requester)

    assert send() == 1

    endpoint.refresh_from_db()
    assert endpoint.rest_until > NOW
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert list(Attempt.objects.values_list("trouble", flat=True)) == ["timeout"]


def test_a_receiver_that_answers_byte_by_byte_is_cut_off(
    make_endpoint, receiver, requester, monkeypatch
):
    """Each byte comes in time, the whole never does."""
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.3)
    monkeypatch.setattr(courier, "LOOK_SECONDS", 0.01)
    make_endpoint(events=["ticket.opened"])
    receiver.answer = receiver.drip
    make_ticket(requester)

    send()

    assert Delivery.objects.get().error == "timeout"


def test_a_name_that_nobody_answers_at_is_a_resting_endpoint(make_endpoint, requester, monkeypatch):
    endpoint, _secret = make_endpoint("https://hooks.example/x", events=["ticket.opened"])

    def unknown(*_arguments, **_more):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    make_ticket(requester)
    rests, now = [], NOW
    for _each in range(4):
        send(now)
        endpoint.refresh_from_db()
        rests.append(round((endpoint.rest_until - now) / timedelta(minutes=1)))
        now = endpoint.rest_until + timedelta(seconds=1)

    assert rests == [1, 5, 15, 30]
    assert Delivery.objects.get().error == "name"


def test_a_killed_sender_costs_nothing_but_a_repetition(make_endpoint, receiver, requester):
    """Taken, then killed: the row is pending, and sent under the same id when it is free again."""
    make_endpoint(events=["ticket.opened"])
    make_ticket(requester)
    row = Delivery.objects.get()
    settling.claim(row.pk, now=NOW)
    Lease.objects.taken(courier.LEASE, now=NOW, until=NOW + courier.LEASE_FOR)

    assert send(NOW + timedelta(seconds=20)) == 0
    assert send(NOW + settling.CLAIM + timedelta(seconds=1)) == 1
    assert receiver.requests[0].headers["webhook-id"] == row.message_id


def test_a_new_endpoint_hears_of_what_was_written_by_who_did_not_know_it_yet(
    make_endpoint, receiver, requester
):
    make_ticket(requester)
    make_endpoint(events=["ticket.opened"])
    known = make_ticket(requester)
    # As another process, which asks for endpoints a few seconds later.
    planning._Listening.owners = frozenset()
    planning._Listening.until = float("inf")
    unheard = make_ticket(requester)
    assert Delivery.objects.count() == 1

    sent = [send(NOW + timedelta(seconds=each)) for each in (6, 21)]

    assert sent == [2, 0]
    numbers = {json.loads(each.body)["data"]["ticket"]["number"] for each in receiver.requests}
    assert numbers == {known.number, unheard.number}
    # Put into use again, it hears of nothing that happened while it was off.
    make_ticket(requester)
    endpoint = Endpoint.objects.get()
    services.switch_endpoint(endpoint, is_on=False, actor=requester, now=NOW)
    services.switch_endpoint(endpoint, is_on=True, actor=requester, now=NOW)
    assert send(NOW + timedelta(seconds=30)) == 0


@pytest.mark.django_db(transaction=True)
def test_an_endpoint_is_deleted_while_an_event_is_written_for_it(make_endpoint, requester):
    """Neither fails: not the ticket, not the deletion."""
    endpoint, _secret = make_endpoint(events=["ticket.opened"])

    def delete():
        services.delete_endpoint(endpoint, actor=requester, now=NOW)
        connection.close()

    with transaction.atomic():
        make_ticket(requester)
        thread = threading.Thread(target=delete)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()

    assert Delivery.objects.count() == 1
    assert send(NOW + timedelta(seconds=30)) == 0
    services.forget_deliveries(NOW + timedelta(hours=2))
    assert not Endpoint.objects.exists()


def test_one_process_sends_at_a_time(make_endpoint, receiver, requester):
    make_endpoint(events=["ticket.opened"])
    make_ticket(requester)
    Lease.objects.taken(courier.LEASE, now=NOW, until=NOW + courier.LEASE_FOR)

    assert send() == 0
    assert send(NOW + courier.LEASE_FOR) == 1


def test_while_the_secret_changes_both_verify(make_endpoint, receiver, requester):
    endpoint, old = make_endpoint(events=["ticket.opened"])
    _endpoint, new = services.rotate_secret(endpoint, actor=requester, now=NOW)
    make_ticket(requester)
    make_ticket(requester, now=NOW + services.OVERLAP)

    send()
    send(NOW + services.OVERLAP)

    both, later = receiver.requests
    with time_machine.travel(NOW, tick=False):
        assert Webhook(old).verify(both.body, both.headers)
        assert Webhook(new).verify(both.body, both.headers)
    with time_machine.travel(NOW + services.OVERLAP, tick=False):
        assert Webhook(new).verify(later.body, later.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(later.body, later.headers)


def test_a_certificate_of_another_host_is_refused(
    make_endpoint, requester, settings, monkeypatch, tmp_path
):
    """The connection goes to the address that was checked, the certificate is that of the name."""
    settings.WEBHOOK_PRIVATE_HOSTS = ["hooks.example", "other.example"]
    context = certificates.server_context(tmp_path, "hooks.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, *_more, **named: real("127.0.0.1", port, **named)
    )
    with receivers.running(context) as (found, port):
        for host in ("hooks.example", "other.example"):
            make_endpoint(f"https://{host}:{port}/x", events=["ticket.opened"])
        make_ticket(requester)

        send()

    assert [each.headers["host"] for each in found.requests] == [f"hooks.example:{port}"]
    errors = Delivery.objects.order_by("pk").values_list("state", "error")
    assert list(errors) == [("sent", ""), ("pending", "tls")]
