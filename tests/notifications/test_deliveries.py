"""What staff see of deliveries: of one ticket, what failed at all, and sending one again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import services
from notifications.models import Notification
from notifications.reasons import Reason
from tests.factories import NOW, make_content
from tickets import services as tickets
from tickets.errors import TicketError

SOON = NOW + timedelta(minutes=5)
ALL = "/reports/deliveries/"


def mails():
    """The mails about replies; the bell has rows of its own."""
    return Notification.objects.by_channel("email").filter(event__kind="agent_replied")


@pytest.fixture
def failed(ticket, agent):
    """The only notification of a reply, which a server refused."""
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)
    mails().update(state="failed", attempts=1, error="550 no such person")
    return mails().get()


def of(ticket):
    return reverse("ticket_deliveries", args=[ticket.number])


def again(row):
    return reverse("send_again", args=[row.ticket.number, row.pk])


def shown(client, url, **query):
    return client.get(url, query).content.decode()


def test_an_agent_sees_to_whom_by_what_and_why_not(failed, ticket, agent, requester, client_of):
    page = shown(client_of(agent), of(ticket))

    assert requester.email in page
    assert "550 no such person" in page
    assert again(failed) in page


def test_a_reason_of_ours_is_in_the_readers_language(failed, ticket, agent, client_of):
    mails().update(state="skipped", error=Reason.UNWANTED)

    page = shown(client_of(agent), of(ticket))

    assert "unwanted" not in page
    assert again(failed) not in page


def test_the_ticket_page_leads_to_its_deliveries(failed, ticket, agent, client_of):
    assert of(ticket) in shown(client_of(agent), ticket.get_queue_url())


def test_customers_find_no_such_page(failed, ticket, requester, client_of):
    assert client_of(requester).get(of(ticket)).status_code == 404
    assert client_of(requester).post(again(failed)).status_code == 404


def test_what_failed_is_sent_again_once(failed, agent, client_of, deliver_all, requester):
    client = client_of(agent)
    client.post(again(failed))
    client.post(again(failed))
    deliver_all(NOW + timedelta(days=9000))

    assert [message.to for message in mail.outbox].count([requester.email]) == 1


@pytest.mark.parametrize("state", ["pending", "sent", "skipped"])
def test_what_has_not_failed_is_not_sent_again(failed, ticket, agent, state):
    mails().update(state=state)

    with pytest.raises(TicketError):
        services.send_again(ticket, failed.pk, actor=agent, now=SOON)

    assert mails().get().state == state


def test_a_notification_of_another_ticket_or_by_a_customer_is_refused(
    failed, ticket, agent, requester, organization, draft
):
    other = tickets.open_ticket(
        requester=requester, opened_by=requester, organization=organization, draft=draft, now=NOW
    )

    with pytest.raises(TicketError):
        services.send_again(other, failed.pk, actor=agent, now=SOON)
    with pytest.raises(TicketError):
        services.send_again(ticket, failed.pk, actor=requester, now=SOON)


def test_sending_again_is_limited(failed, agent, client_of, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "send_again": "1/m/user"}
    cache.clear()
    client = client_of(agent)

    assert [client.post(again(failed)).status_code for _ in range(2)] == [302, 429]


def test_supervisors_see_what_failed_and_what_waits(failed, ticket, agent, supervisor, client_of):
    tickets.resume(ticket, actor=agent, now=SOON)

    page = shown(client_of(supervisor), ALL)

    assert ticket.number in page
    assert "550 no such person" in page
    assert client_of(agent).get(ALL).status_code == 404


def test_failures_are_paged_by_key_with_equal_statements(
    failed, supervisor, client_of, django_assert_num_queries, monkeypatch
):
    client, rows = client_of(supervisor), Notification.objects.filter(pk=failed.pk)
    monkeypatch.setattr("notifications.deliveries.PAGE_SIZE", 1)
    client.get(ALL)
    with CaptureQueriesContext(connection) as one:
        client.get(ALL)
    for number in range(3):
        copy = rows.get()
        copy.pk, copy.channel = None, f"other{number}"
        copy.save()

    with django_assert_num_queries(len(one)):
        page = shown(client, ALL)

    last = Notification.objects.order_by("-pk").first()
    assert f"?before={last.pk}" in page
    assert f"?before={last.pk - 1}" in shown(client, ALL, before=last.pk)
    assert client.get(ALL, {"before": "x"}).status_code == 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL explains so")
def test_few_failures_among_many_rows_are_not_looked_for_one_by_one(failed):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("ANALYZE notifications_notification")

    assert "notification_failed" in Notification.objects.failed().order_by("-pk")[:51].explain()
