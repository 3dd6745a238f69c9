"""What one run finds for one person is one message, sent once, and only while it is true."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications import outbox, services
from notifications.bundles import MOST_SHOWN
from notifications.channels import WAITS
from notifications.letters import sentence_of
from notifications.models import Notification
from notifications.planning import MOST_WITH_ROWS
from tests.factories import NOW, make_content, make_ticket
from tickets import reply_addresses
from tickets import services as tickets
from tickets.event_types import Kind
from tickets.models import Clock, Ticket

MINUTE = timedelta(minutes=1)
DAYS_LATER = NOW + timedelta(days=9)


class Downed(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


@pytest.fixture
def in_english(agent, supervisor):
    for person in (agent, supervisor):
        person.language = "en"
        person.save()


@pytest.fixture
def overdue(requester, agent, in_english):
    """Three tickets of nobody that a stop of the scan has left overdue."""
    made = [make_ticket(requester, title=f"Ticket {n}") for n in range(3)]
    Notification.objects.all().delete()
    return made


def rows(person):
    return Notification.objects.by_external().filter(recipient=person)


def deliver_leads(now):
    """As the sweep has it: one row of each message."""
    for pk in list(Notification.objects.to_send(now).leads().values_list("pk", flat=True)):
        services.deliver(pk, now=now)


def mails_to(person):
    return [message for message in mail.outbox if message.to == [person.email]]


def test_one_run_sends_each_person_one_mail_that_lists_all_it_found(overdue, agent, supervisor):
    tickets.scan_clocks(now=DAYS_LATER)

    deliver_leads(DAYS_LATER)

    for person in (agent, supervisor):
        [message] = mails_to(person)
        assert message.subject == "3 tickets are overdue"
        assert all(ticket.number in message.body for ticket in overdue)
        assert {row.state for row in rows(person)} == {"sent"}


def test_the_end_of_a_run_does_not_write_each_of_its_rows_again(overdue, agent, supervisor):
    tickets.scan_clocks(now=DAYS_LATER)

    for person in (agent, supervisor):
        due_at = sorted(rows(person).values_list("next_try_at", flat=True))
        waits = DAYS_LATER + services.LONGEST_RUN
        assert due_at == [DAYS_LATER, waits, waits]


def test_what_waits_for_a_digest_is_not_taken_along_by_an_alert(overdue, agent):
    tickets.scan_clocks(now=DAYS_LATER)
    postponed = rows(agent).last()
    later = DAYS_LATER + timedelta(hours=5)
    Notification.objects.filter(pk=postponed.pk).update(next_try_at=later)

    deliver_leads(DAYS_LATER)

    assert sorted(row.state for row in rows(agent)) == ["pending", "sent", "sent"]


def test_each_ticket_of_a_mail_has_its_own_address_for_answers(overdue, agent, settings):
    settings.INTAKE_ADDRESS = "support@helpdesk.example"
    tickets.scan_clocks(now=DAYS_LATER)

    deliver_leads(DAYS_LATER)

    [message] = mails_to(agent)
    addresses = re.findall(r"^support\+\S+$", message.body, re.MULTILINE)
    found = [reply_addresses.resolve(address) for address in addresses]
    assert {each.ticket.pk for each in found} == {ticket.pk for ticket in overdue}
    assert {each.person for each in found} == {agent}
    html = message.alternatives[0][0]
    assert all(f'href="mailto:{address}"' in html for address in addresses)
    assert "about several tickets" in message.body
    assert "not read" not in message.body


def test_where_no_answers_are_read_a_mail_about_several_tickets_says_so(overdue, agent, settings):
    settings.INTAKE_ADDRESS = ""
    tickets.scan_clocks(now=DAYS_LATER)

    deliver_leads(DAYS_LATER)

    [message] = mails_to(agent)
    assert "mailto:" not in message.alternatives[0][0]
    assert "Answers to this e-mail are not read. Please answer on the ticket page." in message.body


def test_however_many_are_found_the_mail_is_bounded_and_says_how_many_more(
    requester, agent, in_english
):
    for n in range(MOST_SHOWN + 7):
        make_ticket(requester, title=f"Ticket {n}")
    Notification.objects.all().delete()
    tickets.scan_clocks(now=DAYS_LATER)

    deliver_leads(DAYS_LATER)

    [message] = mails_to(agent)
    assert message.subject == f"{MOST_SHOWN + 7} tickets are overdue"
    assert "And 7 more." in message.body
    assert "http://testserver/queue/" in message.body


def test_the_most_urgent_comes_first(requester, agent, in_english):
    soon = make_ticket(requester, title="Soon")
    make_ticket(requester, title="Late", now=NOW - timedelta(days=7))
    Notification.objects.all().delete()
    at = soon.due_soon_at
    tickets.scan_clocks(now=at)

    deliver_leads(at)

    [message] = mails_to(agent)
    assert message.subject == "1 ticket is overdue, 1 ticket is due soon"
    assert message.body.index("Late") < message.body.index("Soon")


def test_one_row_alone_is_the_letter_of_its_ticket(requester, agent, in_english):
    ticket = make_ticket(requester)
    Notification.objects.all().delete()
    tickets.scan_clocks(now=ticket.due_at)

    deliver_leads(ticket.due_at)

    [message] = mails_to(agent)
    assert ticket.number in message.subject


def test_what_was_answered_meanwhile_is_not_in_the_mail(overdue, agent):
    tickets.scan_clocks(now=DAYS_LATER)
    answered = overdue[1]
    tickets.reply_as_agent(answered, actor=agent, content=make_content(), now=DAYS_LATER)

    deliver_leads(DAYS_LATER)

    [message] = mails_to(agent)
    assert message.subject == "2 tickets are overdue"
    assert answered.number not in message.body
    assert sorted(row.state for row in rows(agent)) == ["sent", "sent", "skipped"]


def test_where_all_was_answered_meanwhile_there_is_no_mail(overdue, agent):
    tickets.scan_clocks(now=DAYS_LATER)
    for ticket in overdue:
        tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=DAYS_LATER)

    deliver_leads(DAYS_LATER)

    assert mails_to(agent) == []


def test_a_message_is_sent_once_whichever_of_its_rows_is_delivered_and_how_often(overdue, agent):
    tickets.scan_clocks(now=DAYS_LATER)

    for _time in range(2):
        for row in rows(agent):
            services.deliver(row.pk, now=DAYS_LATER)

    assert len(mails_to(agent)) == 1


def test_a_mail_whose_process_was_killed_is_repeated_with_the_same_id_and_content(overdue, agent):
    tickets.scan_clocks(now=DAYS_LATER)
    lead = rows(agent).order_by("pk").first()
    killed = services._claim(lead.pk, DAYS_LATER)
    late = make_ticket(overdue[0].requester, title="Later", now=NOW - timedelta(days=1))
    Notification.objects.filter(event__kind="opened").delete()
    tickets.scan_clocks(now=DAYS_LATER + MINUTE)

    deliver_leads(DAYS_LATER + MINUTE)
    deliver_leads(DAYS_LATER + outbox.CLAIM)

    second, repeated = mails_to(agent)
    assert late.number in second.subject
    assert repeated.subject == "3 tickets are overdue"
    assert f"notification-{killed[0].pk}-" in repeated.extra_headers["Message-ID"]


def test_a_server_that_is_away_delays_the_whole_message(overdue, agent, settings):
    tickets.scan_clocks(now=DAYS_LATER)
    settings.EMAIL_BACKEND = f"{__name__}.Downed"
    deliver_leads(DAYS_LATER)
    assert {row.next_try_at for row in rows(agent)} == {DAYS_LATER + WAITS[0]}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    deliver_leads(DAYS_LATER + WAITS[0])

    assert len(mails_to(agent)) == 1


def test_a_run_that_was_killed_before_its_end_is_notified_two_minutes_later(overdue, agent):
    tickets.scan_clocks(now=DAYS_LATER)
    Notification.objects.pending().update(next_try_at=DAYS_LATER + services.LONGEST_RUN)

    deliver_leads(DAYS_LATER + MINUTE)
    assert mails_to(agent) == []

    deliver_leads(DAYS_LATER + services.LONGEST_RUN)
    assert len(mails_to(agent)) == 1


def test_checking_a_message_costs_as_much_for_many_tickets_as_for_two(requester, agent, in_english):
    def cost(count):
        Notification.objects.all().delete()
        for n in range(count):
            make_ticket(requester, title=f"T {n}")
        Notification.objects.all().delete()
        tickets.scan_clocks(now=DAYS_LATER)
        lead = rows(agent).order_by("pk").first()
        with CaptureQueriesContext(connection) as asked:
            services.deliver(lead.pk, now=DAYS_LATER)
        return len(asked)

    two, five = cost(2), cost(5)

    assert five <= two


def test_the_bell_has_a_row_for_each_ticket_that_a_run_found(overdue, agent):
    tickets.scan_clocks(now=DAYS_LATER)

    on_bell = Notification.objects.filter(channel="bell", recipient=agent)
    assert on_bell.count() == 3


# --- Many at once ---------------------------------------------------------------------------------


@pytest.fixture
def flood(requester, agent, in_english):
    """Eight tickets more than have rows, found in one run; with what each is due."""
    made = [make_ticket(requester, title=f"Ticket {n}") for n in range(MOST_WITH_ROWS + 8)]
    Notification.objects.all().delete()
    first = made[-1]
    Clock.objects.filter(ticket=first).update(due_at=F("due_at") - 2 * MINUTE)
    tickets.scan_clocks(now=DAYS_LATER)
    return made


def on_bell(person):
    return Notification.objects.on_bell_of_staff(person)


def test_of_many_tickets_the_first_have_rows_and_the_last_of_these_counts_the_others(
    flood, agent, supervisor
):
    for person in (agent, supervisor):
        for found in (on_bell(person), rows(person)):
            assert [row.more for row in found.order_by("-more")] == [8] + [0] * (MOST_WITH_ROWS - 1)
            assert found.order_by("pk")[0].ticket == flood[-1]
    assert flood[-1].events.filter(kind=Kind.BREACHED).exists()
    assert flood[5].events.filter(kind=Kind.BREACHED).exists()


def test_what_a_mail_shows_one_by_one_has_rows():
    assert MOST_WITH_ROWS == MOST_SHOWN + 1


def test_the_bell_says_how_many_others_there_are(flood, agent):
    with translation.override("en"):
        text = sentence_of(on_bell(agent).get(more=8))

    assert text == "It is overdue. The same is true of 8 more tickets."


def test_what_tells_of_others_stays_though_its_own_ticket_is_answered(flood, agent):
    row = on_bell(agent).get(more=8)

    tickets.reply_as_agent(row.ticket, actor=agent, content=make_content(), now=DAYS_LATER + MINUTE)
    deliver_leads(DAYS_LATER + MINUTE)

    assert on_bell(agent).unread().filter(pk=row.pk).exists()
    [message] = mails_to(agent)
    assert message.subject == f"{MOST_WITH_ROWS + 8} tickets are overdue"
    assert "And 9 more." in message.body


def test_what_tells_of_others_is_a_mail_of_its_own_where_the_rest_was_answered(flood, agent):
    rows(agent).filter(more=0).delete()

    deliver_leads(DAYS_LATER + 2 * MINUTE)

    assert [message.subject for message in mails_to(agent)] == ["9 tickets are overdue"]


# --- Half way to due soon -------------------------------------------------------------------------


def test_the_supervisors_are_alerted_once_of_what_nobody_has_accepted(
    requester, agent, supervisor, admin
):
    ticket = make_ticket(requester)
    clock = Clock.objects.get(ticket=ticket)
    assert NOW < clock.escalate_at < clock.due_soon_at

    for moment in (clock.escalate_at - MINUTE, clock.escalate_at, clock.escalate_at + MINUTE):
        tickets.scan_clocks(now=moment)

    notified = Notification.objects.by_external().filter(event__kind="unaccepted")
    assert {row.recipient for row in notified} == {supervisor, admin}
    assert ticket.events.filter(kind="unaccepted").count() == 1


def test_what_was_accepted_in_time_alerts_nobody_then_or_later(requester, agent, supervisor):
    ticket = make_ticket(requester)
    clock = Clock.objects.get(ticket=ticket)
    accepted = tickets.accept(ticket, actor=agent, now=NOW + MINUTE)
    tickets.scan_clocks(now=clock.escalate_at)
    tickets.release(accepted, actor=agent, now=clock.escalate_at + MINUTE)

    tickets.scan_clocks(now=clock.escalate_at + 2 * MINUTE)

    assert not ticket.events.filter(kind="unaccepted").exists()


def test_what_is_due_soon_already_is_notified_as_that_alone(requester, agent, supervisor):
    ticket = make_ticket(requester)

    tickets.scan_clocks(now=ticket.due_soon_at)
    tickets.scan_clocks(now=ticket.due_soon_at + MINUTE)

    kinds = set(ticket.events.values_list("kind", flat=True))
    assert "due_soon" in kinds
    assert "unaccepted" not in kinds


def test_a_next_response_is_not_escalated(requester, agent, supervisor):
    ticket = make_ticket(requester)
    answered = tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)
    tickets.reply_as_customer(answered, actor=requester, content=make_content(), now=NOW + MINUTE)

    assert Clock.objects.get(kind="next_response").escalate_at is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL explains so")
def test_the_scan_finds_what_to_escalate_by_its_own_index(requester):
    make_ticket(requester)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "clock_scan_escalation" in Clock.objects.to_escalate(DAYS_LATER).explain()


def test_what_a_bulk_run_hands_to_an_agent_is_one_message(
    requester, supervisor, second_agent, in_english
):
    made = [make_ticket(requester, title=f"Ticket {n}") for n in range(3)]
    Notification.objects.all().delete()
    run = tickets.start_bulk(
        Ticket.objects.order_by("pk"),
        tickets.BulkChange("assign", assignee_id=second_agent.pk),
        tickets.Selection(tuple(each.pk for each in made)),
        actor=supervisor,
        now=NOW,
    )
    tickets.do_now(run, now=NOW)

    deliver_leads(NOW)
    assert mails_to(second_agent) == []
    deliver_leads(NOW + 3 * MINUTE)

    [letter] = mails_to(second_agent)
    assert all(each.number in letter.body for each in made)


def test_what_one_ticket_alone_is_handed_on_with_is_sent_at_once(ticket, supervisor, second_agent):
    tickets.assign(ticket, actor=supervisor, to=second_agent, now=NOW)

    deliver_leads(NOW)

    assert len(mails_to(second_agent)) == 1
