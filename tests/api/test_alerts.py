"""Alerts as Alertmanager, Uptime Kuma and scripts send them."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from api import services
from tests.factories import again
from tickets.models import Alert, Event, Message, Ticket

from .conftest import ApiClient

DATA = Path(__file__).parent / "data"
ONE = {"fingerprint": "disk-db1", "title": "Disk of db1 is full", "description": "97 %"}


def sent(name):
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


@pytest.fixture
def client(organization, requester):
    """With a key of the organization."""
    return ApiClient(*make_key(organization, requester))


def make_key(organization, owner, scopes=("alerts",)):
    draft = services.KeyDraft("Prometheus", scopes, 90)
    return services.create_organization_key(organization, draft, actor=owner)


def outcomes(response):
    assert response.status_code == 200, response.content
    return [each["outcome"] for each in response.json()["results"]]


@pytest.mark.django_db
def test_alertmanager_is_understood_as_it_is(client):
    payload = sent("alertmanager_firing")
    first, again_ = client.post("/alerts/", payload), client.post("/alerts/", payload)
    for each in payload["alerts"]:
        each |= {"status": "resolved", "endsAt": "2026-05-02T07:00:00Z"}
    resolved = client.post("/alerts/", payload)

    assert outcomes(first) == ["opened", "opened"]
    assert outcomes(again_) == ["counted", "counted"]
    assert outcomes(resolved) == ["resolved", "resolved"]
    disk, down = Ticket.objects.order_by("pk")
    assert first.json()["results"][0]["ticket"] == disk.number
    assert disk.title == "Filesystem has less than 3% space left."
    assert down.title == "InstanceDown – web2.pars.example:9100"
    # The plan of the organization promises nothing above normal.
    assert (disk.priority, down.priority) == ("normal", "normal")
    description = disk.messages.order_by("pk").first().body
    assert "only 2.87% available" in description
    assert "- mountpoint: /var/lib/postgresql" in description
    assert "https://runbooks.pars.example/node" in description
    assert "1405/02/12" in description.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")) or (
        "2026" in description
    )


@pytest.mark.django_db
def test_uptime_kuma_is_understood_as_it_is(client):
    down = client.post("/alerts", sent("uptime_kuma_down"))
    up = client.post("/alerts", sent("uptime_kuma_up"))
    tested = client.post("/alerts", sent("uptime_kuma_test"))
    words = "[shop] https://shop.pars.example certificate will expire in %s days"
    expiring = [
        client.post("/alerts", {"heartbeat": None, "monitor": None, "msg": words % days})
        for days in (14, 7)
    ]
    pending = sent("uptime_kuma_down")
    pending["heartbeat"]["status"] = 2

    assert [outcomes(each) for each in (down, up, tested)] == [
        ["opened"],
        ["resolved"],
        ["ignored"],
    ]
    assert [outcomes(each) for each in expiring] == [["opened"], ["counted"]]
    assert outcomes(client.post("/alerts", pending)) == ["ignored"]
    ticket = Ticket.objects.order_by("pk").first()
    assert "فروشگاه پارس" in ticket.title
    assert "ECONNREFUSED" in ticket.messages.order_by("pk").first().body
    assert ticket.messages.order_by("pk").last().body.endswith("200 - OK")


@pytest.mark.django_db
def test_the_form_of_ours_closes_with_the_scope_for_it(organization, requester):
    client = ApiClient(*make_key(organization, requester, ("alerts", "alerts:close")))
    first = client.post("/alerts/", ONE | {"priority": "low", "category": "sales"})
    last = client.post("/alerts/", ONE | {"status": "resolved"})

    assert (outcomes(first), outcomes(last)) == (["opened"], ["closed"])
    ticket = Ticket.objects.get()
    assert (ticket.priority, ticket.category, ticket.status) == ("low", "sales", "closed")
    assert Event.objects.order_by("pk").last().changes["through"] == "Prometheus"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/fingerprint"),
        ({"fingerprint": "x"}, "/title"),
        (ONE | {"status": "on fire"}, "/status"),
        (ONE | {"priority": "highest"}, "/priority"),
        (ONE | {"starts_at": "yesterday"}, "/starts_at"),
        (ONE | {"nonsense": 1}, "/nonsense"),
        ({"alerts": "none"}, "/alerts"),
        ({"alerts": [1]}, "/alerts/0"),
        ({"heartbeat": []}, "/heartbeat"),
    ],
)
def test_a_body_that_is_wrong_is_refused(client, body, pointer):
    response = client.post("/alerts/", body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_hostile_text_is_cut_and_cleaned_and_never_refused(client):
    labels = {f"l{number}" * 200: "x" * 9000 for number in range(100)}
    alert = {
        "status": "firing",
        "labels": labels | {"severity": 7, "nested": {"a": 1}},
        "annotations": {
            "summary": "\u202eلطفاً" + "x" * 900,
            "description": "a\u202e\x1b[31m" * 9000,
        },
        "startsAt": "9999-99-99",
        "fingerprint": ["x"],
    }
    odd = [{"status": "firing", "labels": None, "annotations": [], "startsAt": 9e99}]
    response = client.post("/alerts/", {"alerts": [alert]})
    other = client.post("/alerts/", {"alerts": odd})

    assert (outcomes(response), outcomes(other)) == (["opened"], ["opened"])
    ticket = Ticket.objects.order_by("pk").first()
    body = ticket.messages.get().body
    assert len(ticket.title) == 200
    assert not {"\u202e", "\x1b"} & set(ticket.title + body)
    assert len(body) <= 20_000


@pytest.mark.django_db
def test_what_is_refused_among_many_is_named_and_the_rest_is_done(client, settings):
    settings.TICKETS_PER_HOUR = 2
    alerts = [
        {"status": "firing", "labels": {"alertname": f"a{number}"}, "fingerprint": f"f{number}"}
        for number in range(3)
    ]
    alerts.insert(1, {"status": "unknown"})
    response = client.post("/alerts/", {"alerts": alerts})
    settings.TICKETS_PER_HOUR = 30
    again_ = client.post("/alerts/", {"alerts": alerts})

    results = response.json()["results"]
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
    assert [each["outcome"] for each in results] == ["opened", "refused", "opened", "refused"]
    assert [each["code"] for each in results if each["ticket"] is None] == ["invalid", "too_many"]
    assert again_.status_code == 422
    assert Ticket.objects.count() == 3
    assert [each.count for each in Alert.objects.order_by("fingerprint")] == [2, 2, 1]


@pytest.mark.django_db
def test_what_fails_for_now_is_answered_so_that_it_is_sent_again(client, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("tickets.services.receive_alert", fail)

    response = client.post("/alerts/", sent("alertmanager_firing"))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert response.json()["code"] == "unavailable"


@pytest.mark.django_db
def test_more_than_a_request_carries_is_refused_for_the_rest(client, monkeypatch):
    monkeypatch.setattr("api.v1.alerts.MOST_ALERTS", 1)

    response = client.post("/alerts/", sent("alertmanager_firing"))

    assert [each["outcome"] for each in response.json()["results"]] == ["opened", "refused"]
    assert response.json()["code"] == "too_many_alerts"


@pytest.mark.django_db
def test_a_key_of_the_provider_names_the_organization(api, agent, organization, requester):
    client = api(agent)
    refused = client.post("/alerts/", ONE)
    foreign = client.post("/alerts/?organization=pars&requester=99999", ONE)
    opened = client.post("/alerts/?organization=pars&category=activation", ONE)

    assert (refused.status_code, foreign.status_code) == (422, 422)
    assert outcomes(opened) == ["opened"]
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.opened_by) == (requester, agent)
    assert ticket.category == "activation"


@pytest.mark.django_db
def test_no_key_reaches_another_organization_and_none_of_a_suspended_one_writes(
    client, organization, other_organization, outsider, api, agent
):
    key = other_organization.key
    assert client.post(f"/alerts/?organization={key}", ONE).status_code == 422
    organization.suspended_at = organization.created_at
    organization.save()

    refused = client.post("/alerts/", ONE)

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert api(agent).post(f"/alerts/?organization={organization.key}", ONE).status_code == 403
    assert not Ticket.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_deliveries_of_one_fault_at_once_make_one_ticket(organization, requester):
    key, secret = make_key(organization, requester)
    payload = sent("alertmanager_firing")

    def deliver(_number):
        try:
            return ApiClient(key, secret).post("/alerts/", payload).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(deliver, range(20)))

    assert found == [200] * 20
    assert Ticket.objects.count() == Message.objects.count() == 2
    assert [each.count for each in Alert.objects.order_by("pk")] == [20, 20]
    assert again(Ticket.objects.order_by("pk").first()).version == 1
