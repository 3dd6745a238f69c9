"""A fault that monitoring reports has one ticket, whatever comes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.models import Notification
from organizations.models import Membership, Role
from tests.factories import NOW, again, make_content, make_member
from tickets import services
from tickets.conversation.entries import conversation
from tickets.errors import TicketError, TooMany
from tickets.models import Alert, Clock, Event, Message, Ticket
from tickets.services import AlertReport, Outcome

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REPORT = AlertReport("Prometheus", "9b2a", True, "Disk of db1 is full", "3 % left", starts_at=NOW)


@pytest.fixture
def monitor(organization):
    """The member that the key of the monitoring acts as."""
    return make_member(organization, "monitor@key.invalid", is_service=True)


@pytest.fixture
def receive(organization, monitor):
    """Receive REPORT with these changes, so long after NOW."""

    def received(after=timedelta(0), *, actor=monitor, may_close=False, requester=None, **changes):
        report = replace(REPORT, **changes)
        return services.receive_alert(
            report,
            actor=actor,
            organization=organization,
            requester=requester,
            may_close=may_close,
            now=NOW + after,
        )

    return received


def test_a_fault_opens_a_ticket_and_is_counted_from_then_on(receive, monitor, requester):
    outcome, ticket = receive()
    notified = Notification.objects.count()
    version, due = ticket.version, ticket.due_at
    later = [receive(number * HOUR) for number in range(1, 10)]

    assert outcome == Outcome.OPENED
    assert {each[0] for each in later} == {Outcome.COUNTED}
    assert Ticket.objects.get() == ticket == later[0][1]
    assert (ticket.requester, ticket.title) == (monitor, "Disk of db1 is full")
    assert Message.objects.get().body == "3 % left"
    assert Event.objects.get().changes["alert"] == "9b2a"
    assert (Alert.objects.get().count, Alert.objects.get().last_at) == (10, NOW + 9 * HOUR)
    assert Notification.objects.count() == notified
    assert (again(ticket).version, again(ticket).due_at) == (version, due)
    texts = [each.text for each in conversation(ticket, requester, now=NOW + DAY)]
    assert any("۱۰" in text for text in texts), texts


def test_its_end_adds_a_message_that_waits_for_nothing(receive, agent):
    _outcome, ticket = receive()
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW + MINUTE)
    before = again(ticket)
    outcome, _ticket = receive(2 * MINUTE, is_firing=False, text="It is over.")
    receive(3 * MINUTE, is_firing=False, text="It is over.")

    after = again(ticket)
    assert outcome == Outcome.RESOLVED
    assert after.last_public_message.body == "It is over."
    assert Event.objects.filter(kind=Event.Kind.ALERT_RESOLVED).count() == 1
    assert (after.status, after.auto_close_at) == (before.status, before.auto_close_at)
    assert (after.due_at, after.waiting_since) == (None, None)
    assert not Clock.objects.alive().filter(ticket=ticket, kind__in=Clock.RESPONSE_KINDS).exists()


def test_its_end_closes_what_nobody_answered_if_the_key_may(receive):
    _outcome, ticket = receive()

    assert receive(MINUTE, is_firing=False, may_close=True)[0] == Outcome.CLOSED
    assert again(ticket).is_closed
    event = Event.objects.get(kind=Event.Kind.ALERT_RESOLVED)
    assert event.closed_ticket
    assert event.message.body
    assert Clock.objects.filter(ticket=ticket, state="withdrawn").exists()


@pytest.mark.parametrize("by", ["agent", "colleague"])
def test_its_end_never_closes_what_somebody_answered(receive, agent, colleague, by):
    _outcome, ticket = receive()
    if by == "agent":
        services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW + MINUTE)
    else:
        services.reply_as_customer(
            ticket, actor=colleague, content=make_content(), now=NOW + MINUTE
        )

    assert receive(2 * MINUTE, is_firing=False, may_close=True)[0] == Outcome.RESOLVED
    assert not again(ticket).is_closed


def test_it_is_never_closed_with_what_was_merged_into_it(receive, organization, monitor, agent):
    _outcome, ticket = receive()
    other = receive(fingerprint="other")[1]
    services.merge_tickets(other, actor=agent, into=ticket, now=NOW + MINUTE)

    outcome, found = receive(2 * MINUTE, is_firing=False, may_close=True)
    merged = receive(3 * MINUTE, fingerprint="other", is_firing=False, may_close=True)

    assert (outcome, found) == (Outcome.RESOLVED, ticket)
    assert merged == (Outcome.RESOLVED, ticket)
    assert again(ticket).messages.count() == 4


def test_firing_again_reopens_the_ticket_within_the_days_of_the_rule(receive):
    _outcome, ticket = receive()
    receive(HOUR, is_firing=False, may_close=True)

    outcome, found = receive(DAY, starts_at=NOW + DAY)

    assert (outcome, found) == (Outcome.REOPENED, ticket)
    assert again(ticket).status == "awaiting_response"
    assert again(ticket).waiting_since == NOW + DAY
    assert again(ticket).last_public_message.body == "Disk of db1 is full\n\n3 % left"


def test_firing_again_after_that_opens_a_ticket_that_follows(receive, settings):
    _outcome, ticket = receive()
    receive(HOUR, is_firing=False, may_close=True)
    later = timedelta(days=settings.REOPEN_WITHIN_DAYS + 1)

    outcome, found = receive(later, starts_at=NOW + later)
    counted = receive(later + HOUR, starts_at=NOW + later)

    assert outcome == Outcome.FOLLOWED_UP
    assert found != ticket
    assert found.links.get().other == ticket
    assert counted == (Outcome.COUNTED, found)


def test_what_people_closed_while_it_fires_stays_closed(receive, requester):
    _outcome, ticket = receive()
    services.close_by_customer(ticket, actor=requester, now=NOW + MINUTE)

    assert receive(HOUR)[0] == Outcome.COUNTED
    assert again(ticket).is_closed
    # A sender that names no beginning is not known to mean the fault of before.
    assert receive(2 * HOUR, starts_at=None)[0] == Outcome.REOPENED


def test_a_fault_that_comes_and_goes_is_no_storm_of_messages(receive):
    _outcome, ticket = receive(starts_at=None)
    for minute in range(1, 51):
        receive(minute * MINUTE, is_firing=minute % 2 == 0, starts_at=None, may_close=True)
        if minute == 3:
            assert again(ticket).is_closed

    assert ticket.messages.count() == 7
    assert not again(ticket).is_closed
    assert Alert.objects.get().count == 26
    # After an hour there is a message again, where the last one is not true any more.
    receive(3 * HOUR, starts_at=None)
    receive(3 * HOUR + MINUTE, is_firing=False, starts_at=None)
    assert again(ticket).messages.order_by("pk").last().is_just_thanks


def test_a_report_that_was_late_changes_nothing(receive):
    _outcome, ticket = receive(starts_at=NOW - MINUTE)
    receive(MINUTE, is_firing=False, starts_at=NOW - MINUTE)

    assert receive(2 * MINUTE, starts_at=NOW - MINUTE)[0] == Outcome.UNCHANGED
    # What is still sent after some minutes does fire.
    assert receive(9 * MINUTE, starts_at=NOW - MINUTE) == (Outcome.WRITTEN, ticket)
    assert receive(10 * MINUTE, is_firing=False, starts_at=NOW - DAY)[0] == Outcome.UNCHANGED
    assert receive(fingerprint="unknown", is_firing=False) == (Outcome.UNCHANGED, None)


def test_a_clock_ahead_of_ours_does_not_keep_it_firing(receive):
    receive(starts_at=NOW + 900 * DAY)

    assert receive(MINUTE, is_firing=False, starts_at=None)[0] == Outcome.RESOLVED


@pytest.mark.parametrize(
    ("plan", "wanted", "given"),
    [
        ("enterprise", "critical", "critical"),
        ("business", "critical", "urgent"),
        ("developer", "critical", "normal"),
        ("developer", "low", "low"),
    ],
)
def test_the_priority_is_the_highest_that_the_plan_promises(
    receive, organization, plan, wanted, given
):
    organization.plan = type(organization.plan).objects.get(key=plan)
    organization.save()

    assert receive(priority=wanted)[1].priority == given


def test_another_organization_has_alerts_of_its_own(receive, outsider, other_organization):
    receive()
    theirs = services.receive_alert(
        REPORT, actor=outsider, organization=other_organization, now=NOW
    )

    assert theirs[0] == Outcome.OPENED
    assert theirs[1].organization == other_organization
    assert receive(MINUTE, source="Uptime Kuma")[0] == Outcome.OPENED


def test_a_key_that_does_not_see_the_ticket_opens_another(receive, organization):
    organization.is_restricted = True
    organization.save()
    _outcome, ticket = receive()
    successor = make_member(organization, "second@key.invalid", is_service=True)

    outcome, found = receive(HOUR, actor=successor)

    assert outcome == Outcome.OPENED
    assert found != ticket
    assert Alert.objects.get().ticket == found


def test_staff_open_it_for_an_owner_and_write_no_answer(receive, organization, agent, requester):
    for_whom = services.requester_for(organization)
    _outcome, ticket = receive(actor=agent, requester=for_whom)
    resolved = receive(MINUTE, actor=agent, is_firing=False)
    back_soon = receive(HOUR, actor=agent, starts_at=NOW + HOUR, text="@supervisor again")

    assert for_whom == requester == ticket.requester
    assert (resolved[0], back_soon[0]) == (Outcome.RESOLVED, Outcome.WRITTEN)
    assert [each.kind for each in ticket.messages.order_by("pk")] == ["public", "note", "note"]
    assert again(ticket).waiting_since == NOW
    assert not Event.objects.filter(changes__has_key="mentioned").exists()
    over = {"is_firing": False, "may_close": True, "starts_at": NOW + HOUR}
    closed = receive(2 * HOUR, actor=agent, **over)
    assert closed[0] == Outcome.CLOSED
    back = receive(DAY, actor=agent, starts_at=NOW + DAY)
    assert back[0] == Outcome.REOPENED
    assert again(ticket).waiting_since == NOW + DAY


def test_what_is_refused_leaves_nothing(receive, organization, monitor, settings):
    settings.TICKETS_PER_HOUR = 1
    receive()
    with pytest.raises(TooMany):
        receive(MINUTE, fingerprint="other")
    Membership.objects.filter(user=monitor).update(role=Role.MEMBER)
    organization.suspended_at = NOW
    organization.save()
    with pytest.raises(TicketError):
        receive(MINUTE)

    assert Alert.objects.get().count == 1
    assert Ticket.objects.count() == 1


def test_customers_learn_of_a_close_by_staff_without_a_name(
    receive, organization, agent, requester
):
    _outcome, ticket = receive(actor=agent, requester=requester)
    receive(MINUTE, actor=agent, is_firing=False, may_close=True)

    texts = " ".join(each.text for each in conversation(ticket, requester, now=NOW + HOUR))
    assert "پشتیبان" in texts
    assert str(agent) not in texts
