"""Keys: who holds one acts as its owner, and only as long and as far as that owner may."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from api import services
from api.errors import SecretError
from api.models import ApiKey
from organizations import services as people

pytestmark = pytest.mark.django_db


def test_a_secret_is_stored_as_a_hash_alone(make_key, requester):
    key, secret = make_key(requester)

    stored = ApiKey.objects.get()
    assert secret.startswith(f"{key.prefix}_")
    assert secret.rpartition("_")[2] not in str(vars(stored))
    assert secret not in str(list(ApiKey.history.values()))
    assert "secret_hash" not in ApiKey.history.values()[0]


def test_the_same_form_makes_one_key_and_shows_its_secret_once(requester):
    draft = services.KeyDraft("Zabbix", ("tickets:read",), 30, form_key="0" * 31 + "1")

    first, secret = services.create_key(requester, draft, actor=requester)
    second, nothing = services.create_key(requester, draft, actor=requester)

    assert (second, nothing) == (first, None)
    assert secret
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"name": "Backup"}, {"scopes": ("tickets:write",)}, {"days": 90}]
)
def test_another_key_under_the_key_of_a_sent_form_is_not_dropped(requester, organization, change):
    draft = services.KeyDraft("Zabbix", ("tickets:read",), 30, form_key="0" * 31 + "1")
    services.create_key(requester, draft, actor=requester)

    for create, owner in (
        (services.create_key, requester),
        (services.create_organization_key, organization),
    ):
        with pytest.raises(SecretError) as refused:
            create(owner, replace(draft, **change), actor=requester)
        assert refused.value.code == "already_sent"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("notes",)}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 4000}, "days"),
    ],
)
def test_a_key_is_refused_with_the_field_that_is_wrong(requester, changed, code):
    values = {"name": "Zabbix", "scopes": ("tickets:read",), "days": 30} | changed

    with pytest.raises(SecretError) as refused:
        services.create_key(requester, services.KeyDraft(**values), actor=requester)

    assert refused.value.code == code


def test_a_person_has_a_limited_number_of_keys(make_key, requester):
    for _each in range(services.MOST_KEYS):
        make_key(requester)

    with pytest.raises(SecretError) as refused:
        make_key(requester)

    assert refused.value.code == "too_many"


def test_a_key_says_whom_it_acts_as(api, agent):
    response = api(agent, ["tickets:read"]).get("/me")

    assert response.status_code == 200
    assert response.json()["name"] == str(agent)
    assert response.json()["scopes"] == ["tickets:read"]


def test_a_use_is_remembered_with_its_address(api, requester):
    client = api(requester)

    client.get("/me")

    key = ApiKey.objects.get()
    assert key.last_used_from == "127.0.0.1"
    assert timezone.now() - key.last_used_at < timedelta(minutes=1)


def test_without_a_key_there_is_one_answer_for_every_address(db):
    answers = [Client().get(f"/api/v1{path}") for path in ("/me", "/nothing", "/tickets/KT-1")]

    assert [each.status_code for each in answers] == [401] * 3
    assert {each.json()["code"] for each in answers} == {"no_key"}
    assert answers[0].headers["WWW-Authenticate"].startswith("Bearer")


def revoke(key, owner):
    services.revoke_key(key, actor=owner)


def expire(key, owner):
    before = timezone.now() - timedelta(days=2)
    ApiKey.objects.update(created_at=before, expires_at=before + timedelta(days=1))


def change_password(key, owner):
    owner.set_password("another long road")
    owner.save()


def deactivate(key, owner):
    type(owner).objects.filter(pk=owner.pk).update(is_active=False)


@pytest.mark.parametrize("end", [revoke, expire, change_password, deactivate])
def test_a_key_that_ended_is_like_one_that_never_was(api, colleague, end):
    client = api(colleague)
    assert client.get("/me").status_code == 200

    end(client.key, colleague)
    ended = client.get("/me")
    client.secret = client.secret[:-1] + ("a" if client.secret[-1] != "a" else "b")
    wrong = client.get("/me")

    assert ended.status_code == wrong.status_code == 401
    assert ended.content == wrong.content


def test_a_session_opens_nothing(client_of, agent):
    client = client_of(agent)

    assert client.get("/queue/").status_code == 200
    assert client.get("/api/v1/tickets").status_code == 401


def test_a_key_of_staff_without_the_second_factor_opens_nothing(api, agent, settings):
    settings.STAFF_SECOND_FACTOR = "required"

    response = api(agent).get("/me")

    assert (response.status_code, response.json()["code"]) == (403, "second_factor")


def test_a_key_in_an_address_is_refused(api, requester):
    client = api(requester)

    encoded = "".join(f"%{ord(each):02x}" for each in client.secret)
    addresses = [f"/me?x={client.secret}", "/me?api_key=1", f"/tickets/{client.secret}"]
    for address in (*addresses, f"/tickets?q={encoded}", "/openapi.json?token=1"):
        response = client.get(address)
        assert (response.status_code, response.json()["code"]) == (400, "key_in_address")


def test_wrong_keys_are_limited_by_address(api, requester, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"api_key": "2/m/ip"}
    right, wrong = api(requester), Client()
    headers = {"Authorization": "Bearer hdk_0000000000_" + "x" * 43}

    answers = [wrong.get("/api/v1/me", headers=headers).status_code for _each in range(4)]

    assert answers == [401, 401, 429, 429]
    assert right.get("/me").status_code == 200


def test_requests_of_a_key_are_limited_and_counted_in_headers(api, requester, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    client = api(requester)

    answers = [client.get("/me") for _each in range(4)]

    statuses = [each.status_code for each in answers]
    assert statuses[:2] == [200, 200]
    # Unless a minute began in between.
    assert 429 in statuses
    limited = next(each for each in answers if each.status_code == 429)
    assert limited.headers["RateLimit"].startswith('"requests";r=0;t=')
    assert answers[0].headers["RateLimit-Policy"] == '"requests";q=2;w=60'
    assert int(limited.headers["Retry-After"]) <= 60


def test_a_key_needs_the_scope_of_the_endpoint(api, agent):
    response = api(agent, ["organizations:read"]).get("/tickets")

    assert (response.status_code, response.json()["code"]) == (403, "scope")


def test_a_removed_member_finds_nothing_with_the_key(api, ticket, colleague, admin):
    client = api(colleague)
    assert client.get(f"/tickets/{ticket.number}").status_code == 200

    people.remove_member(ticket.organization, colleague, actor=admin, now=timezone.now())

    assert client.get(f"/tickets/{ticket.number}").status_code == 404
    assert client.get("/tickets").json()["items"] == []


def test_the_key_of_a_suspended_organization_reads_but_does_not_write(
    api, ticket, requester, admin
):
    client = api(requester)
    people.suspend(ticket.organization, actor=admin, now=timezone.now())

    read = client.get(f"/tickets/{ticket.number}")
    written = client.post(f"/tickets/{ticket.number}/reply", {"body": "Hello"})

    assert read.status_code == 200
    assert (written.status_code, written.json()["code"]) == (403, "forbidden")


def test_a_log_line_holds_no_key(api, requester, caplog):
    client = api(requester)

    with caplog.at_level("DEBUG"):
        client.get("/nothing")
        client.get(f"/me?x={client.secret}")

    assert client.secret not in caplog.text
