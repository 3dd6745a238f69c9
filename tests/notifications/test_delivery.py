"""Sending: what is checked at that moment, tries and waits, and what happens when all fail."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from notifications import mail_services, outbox, services
from notifications.channels import WAITS
from notifications.models import AccountMail, Notification
from tests.factories import NOW
from tickets import services as tickets
from tickets.models import Ticket, Watcher

SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(minutes=10)
DAY = timedelta(hours=24)


class Downed(EmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


@pytest.fixture
def mail_server_down(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Downed"


@pytest.fixture
def reply(ticket, agent):
    """The notification of a public reply to the requester, not sent yet."""
    tickets.reply_as_agent(ticket, actor=agent, content=tickets.NewMessage("پاسخ"), now=SOON)
    return Notification.objects.by_external().get(event__kind="agent_replied")


def again(row):
    return type(row).objects.get(pk=row.pk)


def try_until_over(row):
    """Try at each moment that the row itself names. Returns the waits between the tries."""
    waits, now = [], row.next_try_at
    while again(row).state == "pending":
        services.deliver(row.pk, now=now)
        waits.append(again(row).next_try_at - now)
        now = again(row).next_try_at
    return waits[:-1]


def test_what_is_due_is_sent_once_however_often_it_is_delivered(reply):
    services.deliver(reply.pk, now=SOON)
    services.deliver(reply.pk, now=SOON)

    assert [message.to for message in mail.outbox] == [["sara@pars.example"]]
    assert (again(reply).state, again(reply).sent_at) == ("sent", SOON)


def test_a_row_that_another_worker_has_is_left_alone(reply):
    Notification.objects.filter(pk=reply.pk).update(next_try_at=SOON + outbox.CLAIM)

    services.deliver(reply.pk, now=LATER)

    assert mail.outbox == []


def test_no_transaction_is_open_while_the_mail_server_is_spoken_to(reply, settings):
    depth_of_test = len(connection.savepoint_ids)
    settings.EMAIL_BACKEND = f"{__name__}.SavepointCounter"

    services.deliver(reply.pk, now=SOON)

    assert SavepointCounter.depth == depth_of_test


class SavepointCounter(EmailBackend):
    depth = None

    def send_messages(self, messages):
        SavepointCounter.depth = len(connection.savepoint_ids)
        return super().send_messages(messages)


def test_a_removed_member_gets_no_mail_that_was_queued_before(reply, requester):
    requester.memberships.all().delete()

    services.deliver(reply.pk, now=SOON)

    assert mail.outbox == []
    assert again(reply).state == "skipped"


def test_a_deactivated_person_gets_no_mail(reply, requester):
    requester.is_active = False
    requester.save()

    services.deliver(reply.pk, now=SOON)

    assert mail.outbox == []


def test_a_watcher_of_a_restricted_organization_who_is_removed_gets_no_mail(
    ticket, colleague, requester, agent
):
    watching = Watcher.objects.create(
        ticket=ticket, user=colleague, added_by=requester, added_at=NOW
    )
    ticket.organization.is_restricted = True
    ticket.organization.save()
    tickets.accept(ticket, actor=agent, now=SOON)
    row = Notification.objects.by_external().get(recipient=colleague)
    watching.delete()

    services.deliver(row.pk, now=SOON)

    assert mail.outbox == []


def test_a_customer_whose_address_is_not_verified_gets_no_mail(reply, requester):
    EmailAddress.objects.filter(user=requester).update(verified=False)

    services.deliver(reply.pk, now=SOON)

    assert mail.outbox == []
    assert again(reply).error == "no_address"


def test_a_note_is_not_sent_to_a_customer_even_if_a_row_says_so(ticket, agent, requester):
    tickets.add_note(ticket, actor=agent, content=tickets.NewMessage("محرمانه"), now=SOON)
    row = Notification.objects.create(
        event=ticket.events.get(kind="noted"), ticket=ticket, recipient=requester, channel="email"
    )

    services.deliver(row.pk)

    assert mail.outbox == []
    assert again(row).state == "skipped"


def test_an_alert_about_something_answered_meanwhile_is_not_sent(ticket, agent, deliver_all):
    tickets.scan_clocks(now=ticket.due_soon_at)
    tickets.reply_as_agent(
        ticket, actor=agent, content=tickets.NewMessage("پاسخ"), now=ticket.due_soon_at
    )

    deliver_all(ticket.due_soon_at)

    assert [message.to for message in mail.outbox] == [["sara@pars.example"]]
    assert Notification.objects.by_external().get(event__kind="due_soon").state == "skipped"


def test_an_alert_that_is_still_true_is_sent(ticket, agent, deliver_all):
    tickets.scan_clocks(now=ticket.due_soon_at)

    deliver_all(ticket.due_soon_at)

    assert [message.to for message in mail.outbox] == [[agent.email]]


def test_a_due_soon_alert_is_not_sent_once_the_ticket_is_overdue(ticket, agent, deliver_all):
    tickets.scan_clocks(now=ticket.due_soon_at)

    deliver_all(ticket.due_at)

    assert mail.outbox == []


def test_a_reminder_is_not_sent_when_the_close_is_due_already(reply, ticket):
    tickets.remind_of_close(now=SOON + DAY)
    row = Notification.objects.by_external().get(event__kind="close_reminded")

    services.deliver(row.pk, now=SOON + 2 * DAY)

    assert mail.outbox == []


def test_a_reminder_is_not_sent_when_the_48_hours_restarted(reply, ticket, agent):
    tickets.remind_of_close(now=SOON + DAY)
    row = Notification.objects.by_external().get(event__kind="close_reminded")
    tickets.reply_as_agent(
        ticket,
        actor=agent,
        content=tickets.NewMessage("باز هم"),
        now=SOON + DAY + timedelta(minutes=1),
    )

    services.deliver(row.pk, now=SOON + DAY + timedelta(minutes=2))

    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_tried_with_growing_waits_and_then_given_up(
    reply, mail_server_down
):
    waits = try_until_over(reply)

    assert waits == list(WAITS)
    assert again(reply).state == "failed"
    assert "nobody listens" in again(reply).error


def test_a_process_killed_while_sending_costs_one_try_and_no_mail(reply):
    outbox.claim(Notification.objects.with_story(), reply.pk, now=SOON, give_up=outbox.fail)

    services.deliver(reply.pk, now=SOON + outbox.CLAIM)

    assert len(mail.outbox) == 1
    assert again(reply).attempts == 2


def test_a_row_whose_last_try_was_killed_is_given_up(reply):
    Notification.objects.filter(pk=reply.pk).update(attempts=len(WAITS) + 1)

    services.deliver(reply.pk, now=SOON)

    assert again(reply).state == "failed"


def test_a_reply_that_reached_nobody_holds_the_automatic_close(reply, ticket, mail_server_down):
    try_until_over(reply)

    held = Ticket.objects.get(pk=ticket.pk)
    assert held.auto_close_at is None
    assert held.auto_close_held_at is not None


def test_a_reply_that_reached_somebody_of_the_customers_holds_nothing(
    ticket, agent, requester, colleague, settings
):
    Watcher.objects.create(ticket=ticket, user=colleague, added_by=requester, added_at=NOW)
    tickets.reply_as_agent(ticket, actor=agent, content=tickets.NewMessage("پاسخ"), now=SOON)
    first, second = Notification.objects.by_external().filter(event__kind="agent_replied")
    services.deliver(first.pk, now=SOON)
    settings.EMAIL_BACKEND = f"{__name__}.Downed"

    try_until_over(second)

    assert Ticket.objects.get(pk=ticket.pk).auto_close_at == SOON + 2 * DAY


def test_an_older_reply_that_failed_holds_nothing(reply, ticket, agent, settings):
    tickets.reply_as_agent(ticket, actor=agent, content=tickets.NewMessage("باز هم"), now=LATER)
    settings.EMAIL_BACKEND = f"{__name__}.Downed"

    try_until_over(reply)

    assert Ticket.objects.get(pk=ticket.pk).auto_close_at == LATER + 2 * DAY


def test_the_operator_can_have_failed_mail_tried_again(reply, mail_server_down, settings):
    try_until_over(reply)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    services.try_again(Notification.objects.all(), now=LATER + 2 * DAY)
    services.deliver(reply.pk, now=LATER + 2 * DAY)

    assert again(reply).state == "sent"


def test_admins_are_warned_of_a_calendar_without_holidays_once_a_week(admin, agent):
    far = NOW.replace(year=2040)

    mail_services.warn_of_bare_calendars(now=far)
    mail_services.warn_of_bare_calendars(now=far + timedelta(minutes=1))

    assert [row.recipient for row in AccountMail.objects.all()] == [admin.email]


def test_admins_are_notified_once_that_next_years_holidays_are_proposed(admin, agent):
    near_the_end = NOW.replace(year=2028, month=2, day=1)

    mail_services.propose_holidays(now=near_the_end)
    mail_services.propose_holidays(now=near_the_end + timedelta(days=1))

    mail = AccountMail.objects.get()
    assert mail.recipient == admin.email
    assert "/official-holidays/?year=1407" in mail.body


def test_settled_account_mail_is_forgotten_after_a_while(admin):
    mail_services.warn_of_bare_calendars(now=NOW.replace(year=2040))
    row = AccountMail.objects.get()
    mail_services.deliver_account_mail(row.pk, now=row.created_at)

    kept = mail_services.forget_account_mail(now=row.created_at)
    deleted = mail_services.forget_account_mail(now=row.created_at + timedelta(days=31))

    assert (kept, deleted) == (0, 1)
