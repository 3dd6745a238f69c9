"""An alert that is not true any more counts as read on every bell, whatever made it untrue."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.alerts import ALERTS
from notifications.models import Notification
from notifications.notices import NOTICES, notice_of
from organizations import services as people
from tests.factories import NOW, make_content, make_ticket
from tickets import services as tickets
from tickets.models import Watcher

pytestmark = pytest.mark.django_db

WRITES = re.compile('INSERT INTO "?notifications_notification')
BELL = '"notifications_notification"."read_at" IS NULL'
DAY, HOUR = timedelta(hours=24), timedelta(hours=1)


def unread(kind):
    rows = Notification.objects.by_channel("bell").unread().filter(event__kind=kind)
    return set(rows.values_list("recipient__email", flat=True))


def untrue(now):
    """(kind, person) of each unread alert that would not be sent any more."""
    rows = Notification.objects.by_channel("bell").unread().of_kinds(ALERTS).with_story()
    return [
        (row.event.kind, row.recipient.email)
        for row in rows
        if notice_of(row.event).outdated(row, now)
    ]


@pytest.fixture
def reminded(requester, colleague, agent):
    """A ticket whose requester and watcher were reminded that it closes in a day."""
    ticket = make_ticket(requester)
    Watcher.objects.create(ticket=ticket, user=colleague, added_by=requester, added_at=NOW)
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)
    tickets.remind_of_close(now=NOW + DAY)
    assert unread("close_reminded") == {requester.email, colleague.email}
    return ticket


def write(ticket, agent):
    content = make_content("هنوز نه.")
    tickets.reply_as_customer(ticket, actor=ticket.requester, content=content, now=NOW + DAY + HOUR)


def hold(ticket, agent):
    tickets.hold_auto_close(ticket, actor=agent, reason="منتظر قطعه", now=NOW + DAY + HOUR)


def close(ticket, agent):
    tickets.close_by_customer(ticket, actor=ticket.requester, now=NOW + DAY + HOUR)


def close_automatically(ticket, agent):
    tickets.close_due(now=NOW + 2 * DAY)


def resume(ticket, agent):
    tickets.resume(ticket, actor=agent, now=NOW + DAY + HOUR)


@pytest.mark.parametrize("act", [write, hold, close, close_automatically, resume])
def test_a_watchers_reminder_of_a_close_counts_as_read_once_it_does_not_close_any_more(
    reminded, agent, act
):
    act(reminded, agent)

    assert unread("close_reminded") == set()


def test_what_is_soon_due_is_read_once_it_is_overdue(requester, agent, supervisor):
    ticket = make_ticket(requester)
    tickets.scan_clocks(now=ticket.due_soon_at)
    assert agent.email in unread("due_soon")

    tickets.scan_clocks(now=ticket.due_at)

    assert unread("due_soon") == set()
    assert {agent.email, supervisor.email} <= unread("breached")


def test_what_is_soon_due_is_read_once_nothing_is_promised_any_more(requester, agent, admin):
    ticket = make_ticket(requester)
    tickets.scan_clocks(now=ticket.due_soon_at)

    people.suspend(ticket.organization, actor=admin, now=ticket.due_soon_at)

    assert unread("due_soon") == set()
    assert untrue(ticket.due_soon_at) == []


def test_acts_that_make_no_alert_untrue_are_named():
    """After every other kind all alerts about the ticket are checked, so that none is forgotten."""
    harmless = {kind for kind, notice in NOTICES.items() if notice.ends_alerts.__name__ == "never"}

    assert harmless == {
        *("opened", "unaccepted", "due_soon", "close_reminded"),
        *("noted", "customer_thanked", "category_changed", "watchers_changed", "rated"),
        *("undeliverable", "tags_changed", "snoozed", "woken"),
    }


def test_a_batch_of_breaches_does_not_read_back_the_alerts_that_it_writes(
    requester, agent, supervisor
):
    """With twenty agents these are dozens of rows for each ticket, and all of them are true."""
    due = max(make_ticket(requester).due_at for _number in range(3))

    with CaptureQueriesContext(connection) as scan:
        tickets.scan_clocks(now=due)

    statements = [each["sql"] for each in scan]
    written = [n for n, sql in enumerate(statements) if WRITES.search(sql)]
    asked = [n for n, sql in enumerate(statements) if sql.startswith("SELECT") and BELL in sql]
    assert len(written) == 1
    assert asked
    assert max(asked) < written[0]
