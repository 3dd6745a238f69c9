"""The pages on which owners and supervisors keep endpoints."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organizations import services as people
from organizations.models import User
from tests.factories import NOW, PASSWORD, make_member, make_ticket
from tickets import services as tickets
from webhooks import services, signing
from webhooks.errors import WebhookError
from webhooks.models import Delivery, Endpoint
from webhooks.services import courier, endpoints

pytestmark = pytest.mark.django_db
ORGANIZATION, PROVIDER = "organization_webhooks", "provider_webhooks"


def address(name, *args, side=ORGANIZATION):
    return reverse(f"webhooks:{name}", args=args, current_app=side)


@pytest.fixture
def fresh():
    """A client of somebody who has just entered the password, in English."""

    def sign_in(person):
        User.objects.update(language="en")
        client = Client()
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        again = f"{reverse('account_reauthenticate')}?next=/"
        client.post(again, {"password": PASSWORD})
        return client

    return sign_in


@pytest.fixture
def form(organization):
    return {
        "name": "Chat",
        "url": "https://hooks.example/x",
        "events": ["ticket.opened"],
        "organization": organization.pk,
        "form_key": "00000000-0000-4000-8000-000000000001",
    }


def secret_in(response):
    return re.search(r'value="(whsec_[^"]+)"', response.content.decode())[1]


def test_a_new_endpoint_shows_its_secret_once(fresh, form, requester):
    client = fresh(requester)

    made = client.post(address("new"), form)
    again = client.post(address("new"), form, follow=True)

    endpoint = Endpoint.objects.get()
    secret = secret_in(made)
    assert signing.unseal(endpoint.secret) == secret
    assert secret not in endpoint.secret
    assert (endpoint.keeper, endpoint.events) == (requester, ["ticket.opened"])
    text = again.content.decode()
    assert "whsec_" not in text
    assert "has already been done" in text


def test_a_form_that_was_sent_with_something_else_makes_nothing_unasked(fresh, form, requester):
    client = fresh(requester)
    client.post(address("new"), form)

    other = client.post(address("new"), form | {"name": "Pager"})

    assert other.status_code == 422
    assert "has already created the endpoint “Chat”" in other.content.decode()
    assert 'value="Pager"' in other.content.decode()
    assert Endpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "Enter a name."),
        ({"name": "x" * 81}, "Enter at most 80 characters."),
        ({"url": "http://hooks.example/x"}, "Enter an address that begins with https://"),
        ({"url": "https://[::1]/x"}, "This is an address inside a network."),
        ({"url": "https://hooks.example/" + "x" * 600}, "Enter at most 500 characters."),
        ({"url": "https://hooks.example/\0"}, "Null characters"),
        ({"events": []}, "Choose at least one."),
        ({"events": ["ticket.noted"]}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_shown_beside_the_field(fresh, form, requester, change, sentence):
    refused = fresh(requester).post(address("new"), form | change)

    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert not Endpoint.objects.exists()


def test_another_organization_cannot_be_named(fresh, form, requester, other_organization):
    refused = fresh(requester).post(address("new"), form | {"organization": other_organization.pk})

    assert refused.status_code == 422
    assert not Endpoint.objects.exists()


def test_supervisors_keep_those_of_the_provider(form, supervisor, client_of, make_endpoint):
    make_endpoint()
    own, _secret = make_endpoint(provider=True)
    client = client_of(supervisor)

    text = client.get(address("list", side=PROVIDER)).content.decode()

    assert address("endpoint", own.pk, side=PROVIDER) in text
    assert "/organization/webhooks/" not in text
    [organizations] = Endpoint.objects.exclude(pk=own.pk)
    assert client.get(address("endpoint", organizations.pk, side=PROVIDER)).status_code == 404


def test_an_edit_of_a_stale_page_changes_nothing(fresh, form, requester, make_endpoint):
    endpoint, _secret = make_endpoint()
    client = fresh(requester)
    edit = address("edit", endpoint.pk)
    new = {"name": "Pager", "url": form["url"], "events": ["ticket.replied"]}

    stale = client.post(edit, new | {"version": "0"})
    assert stale.status_code == 422
    assert "Somebody has changed this endpoint" in stale.content.decode()
    saved = client.post(edit, new | {"version": endpoint.version})
    again = client.post(edit, new | {"version": endpoint.version})

    assert again.url == saved.url == address("endpoint", endpoint.pk)
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.url) == ("Pager", form["url"])
    assert endpoint.history.count() == 2


def test_a_new_secret_is_made_once_however_often_the_form_is_sent(fresh, requester, make_endpoint):
    endpoint, old = make_endpoint()
    client, key = fresh(requester), str(uuid.uuid4())

    made = client.post(address("secret", endpoint.pk), {"form_key": key})
    client.post(address("secret", endpoint.pk), {"form_key": key})

    endpoint.refresh_from_db()
    secrets = [signing.unseal(each) for each in endpoint.secrets_at(timezone.now())]
    assert secrets == [secret_in(made), old]


def test_secrets_are_readable_after_the_key_of_the_site_was_rotated(make_endpoint, settings):
    endpoint, secret = make_endpoint()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60
    assert signing.unseal(endpoint.secret) == secret

    settings.SECRET_KEY_FALLBACKS = []
    services.send_test(endpoint, actor=endpoint.keeper, now=NOW)
    courier.send_due(now=NOW)
    assert Delivery.objects.get().error == "secret"


def test_a_test_is_sent_once_and_its_answer_is_in_the_log(
    client_of, requester, make_endpoint, receiver
):
    User.objects.update(language="en")
    endpoint, _secret = make_endpoint()
    receiver.answer = lambda _request: (422, {}, b"<script>alert(1)</script>")
    client, key = client_of(requester), {"form_key": str(uuid.uuid4())}
    client.post(address("test", endpoint.pk), key)
    client.post(address("test", endpoint.pk), key)
    courier.send_due(now=timezone.now())

    assert len(receiver.requests) == 1
    row = Delivery.objects.get()
    text = client.get(address("delivery", endpoint.pk, row.pk)).content.decode()
    assert "HTTP 422" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert row.message_id in text
    assert row.state == "failed"


def test_what_failed_is_sent_again_under_its_id(client_of, requester, make_endpoint, receiver):
    endpoint, _secret = make_endpoint(events=["ticket.opened"])
    make_ticket(requester)
    make_ticket(requester)
    Delivery.objects.update(state="failed", error="refused", attempts=9)
    first, second = Delivery.objects.order_by("pk")
    client = client_of(requester)

    client.post(address("again", endpoint.pk, first.pk))
    client.post(address("again", endpoint.pk, first.pk))
    courier.send_due(now=timezone.now())
    assert [each.headers["webhook-id"] for each in receiver.requests] == [first.message_id]

    client.post(address("failed_again", endpoint.pk))
    courier.send_due(now=timezone.now())
    assert receiver.requests[1].headers["webhook-id"] == second.message_id


def test_a_paused_endpoint_gets_what_waited_and_not_what_happened_meanwhile(
    client_of, requester, make_endpoint, receiver
):
    endpoint, _secret = make_endpoint(events=["ticket.opened"])
    make_ticket(requester)
    client, switch = client_of(requester), address("switch", endpoint.pk)
    client.post(switch, {"to": "paused"})
    make_ticket(requester)
    assert courier.send_due(now=timezone.now()) == 0

    client.post(switch, {"to": "on"})
    assert courier.send_due(now=timezone.now()) == 1
    assert client.post(address("test", endpoint.pk)).status_code == 302


def test_a_deleted_endpoint_is_gone_with_its_log(client_of, requester, make_endpoint):
    endpoint, _secret = make_endpoint(form_key=uuid.uuid4())
    make_ticket(requester)
    client = client_of(requester)
    page = address("delete", endpoint.pk)
    assert client.get(page).status_code == 200

    with CaptureQueriesContext(connection) as captured:
        client.post(page)

    read = [each["sql"] for each in captured if each["sql"].startswith("SELECT")]
    assert not any('FROM "webhooks_attempt"' in sql for sql in read)
    assert client.post(page).url == address("list")
    assert client.get(page).status_code == 404
    assert client.get(address("endpoint", endpoint.pk)).status_code == 404
    assert address("endpoint", endpoint.pk) not in client.get(address("list")).content.decode()
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.form_key) == ("", None)
    assert endpoint.history.first().history_user == requester
    assert set(Delivery.objects.values_list("state", flat=True)) == {"skipped"}

    now = timezone.now()
    services.forget_deliveries(now)
    assert Endpoint.objects.exists()
    services.forget_deliveries(now + timedelta(hours=2))
    assert not Endpoint.objects.exists()


def test_who_is_no_owner_any_more_changes_nothing(organization, requester, make_endpoint):
    endpoint, _secret = make_endpoint()
    other = make_member(organization, "dara@pars.example", role="owner")
    people.remove_member(organization, requester, actor=other, now=NOW)

    for act in (services.rotate_secret, services.delete_endpoint, services.send_test):
        with pytest.raises(WebhookError) as refused:
            act(endpoint, actor=requester, now=NOW)
        assert refused.value.code == "forbidden"


def test_there_are_at_most_so_many(make_endpoint, monkeypatch):
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    make_endpoint()
    make_endpoint(provider=True)

    with pytest.raises(WebhookError) as refused:
        make_endpoint()
    assert refused.value.code == "too_many"


def test_the_log_is_paged_and_costs_the_same_with_many_rows(client_of, requester, make_endpoint):
    endpoint, _secret = make_endpoint(events=["ticket.opened"])
    make_ticket(requester)
    client, page = client_of(requester), address("endpoint", endpoint.pk)
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    rows = [Delivery(endpoint=endpoint, type="webhook.test") for _each in range(35)]
    Delivery.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        text = client.get(page).content.decode()

    assert len(many) == len(one)
    key = re.search(r"\?before=(\d+)", text)[1]
    assert client.get(page, {"before": key}).content.decode().count("/log/") == 6
    for odd in ("x", "-1", "9" * 40, "\0"):
        assert client.get(page, {"before": odd}).status_code == 200


def test_the_log_is_deleted_after_a_month(make_endpoint, requester, settings):
    make_endpoint(events=["ticket.opened"])
    make_ticket(requester)
    make_ticket(requester, now=NOW + timedelta(days=2))

    forgotten = services.forget_deliveries(NOW + timedelta(days=settings.WEBHOOK_LOG_DAYS, hours=1))

    assert (forgotten, Delivery.objects.count()) == (1, 1)


def test_what_was_erased_from_a_ticket_is_not_in_the_log(make_endpoint, requester, receiver):
    make_endpoint(provider=True, events=["ticket.opened"])
    receiver.answer = lambda _request: (200, {}, "سارا احمدی".encode())
    ticket = make_ticket(requester, title=requester.name)
    courier.send_due(now=NOW)
    row = Delivery.objects.get()
    assert requester.name in row.body

    words = tickets.words_of([requester.name], [requester.email], [])
    tickets.erase_in_tickets([ticket.pk], requester, words, with_messages=False, now=NOW)

    row.refresh_from_db()
    assert (row.state, row.body, row.tries.get().text) == ("sent", "", "")


def test_after_a_restore_nothing_of_the_past_is_sent(make_endpoint, requester, receiver):
    make_endpoint(events=["ticket.opened"])
    make_ticket(requester)

    assert services.skip_pending(now=NOW) == 1
    assert courier.send_due(now=NOW) == 0
