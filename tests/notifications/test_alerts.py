"""Whoever can take a new ticket is notified at once, and its customer has a receipt."""

from datetime import timedelta

import pytest
from django.core import mail

from notifications import services
from notifications.models import Notification
from notifications.topics import Topic
from organizations import services as people
from tests.factories import NOW, make_agent, make_content, make_organization, make_ticket
from tickets import services as tickets
from tickets.models import Ticket

SOON = NOW + timedelta(minutes=5)
SARA, AGENT, SECOND = "sara@pars.example", "agent@helpdesk.example", "agent2@helpdesk.example"


@pytest.fixture
def requester(requester):
    """Of an organization whose plan promises something for every priority."""
    from_plan = make_organization("Enterprise", plan="enterprise").plan
    membership = requester.memberships.get()
    membership.organization.plan = from_plan
    membership.organization.save()
    return requester


def alerted(ticket, channel="email"):
    rows = Notification.objects.filter(ticket=ticket, event__kind="opened", channel=channel)
    return set(rows.exclude(recipient__staff_role="").values_list("recipient__email", flat=True))


def subjects(person):
    return [message.subject for message in mail.outbox if message.to == [person.email]]


def test_the_agents_on_duty_are_alerted_at_once_by_mail_and_bell(
    requester, agent, second_agent, supervisor, admin
):
    ticket = make_ticket(requester)

    assert alerted(ticket) == alerted(ticket, "bell") == {AGENT, SECOND}


def test_an_agent_who_is_away_is_not_alerted(requester, agent, second_agent, supervisor):
    people.change_presence(agent, False)

    assert alerted(make_ticket(requester)) == {SECOND}


def test_with_nobody_on_duty_the_supervisors_are_alerted(requester, agent, supervisor, admin):
    people.change_presence(agent, False)

    assert alerted(make_ticket(requester)) == {supervisor.email, admin.email}


def test_a_helpdesk_of_absent_agents_alone_alerts_them(requester, agent):
    people.change_presence(agent, False)

    assert alerted(make_ticket(requester)) == {AGENT}


def test_a_deactivated_agent_is_not_on_duty(requester, agent, supervisor):
    agent.is_active = False
    agent.save()

    assert alerted(make_ticket(requester)) == {supervisor.email}


def test_the_agent_who_opens_a_ticket_for_a_member_is_not_alerted(requester, agent, second_agent):
    ticket = make_ticket(requester, opened_by=agent)

    assert alerted(ticket) == {SECOND}


@pytest.mark.parametrize(
    ("priority", "begins"),
    [("critical", "CRITICAL – new ticket"), ("urgent", "URGENT – new"), ("high", "New ticket")],
)
def test_the_subject_of_what_must_not_wait_is_louder(
    requester, agent, deliver_all, priority, begins
):
    agent.language = "en"
    agent.save()
    make_ticket(requester, priority=priority)

    deliver_all(NOW)

    [subject] = subjects(agent)
    assert subject.replace("\u2068", "").startswith(begins)


def test_a_ticket_that_was_accepted_meanwhile_alerts_nobody_else(
    requester, agent, second_agent, deliver_all
):
    ticket = make_ticket(requester)
    tickets.accept(ticket, actor=agent, now=SOON)
    mail.outbox.clear()

    deliver_all(SOON)

    assert subjects(second_agent) == []
    row = Notification.objects.get(recipient=second_agent, channel="email", event__kind="opened")
    assert (row.state, row.error) == ("skipped", "answered")


def unread_on_bells(kind):
    rows = Notification.objects.by_channel("bell").unread().filter(event__kind=kind)
    return set(rows.values_list("recipient__email", flat=True))


def test_an_alert_on_the_bell_counts_as_read_once_somebody_has_the_ticket(
    requester, agent, second_agent
):
    ticket, other = make_ticket(requester), make_ticket(requester)
    assert unread_on_bells("opened") == {agent.email, second_agent.email}

    tickets.add_note(ticket, actor=agent, content=make_content(), now=SOON)
    tickets.accept(ticket, actor=agent, now=SOON)

    rows = Notification.objects.by_channel("bell").unread().exclude(recipient=requester)
    assert {row.ticket_id for row in rows} == {other.pk}
    assert unread_on_bells("opened") == {agent.email, second_agent.email}


def test_an_alert_is_for_nobody_else_once_the_ticket_was_given_to_somebody(
    requester, agent, second_agent, supervisor, deliver_all
):
    ticket = make_ticket(requester)
    tickets.assign(ticket, actor=supervisor, to=agent, now=SOON)
    mail.outbox.clear()

    deliver_all(SOON)

    assert unread_on_bells("opened") == {agent.email}
    assert subjects(second_agent) == []


