"""Putting tickets away: which, until when, what brings them back, and where to."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_ticket,
)
from tickets import services
from tickets.choices import Band, Woken
from tickets.errors import StaleTicket, TicketClosed, TicketError
from tickets.event_types import type_of
from tickets.models import Event, Team, Ticket

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def snoozed(ticket, agent):
    """In progress by the agent, who put it away until tomorrow."""
    services.accept(ticket, actor=agent, now=NOW)
    return services.snooze(ticket, actor=agent, until=NOW + HOUR, now=NOW)


def latest(ticket):
    return ticket.events.order_by("-pk").first()


def assert_back(ticket, cause, *, is_marked=True):
    ticket = again(ticket)
    assert not ticket.is_snoozed
    assert bool(ticket.returned_at) is is_marked
    assert latest(ticket).changes["woken"] == cause
    return ticket


def test_a_snoozed_ticket_is_in_a_band_of_its_own_and_its_clock_runs_on(snoozed, agent):
    ticket = again(snoozed)

    assert (ticket.queue_band, ticket.queue_at) == (Band.SNOOZED, NOW + HOUR)
    assert ticket.snoozed_by == agent
    assert ticket.due_at is not None
    assert ticket.clocks.running().exists()
    event = latest(ticket)
    assert (event.kind, event.actor, event.is_public) == (Event.Kind.SNOOZED, agent, False)


def test_it_has_left_the_open_lists_and_take_next(snoozed, agent):
    everything = Ticket.objects.all()
    counted = everything.views_counted(NOW) | everything.mine_counted(agent)

    assert not everything.open().awake().exists()
    assert counted["snoozed"].get() == snoozed
    assert not counted["mine"].exists()
    assert not counted["open"].exists()


def test_take_next_and_automatic_assignment_pass_it_over(ticket, agent, second_agent):
    team = Team.objects.create(name="Network", assigns_automatically=True, created_at=NOW)
    team.members.create(user=second_agent)
    Ticket.objects.update(team=team)
    services.snooze(ticket, actor=agent, until=NOW + HOUR, now=NOW)

    assert services.take_next(Ticket.objects.all(), actor=second_agent, now=NOW) is None
    assert services.assign_automatically(NOW) == 0


def test_a_scan_before_its_time_brings_nothing_back_and_a_late_one_does(snoozed):
    assert services.return_snoozed(NOW + HOUR - MINUTE) == 0
    assert services.return_snoozed(NOW + 2 * HOUR) == 1
    assert services.return_snoozed(NOW + 2 * HOUR) == 0

    ticket = assert_back(snoozed, Woken.TIME)
    assert (ticket.queue_band, ticket.queue_at) == (Band.RETURNED, NOW + 2 * HOUR)
    assert ticket.events.filter(kind=Event.Kind.WOKEN).count() == 1
    assert Ticket.objects.open().in_queue_order().first() == ticket


def test_until_the_next_message_it_stays_for_ninety_days_at_most(ticket, agent):
    services.snooze(ticket, actor=agent, until=None, now=NOW)

    ticket = again(ticket)
    assert ticket.snoozed_for_message
    assert ticket.snoozed_until == NOW + 90 * DAY


def test_a_customers_message_brings_it_back(snoozed, requester):
    services.reply_as_customer(
        snoozed, actor=requester, content=make_content(), intent="problem", now=NOW + MINUTE
    )

    ticket = assert_back(snoozed, Woken.MESSAGE)
    assert latest(ticket).kind == Event.Kind.CUSTOMER_REPLIED


def test_a_raised_priority_of_a_customer_brings_it_back(snoozed, requester):
    reason = "همه ایستاده‌اند."
    services.change_priority(snoozed, actor=requester, priority="high", reason=reason, now=NOW)

    assert_back(snoozed, Woken.MESSAGE)


def test_due_soon_brings_it_back(requester, agent):
    ticket = make_ticket(requester, priority="normal")
    services.snooze(ticket, actor=agent, until=NOW + 30 * DAY, now=NOW)
    soon = again(ticket).due_soon_at

    services.scan_clocks(soon)

    assert_back(ticket, Woken.DUE_SOON)


def test_what_is_put_away_while_due_soon_comes_back_overdue(requester, agent):
    ticket = make_ticket(requester, priority="normal")
    soon, due = again(ticket).due_soon_at, again(ticket).due_at
    services.scan_clocks(soon)
    services.snooze(ticket, actor=agent, until=NOW + 30 * DAY, now=soon)

    services.scan_clocks(due)

    ticket = assert_back(ticket, Woken.OVERDUE)
    assert latest(ticket).kind == Event.Kind.BREACHED


def test_handed_on_it_comes_back_for_its_new_assignee(snoozed, agent, second_agent):
    services.assign(snoozed, actor=agent, to=second_agent, now=NOW)

    assert_back(snoozed, Woken.HANDED_ON)


def test_who_takes_it_over_is_not_shown_that_it_is_back(snoozed, agent, second_agent):
    services.accept(snoozed, actor=second_agent, take_over_from=agent, now=NOW)

    assert_back(snoozed, Woken.HANDED_ON, is_marked=False)


@pytest.mark.parametrize("then", ["wait", "close"])
def test_what_is_no_longer_ours_is_no_longer_snoozed(snoozed, agent, then):
    services.reply_as_agent(
        snoozed, actor=agent, content=make_content(), then=then, now=NOW + MINUTE
    )

    assert_back(snoozed, Woken.MOVED, is_marked=False)


def test_notes_and_a_reply_after_which_work_goes_on_leave_it_where_it_is(snoozed, agent):
    services.add_note(snoozed, actor=agent, content=make_content(), now=NOW)
    services.reply_as_agent(snoozed, actor=agent, content=make_content("a"), then="work", now=NOW)

    assert again(snoozed).is_snoozed


def test_a_customer_who_closes_it_ends_that(snoozed, requester):
    services.close_by_customer(snoozed, actor=requester, now=NOW)

    assert_back(snoozed, Woken.MOVED, is_marked=False)


def test_an_agent_takes_it_out_by_hand_once(snoozed, second_agent):
    services.wake(snoozed, actor=second_agent, now=NOW)
    services.wake(snoozed, actor=second_agent, now=NOW)

    ticket = assert_back(snoozed, Woken.BY_HAND, is_marked=False)
    assert ticket.events.filter(kind=Event.Kind.WOKEN).count() == 1


def test_pressed_twice_it_is_put_away_once(ticket, agent):
    version = again(ticket).version
    for seconds in (0, 1):
        services.snooze(
            ticket,
            actor=agent,
            until=NOW + HOUR + timedelta(seconds=seconds),
            seen_version=version,
            now=NOW + timedelta(seconds=seconds),
        )

    assert ticket.events.filter(kind=Event.Kind.SNOOZED).count() == 1


def test_another_time_from_the_same_old_page_is_not_dropped_silently(ticket, agent):
    version = again(ticket).version
    services.snooze(ticket, actor=agent, until=NOW + HOUR, seen_version=version, now=NOW)

    with pytest.raises(StaleTicket):
        services.snooze(ticket, actor=agent, until=NOW + DAY, seen_version=version, now=NOW)


def test_an_agent_puts_it_away_until_another_time(snoozed, second_agent):
    services.snooze(snoozed, actor=second_agent, until=NOW + DAY, now=NOW)

    ticket = again(snoozed)
    assert (ticket.snoozed_until, ticket.snoozed_by) == (NOW + DAY, second_agent)


@pytest.mark.parametrize("until", [NOW - DAY, NOW, NOW + 91 * DAY, NOW + 3650 * DAY])
def test_a_time_that_has_passed_or_is_too_far_away_is_refused(ticket, agent, until):
    with pytest.raises(TicketError) as refused:
        services.snooze(ticket, actor=agent, until=until, now=NOW)

    assert refused.value.code == "when"
    assert not again(ticket).is_snoozed


def test_what_is_overdue_is_not_put_away(ticket, agent):
    due = again(ticket).due_at

    with pytest.raises(TicketError):
        services.snooze(ticket, actor=agent, until=due + HOUR, now=due)


def test_only_what_is_ours_to_handle_is_put_away(requester, agent):
    with pytest.raises(TicketClosed):
        services.snooze(make_closed(requester, agent), actor=agent, until=None, now=NOW)
    with pytest.raises(TicketError):
        services.snooze(make_awaiting_customer(requester, agent), actor=agent, until=None, now=NOW)


def test_no_customer_puts_it_away(ticket, requester):
    with pytest.raises(TicketError):
        services.snooze(ticket, actor=requester, until=None, now=NOW)


def test_opened_by_its_assignee_a_returned_one_goes_to_its_ordinary_place(
    snoozed, agent, second_agent
):
    services.return_snoozed(NOW + HOUR)
    events, version = snoozed.events.count(), again(snoozed).version

    services.see_returned(snoozed, actor=second_agent)
    assert again(snoozed).queue_band == Band.RETURNED
    services.see_returned(snoozed, actor=agent)

    ticket = again(snoozed)
    assert (ticket.queue_band, ticket.returned_at) == (Band.DUE, None)
    assert (ticket.events.count(), ticket.version) == (events, version)


def test_what_an_agent_does_with_a_returned_one_takes_its_mark_away(snoozed, second_agent):
    services.return_snoozed(NOW + HOUR)

    services.add_note(snoozed, actor=second_agent, content=make_content(), now=NOW + HOUR)

    assert again(snoozed).returned_at is None


def test_customers_read_nothing_of_it(snoozed, requester):
    services.return_snoozed(NOW + HOUR)

    kinds = {Event.Kind.SNOOZED, Event.Kind.WOKEN}
    assert not snoozed.events.filter(kind__in=kinds, is_public=True).exists()
    assert again(snoozed).public_updated_at == NOW


def test_the_history_says_who_put_it_away_and_what_brought_it_back(snoozed, agent, requester):
    services.reply_as_customer(
        snoozed, actor=requester, content=make_content(), intent="problem", now=NOW + MINUTE
    )
    names = {agent.pk: str(agent)}
    with override("en"):
        sentences = [
            type_of(event.kind).sentence(event, names, for_agent=True)
            for event in snoozed.events.order_by("pk")
        ][-2:]

    assert sentences[0].startswith(f"{agent} snoozed the ticket until ")
    assert sentences[1] == "no longer snoozed"


def test_the_database_refuses_a_snooze_of_nobody(ticket):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=NOW)
