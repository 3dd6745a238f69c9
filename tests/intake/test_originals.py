"""Originals of mails: downloaded by supervisors as an inert file, deleted after a while."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from helpdesk.mail_settings import answers_by_mail
from intake import services, tasks
from tests.factories import NOW, again
from tickets.errors import TicketError
from tickets.models import Message, PeriodicRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("intake")]
KEPT = timedelta(days=90)
LATER = NOW + KEPT + timedelta(seconds=1)


@pytest.fixture
def posted(ticket, requester, mail_to, arrive):
    return arrive(mail_to(ticket, requester, "<script>alert(1)</script>"), now=NOW)


@pytest.fixture
def stray(mail_to, ticket, requester, arrive):
    return arrive(mail_to(ticket, requester, to="support@help.example"), now=NOW)


def test_a_supervisor_downloads_the_original_as_a_file_that_no_browser_opens(
    client_of, supervisor, agent, requester, posted
):
    address = f"/incoming/{posted.pk}/original/"

    answer = client_of(supervisor).get(address)

    assert answer.content == bytes(posted.content)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="mail-{posted.pk}.eml"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client_of(agent).get(address).status_code == 404
    assert client_of(requester).get(address).status_code == 404


def test_the_page_of_a_mail_leads_to_its_original(client_of, supervisor, stray):
    page = client_of(supervisor).get(f"/incoming/{stray.pk}/").content.decode()

    assert f"/incoming/{stray.pk}/original/" in page


def test_an_original_is_deleted_after_its_days_and_a_late_copy_is_still_known(
    posted, ticket, requester, mail_to, arrive
):
    assert services.forget_originals(now=NOW + KEPT) == 0

    assert services.forget_originals(now=LATER) == 1

    row = again(posted)
    assert (bytes(row.content), row.original_deleted_at, row.subject) == (
        b"",
        LATER,
        posted.subject,
    )
    assert arrive(mail_to(ticket, requester, "<script>alert(1)</script>"), now=LATER).pk == row.pk
    assert Message.objects.filter(channel="email").count() == 1
    assert services.forget_originals(now=LATER) == 0


def test_what_waits_for_a_decision_keeps_its_original(ticket, requester, mail_to, arrive):
    held = arrive(mail_to(ticket, requester, sender="ali@home.example"), now=NOW)
    damaged = arrive(mail_to(ticket, requester, to="support+kt-1.x@help.example"), now=NOW)

    assert (held.state, damaged.state) == ("held", "quarantined")
    assert services.forget_originals(now=LATER) == 0


def test_a_mail_without_its_original_is_shown_but_not_decided_on(
    client_of, supervisor, stray, ticket
):
    services.forget_originals(now=LATER)
    client = client_of(supervisor)

    page = client.get(f"/incoming/{stray.pk}/")

    assert page.status_code == 200
    assert "/release/" not in page.content.decode()
    assert client.get(f"/incoming/{stray.pk}/original/").status_code == 404
    assert f"/incoming/{stray.pk}/" not in client.get("/incoming/").content.decode()
    with pytest.raises(TicketError):
        services.release(stray, actor=supervisor, ticket=ticket)


def test_the_periodic_task_says_what_it_deleted(posted):
    assert tasks.forget_mail_originals() == 1

    assert PeriodicRun.objects.get(name="forget_mail_originals").outcome == "deleted 1"


def test_keeping_originals_for_no_day_is_refused_at_the_start(monkeypatch):
    class Environment:
        @staticmethod
        def str(name, default):
            return default

        @staticmethod
        def int(name, default):
            return 0

    with pytest.raises(ImproperlyConfigured):
        answers_by_mail(Environment, sender="support@help.example")


def test_the_page_of_deliveries_says_what_waits_in_the_intake(
    client_of, supervisor, stray, settings, ticket, requester, mail_to
):
    services.receive(mail_to(ticket, requester), now=NOW)
    settings.IMAP_URL = "imaps://mail.example"
    PeriodicRun.objects.create(name="fetch_mail", finished_at=NOW)
    supervisor.language = "en"
    supervisor.save()

    page = client_of(supervisor).get("/reports/deliveries/").content.decode()

    assert "1 to process" in page
    assert "1 waiting for a decision" in page
    assert "mailbox last read" in page