@pytest.mark.parametrize(("kind", "moment"), [("due_soon", "due_soon_at"), ("breached", "due_at")])
def test_an_alert_of_a_due_counts_as_read_when_the_ticket_was_answered(
    requester, agent, second_agent, kind, moment
):
    ticket = make_ticket(requester)
    at = getattr(ticket, moment)
    tickets.scan_clocks(now=at)
    assert {agent.email, second_agent.email} <= unread_on_bells(kind)

    tickets.accept(ticket, actor=agent, now=at)
    assert {agent.email, second_agent.email} <= unread_on_bells(kind), "it is due as before"
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), then="work", now=at)

    assert unread_on_bells(kind) == set()


def test_a_reminder_of_a_close_counts_as_read_when_the_48_hours_start_again(
    requester, agent, ticket
):
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)
    tickets.remind_of_close(now=NOW + timedelta(hours=24))
    assert unread_on_bells("close_reminded") == {requester.email}

    at = NOW + timedelta(hours=25)
    tickets.reply_as_agent(ticket, actor=agent, content=make_content("باز هم"), now=at)

    assert unread_on_bells("close_reminded") == set()
    assert unread_on_bells("agent_replied") == {requester.email}


def test_whoever_opens_a_ticket_has_a_receipt_with_number_promise_and_due_time(
    requester, agent, deliver_all
):
    requester.language = "en"
    requester.save()
    ticket = make_ticket(requester, priority="urgent")

    deliver_all(NOW)

    [message] = [each for each in mail.outbox if each.to == [SARA]]
    assert ticket.number in message.subject
    assert "an answer in less than 1 h" in message.body
    assert "11:00" in message.body


def test_a_receipt_says_that_nothing_is_promised(requester, deliver_all):
    requester.language = "en"
    requester.save()
    organization = requester.memberships.get().organization
    organization.plan = make_organization("Developer", plan="developer").plan
    organization.save()
    make_ticket(requester, priority="critical")

    deliver_all(NOW)

    [message] = mail.outbox
    assert "promises no response time" in message.body


def test_receipts_can_be_switched_off_and_other_news_stays(requester, agent, deliver_all):
    services.choose(requester, "email", wanted=[], unwanted=[Topic.RECEIPTS])
    make_ticket(requester)
    make_ticket(requester, opened_by=agent, title="برای شما")

    deliver_all(NOW)

    [message] = [each for each in mail.outbox if each.to == [SARA]]
    assert "برای شما" in message.subject


def test_a_receipt_is_no_news_on_the_bell_and_an_alert_is(requester, agent):
    make_ticket(requester)

    unread = Notification.objects.filter(channel="bell", read_at=None)
    assert [row.recipient for row in unread] == [agent]


def test_a_colleague_of_a_restricted_organization_has_no_receipt_of_it(
    requester, colleague, deliver_all
):
    make_ticket(requester)

    deliver_all(NOW)

    assert {tuple(message.to) for message in mail.outbox} == {(SARA,)}


def test_the_bell_needs_nothing_to_be_sent(requester, agent):
    make_ticket(requester)

    rows = Notification.objects.filter(channel="bell")
    assert {(row.state, row.sent_at) for row in rows} == {("sent", NOW)}
    assert "bell" not in set(Notification.objects.pending().values_list("channel", flat=True))


def test_who_switched_a_topic_off_has_no_row_on_the_bell(requester, agent, second_agent):
    services.choose(agent, "bell", wanted=[], unwanted=[Topic.NEW_TICKETS])

    ticket = make_ticket(requester)

    assert alerted(ticket, "bell") == {SECOND}
    assert alerted(ticket) == {AGENT, SECOND}


def test_a_row_on_the_bell_does_not_count_as_reached_when_every_mail_failed(
    requester, agent, settings
):
    ticket = tickets.reply_as_agent(
        make_ticket(requester), actor=agent, content=tickets.NewMessage("پاسخ"), now=SOON
    )
    row = Notification.objects.get(event__kind="agent_replied", channel="email")
    services._give_up(row, "550 no such user", now=SOON)

    assert Ticket.objects.get(pk=ticket.pk).auto_close_held_at is not None


def test_only_staff_are_on_duty(requester):
    with pytest.raises(ValueError, match="staff"):
        people.change_presence(requester, False)


def test_presence_leaves_no_line_in_the_history_of_a_person(agent):
    before = agent.history.count()

    people.change_presence(make_agent("third@helpdesk.example"), False)
    people.change_presence(agent, False)

    assert agent.history.count() == before
