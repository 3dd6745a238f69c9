"""Who is notified of what happens to a ticket."""

from datetime import timedelta

import pytest

from notifications.models import Notification
from notifications.services import plan_notifications
from organizations.models import Role
from tests.factories import NOW, make_agent, make_member
from tickets import services
from tickets.models import Event, Watcher

SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(minutes=10)
SARA, NIMA = "sara@pars.example", "nima@pars.example"
AGENT, SECOND, SUPERVISOR = (
    "agent@helpdesk.example",
    "agent2@helpdesk.example",
    "supervisor@helpdesk.example",
)


def content(body="متن"):
    return services.NewMessage(body)


@pytest.fixture
def watcher(ticket, colleague, requester):
    return Watcher.objects.create(
        ticket=ticket, user=colleague, added_by=requester, added_at=NOW
    ).user


def test_whoever_opens_a_ticket_is_sent_a_receipt(new_ticket, notified):
    assert notified(new_ticket, "opened") == {SARA}


def test_the_requester_is_notified_of_a_ticket_filed_for_them(
    requester, organization, agent, draft, notified
):
    ticket = services.open_ticket(
        requester=requester, opened_by=agent, organization=organization, draft=draft, now=NOW
    )

    assert notified(ticket, "opened") == {SARA}


def test_requester_and_watchers_are_notified_of_every_status_change(
    ticket, watcher, agent, notified
):
    services.accept(ticket, actor=agent, now=SOON)
    services.release(ticket, actor=agent, now=LATER)

    assert notified(ticket, "accepted") == {NIMA, SARA}
    assert notified(ticket, "released") == {NIMA, SARA}


def test_requester_and_watchers_are_notified_of_a_public_reply(ticket, watcher, agent, notified):
    services.reply_as_agent(ticket, actor=agent, content=content(), now=SOON)

    assert notified(ticket, "agent_replied") == {NIMA, SARA}


def test_nobody_is_notified_of_an_internal_note(ticket, watcher, agent, second_agent):
    services.add_note(ticket, actor=agent, content=content("محرمانه"), now=SOON)

    assert not Notification.objects.exists()


def test_the_other_side_and_the_watchers_are_notified_of_a_customers_message(
    ticket, watcher, agent, second_agent, requester, notified
):
    services.accept(ticket, actor=agent, now=SOON)

    services.reply_as_customer(ticket, actor=requester, content=content(), now=LATER)

    assert notified(ticket, "customer_replied") == {AGENT, NIMA}


def test_a_message_on_a_ticket_of_nobody_waits_in_the_queue(ticket, agent, requester, notified):
    services.reply_as_customer(ticket, actor=requester, content=content(), now=SOON)

    assert notified(ticket, "customer_replied") == set()


def test_nobody_is_notified_of_just_thanks(ticket, watcher, agent, requester, notified):
    services.reply_as_agent(ticket, actor=agent, content=content(), then="close", now=SOON)

    services.reply_as_customer(
        ticket, actor=requester, content=content(), intent="thanks", now=LATER
    )

    assert notified(ticket, "customer_thanked") == set()


def test_assignee_and_watchers_are_notified_of_a_close_by_the_customer(
    ticket, watcher, agent, requester, notified
):
    services.accept(ticket, actor=agent, now=SOON)

    services.close_by_customer(ticket, actor=requester, now=LATER)

    assert notified(ticket, "closed_by_customer") == {AGENT, NIMA}


def test_the_customer_is_notified_of_a_lowered_priority(ticket, agent, notified):
    services.change_priority(ticket, actor=agent, priority="low", reason="کم‌اهمیت", now=SOON)

    assert notified(ticket, "priority_changed") == {SARA}


def test_a_category_is_nobodys_news(ticket, agent, notified):
    services.change_category(ticket, actor=agent, category="sales", now=SOON)

    assert notified(ticket, "category_changed") == set()


@pytest.mark.parametrize("who", ["requester", "agent"])
def test_a_new_watcher_is_notified_of_being_one_and_nobody_else_is(
    request, ticket, watcher, organization, notified, who
):
    third = make_member(organization, "elham@pars.example")
    actor = request.getfixturevalue(who)

    services.add_watchers(ticket, actor=actor, people=[third.pk, watcher.pk], now=SOON)
    assert notified(ticket, "watchers_changed") == {"elham@pars.example"}

    services.remove_watcher(ticket, actor=actor, person=third.pk, now=LATER)
    assert notified(ticket, "watchers_changed") == {"elham@pars.example"}


