"""The life of a key around its use: the mails about it, its end, and the admins' list."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from api import services
from api.models import ApiKey
from notifications.models import AccountMail
from organizations.models import User

from .waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db


# --- The mails about keys -------------------------------------------------------------------------


def mails(person):
    return AccountMail.objects.filter(recipient=person.email).order_by("pk")


def test_whose_key_it_is_learns_that_it_was_made(make_key, requester):
    User.objects.update(language="en")

    make_key(requester, name="Zabbix")

    [mail] = mails(requester)
    assert "Zabbix" in mail.subject
    assert "/profile/keys/" in mail.body
    assert ApiKey.objects.get().prefix in mail.body
    assert ApiKey.objects.get().secret_hash not in mail.body


def test_the_form_sent_twice_tells_once(requester):
    draft = services.KeyDraft("Zabbix", ("tickets:read",), 90, form_key=uuid4())

    for _each in range(2):
        services.create_key(requester, draft, actor=requester)

    assert mails(requester).count() == 1


def test_of_a_key_that_soon_ends_its_owner_is_warned_once(make_key, requester, colleague, agent):
    now = timezone.now()
    make_key(requester, days=90, now=now - timedelta(days=84))
    make_key(colleague, days=90, now=now - timedelta(days=80))
    make_key(agent, days=5, now=now)
    revoked, _secret = make_key(requester, days=90, now=now - timedelta(days=84))
    services.revoke_key(revoked, actor=requester)
    AccountMail.objects.all().delete()

    warned = [services.warn_of_ends(now=now) for _each in range(2)]

    assert warned == [1, 0]
    assert [each.recipient for each in AccountMail.objects.all()] == [requester.email]


# --- The end of a key -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_request_passes_that_meets_the_revocation_of_its_key(api, requester):
    client, answers = api(requester), []

    def send():
        answers.append(client.get("/me"))
        connection.close()

    thread = Thread(target=send)
    with transaction.atomic():
        services.revoke_key(client.key, actor=requester)
        thread.start()
        wait_until_somebody_waits()
    thread.join()

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(401, "wrong_key")]
    assert client.get("/me").status_code == 401


# --- All of them, for admins ----------------------------------------------------------------------


def test_an_admin_sees_every_key_and_revokes_some(make_key, requester, agent, admin, client_of):
    one, _secret = make_key(requester, name="Zabbix")
    two, _secret = make_key(agent, name="Jenkins")
    page = client_of(admin)
    address = reverse("admin:api_apikey_changelist")

    listed = page.get(address).content.decode()
    page.post(address, {"action": "revoke", "_selected_action": [one.pk]})

    one.refresh_from_db()
    two.refresh_from_db()
    assert "Zabbix" in listed
    assert "Jenkins" in listed
    assert one.secret_hash not in listed
    assert (one.revoked_at is not None, two.revoked_at) == (True, None)
    assert one.history.first().history_user == admin
