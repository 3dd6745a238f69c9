"""What staff see of deliveries: of one ticket, what failed at all, and sending one again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import services
from notifications.models import AccountMail, Notification
from notifications.reasons import Reason
from organizations import services as people
from organizations.models import User
from tests.factories import NOW, make_content
from tests.pages import read
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


def test_the_bell_is_beside_the_mail_and_no_mail_itself(
    failed, ticket, agent, requester, client_of
):
    services.mark_read(requester, until=2**40, now=SOON)
    page = read(client_of(agent).get(of(ticket)))

    [row] = page.all(".deliveries-table tr")[1:]
    assert requester.email in row.text
    mail_line, bell_line = row.texts(".channel-line")
    assert "ایمیل" in mail_line
    assert "550 no such person" in mail_line
    assert "زنگوله" in bell_line
    assert "خوانده شد" in bell_line
    assert len(page.all("main form[action]")) == 1


def test_nothing_is_sent_again_by_a_channel_that_is_not_in_use(failed, ticket, agent, client_of):
    mails().update(channel="sms")

    assert again(failed) not in shown(client_of(agent), of(ticket))


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


def test_a_press_that_is_repeated_before_the_mail_left_is_no_refusal(failed, agent, client_of):
    client = client_of(agent)

    answers = [client.post(again(failed), follow=True) for _press in range(2)]

    assert not any(read(each).all(".alert-error") for each in answers)
    assert mails().get().state == "pending"


@pytest.mark.parametrize("state", ["sent", "skipped"])
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
    assert "account_mail_failed" in AccountMail.objects.failed()[:1000].explain()


# --- Addresses that e-mails come back from --------------------------------------------------------


@pytest.fixture
def returned(failed, requester):
    """A later mail to the requester, which was skipped since their address is marked."""
    people.mark_undeliverable(requester, reason="550 no such person", now=SOON)
    mails().update(state="skipped", error=Reason.UNDELIVERABLE)
    return failed


def clear(row):
    return reverse("clear_address", args=[row.ticket.number, row.pk])


def test_the_trail_shows_a_marked_address_and_clears_it(
    returned, ticket, agent, requester, client_of
):
    client = client_of(agent)
    assert shown(client, of(ticket)).count(clear(returned)) == 1
    assert again(returned) + '"' not in shown(client, of(ticket))

    client.post(clear(returned))

    assert not User.objects.get(pk=requester.pk).is_undeliverable
    assert clear(returned) not in shown(client, of(ticket))
    assert again(returned) + '"' in shown(client, of(ticket))


def test_what_was_skipped_is_sent_again_only_once_the_address_is_cleared(
    returned, ticket, agent, requester
):
    with pytest.raises(TicketError):
        services.send_again(ticket, returned.pk, actor=agent, now=SOON)

    people.clear_undeliverable(requester, actor=agent, now=SOON)
    services.send_again(ticket, returned.pk, actor=agent, now=SOON)

    assert mails().get().state == "pending"


def test_managers_see_the_mark_in_the_list_of_members_and_plain_members_do_not(
    returned, requester, colleague, client_of
):
    mark = "ایمیل‌ها برمی‌گردد"

    assert mark in shown(client_of(requester), "/organization/")
    assert mark not in shown(client_of(colleague), "/organization/")
    assert requester.email in shown(client_of(requester), "/profile/")


def test_an_admin_sees_the_mark_and_clears_it(returned, admin, requester, client_of):
    client, people_url = client_of(admin), "/admin/organizations/user/"
    assert "ایمیل‌ها برمی‌گردد" in shown(client, people_url)
    assert "برگشت خورده است" in shown(client, f"{people_url}{requester.pk}/change/")

    client.post(people_url, {"action": "clear_undeliverable", "_selected_action": requester.pk})

    assert not User.objects.get(pk=requester.pk).is_undeliverable