def test_whoever_watches_by_their_own_choice_is_not_notified_of_it(ticket, colleague, notified):
    services.add_watchers(ticket, actor=colleague, people=[colleague.pk], now=SOON)

    assert notified(ticket, "watchers_changed") == set()


def test_both_agents_and_no_customer_are_notified_of_a_handover(
    ticket, agent, second_agent, supervisor, notified
):
    services.accept(ticket, actor=agent, now=SOON)

    services.assign(ticket, actor=supervisor, to=second_agent, now=LATER)

    assert notified(ticket, "assigned") == {AGENT, SECOND}


def test_the_agent_who_had_the_ticket_is_notified_of_taking_over(
    ticket, agent, second_agent, notified
):
    services.reply_as_agent(ticket, actor=agent, content=content(), now=SOON)
    services.reply_as_customer(ticket, actor=ticket.requester, content=content(), now=SOON)

    services.accept(ticket, actor=second_agent, take_over_from=agent, now=LATER)

    assert notified(ticket, "accepted") == {AGENT, SARA}


def test_only_its_agent_is_notified_when_a_ticket_in_progress_is_taken_over(
    ticket, agent, second_agent, notified
):
    services.accept(ticket, actor=agent, now=SOON)

    services.accept(ticket, actor=second_agent, take_over_from=agent, now=LATER)

    assert notified(ticket, "assigned") == {AGENT}


def test_a_clock_of_nobodys_ticket_alerts_all_agents_and_at_a_breach_the_supervisors(
    ticket, agent, second_agent, supervisor, notified
):
    services.scan_clocks(now=ticket.due_soon_at)
    services.scan_clocks(now=ticket.due_at)

    assert notified(ticket, "due_soon") == {AGENT, SECOND, SUPERVISOR}
    assert notified(ticket, "breached") == {AGENT, SECOND, SUPERVISOR}


def test_a_clock_of_an_accepted_ticket_alerts_its_assignee(
    ticket, agent, second_agent, supervisor, notified
):
    services.accept(ticket, actor=agent, now=SOON)

    services.scan_clocks(now=ticket.due_soon_at)
    services.scan_clocks(now=ticket.due_at)

    assert notified(ticket, "due_soon") == {AGENT}
    assert notified(ticket, "breached") == {AGENT, SUPERVISOR}


def test_a_requester_who_left_is_replaced_by_the_watchers(ticket, watcher, agent, notified):
    ticket.requester.memberships.all().delete()

    services.accept(ticket, actor=agent, now=SOON)

    assert notified(ticket, "accepted") == {NIMA}


def test_a_requester_who_left_without_watchers_is_replaced_by_the_owners(
    ticket, organization, colleague, agent, notified
):
    make_member(organization, "owner@pars.example", role=Role.OWNER)
    ticket.requester.memberships.all().delete()

    services.accept(ticket, actor=agent, now=SOON)

    assert notified(ticket, "accepted") == {"owner@pars.example"}


def test_inactive_people_are_not_notified(ticket, watcher, agent, notified):
    watcher.is_active = False
    watcher.save()
    make_agent("gone@helpdesk.example", is_active=False)

    services.accept(ticket, actor=agent, now=SOON)

    assert notified(ticket, "accepted") == {SARA}


def test_the_reminder_of_the_close_goes_to_the_customers(ticket, watcher, agent, notified):
    services.reply_as_agent(ticket, actor=agent, content=content(), now=SOON)

    services.remind_of_close(now=SOON + timedelta(hours=24))

    assert notified(ticket, "close_reminded") == {NIMA, SARA}


def test_the_customers_are_notified_of_the_automatic_close(ticket, watcher, agent, notified):
    services.reply_as_agent(ticket, actor=agent, content=content(), now=SOON)

    services.close_due(now=SOON + timedelta(hours=48))

    assert notified(ticket, "closed_automatically") == {NIMA, SARA}


def test_many_events_at_once_cost_as_many_queries_as_one(
    requester, organization, agent, django_assert_num_queries, draft
):
    for _ in range(5):
        opened = services.open_ticket(
            requester=requester,
            opened_by=requester,
            organization=organization,
            draft=draft,
            now=NOW,
        )
        services.reply_as_agent(opened, actor=agent, content=content(), now=SOON)
    replies = list(Event.objects.filter(kind="agent_replied").select_related("ticket"))
    Notification.objects.all().delete()

    # Followers with their choices, and the rows: one by mail and one on the bell for each.
    with django_assert_num_queries(2):
        plan_notifications(replies)

    assert Notification.objects.count() == 10
