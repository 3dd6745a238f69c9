"""Mails of accounts: kept as rows, sent by the outbox, linked to the one site."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from notifications import mail_services
from notifications.models import AccountMail

RESET = "/accounts/password/reset/"


@pytest.fixture
def ask_reset(client):
    def ask(email, **headers):
        return client.post(RESET, {"email": email}, **headers)

    return ask


def test_a_reset_is_kept_as_a_row_and_not_sent_in_the_request(ask_reset, requester):
    ask_reset(requester.email)

    row = AccountMail.objects.get()
    assert (row.recipient, row.state) == (requester.email, "pending")
    assert mail.outbox == []


def test_the_link_is_of_the_one_site_whatever_host_was_asked(ask_reset, requester, settings):
    settings.SITE_URL = "https://help.example"
    settings.ALLOWED_HOSTS = ["*"]

    ask_reset(requester.email, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})

    body = AccountMail.objects.get().body
    assert "https://help.example/accounts/password/reset/key/" in body
    assert "evil.example" not in body


def test_the_text_is_blank_once_it_is_sent(ask_reset, requester):
    ask_reset(requester.email)
    row = AccountMail.objects.get()

    mail_services.deliver_account_mail(row.pk)

    row.refresh_from_db()
    assert (row.state, row.body) == ("sent", "")
    assert re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)
    assert mail.outbox[0].to == [requester.email]


def test_a_stranger_is_answered_alike_and_mailed_nothing(ask_reset, requester):
    known = ask_reset(requester.email)
    unknown = ask_reset("stranger@else.example")
    for row in AccountMail.objects.all():
        mail_services.deliver_account_mail(row.pk)

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [[requester.email]]
    assert AccountMail.objects.get(recipient="stranger@else.example").state == "skipped"


def test_known_and_unknown_addresses_cost_the_same_writes(
    ask_reset, requester, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as for_known:
        ask_reset(requester.email)
    with django_capture_on_commit_callbacks() as for_unknown:
        ask_reset("stranger@else.example")

    assert AccountMail.objects.count() == 2
    assert len(for_known) == len(for_unknown)


@pytest.mark.parametrize(("language", "direction"), [("fa", "rtl"), ("en", "ltr")])
def test_it_is_written_in_the_language_of_the_account(ask_reset, requester, language, direction):
    requester.language = language
    requester.save()
    ask_reset(requester.email)
    row = AccountMail.objects.get()

    mail_services.deliver_account_mail(row.pk)

    html, _type = mail.outbox[0].alternatives[0]
    assert row.language == language
    assert f'dir="{direction}"' in html


def test_the_links_of_a_mail_can_be_followed_in_its_html(ask_reset, requester):
    ask_reset(requester.email)
    mail_services.deliver_account_mail(AccountMail.objects.get().pk)

    html, _type = mail.outbox[0].alternatives[0]
    assert 'href="http://testserver/accounts/password/reset/key/' in html


def test_the_text_of_a_mail_is_nowhere_in_the_admin(
    ask_reset, requester, admin, client_of, settings
):
    settings.STAFF_SECOND_FACTOR = "optional"
    ask_reset(requester.email)
    row = AccountMail.objects.get()
    token = re.search(r"/reset/key/(\S+?)/", row.body)[1]

    page = (
        client_of(admin)
        .get(reverse("admin:notifications_accountmail_change", args=[row.pk]))
        .content.decode()
    )

    assert requester.email in page
    assert token not in page
