"""Putting a ticket away at the same instant as something else: real threads, real PostgreSQL."""

from datetime import timedelta

import pytest

from tests.factories import NOW, again, make_content
from tests.tickets.services.test_races import at_once
from tickets import services
from tickets.choices import Band
from tickets.errors import StaleTicket
from tickets.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_of_two_agents_who_put_it_away_at_once_one_is_refused(ticket, agent, second_agent):
    version = again(ticket).version
    outcomes = at_once(
        *(
            lambda who=who, until=until: services.snooze(
                ticket, actor=who, until=NOW + until, seen_version=version, now=NOW
            )
            for who, until in ((agent, HOUR), (second_agent, DAY))
        )
    )

    assert sum(isinstance(each, StaleTicket) for each in outcomes) == 1
    assert ticket.events.filter(kind=Event.Kind.SNOOZED).count() == 1


def test_pressed_twice_at_once_it_is_put_away_once(ticket, agent):
    version = again(ticket).version
    outcomes = at_once(
        *(
            lambda: services.snooze(
                ticket, actor=agent, until=NOW + HOUR, seen_version=version, now=NOW
            )
            for _ in range(2)
        )
    )

    assert outcomes == [ticket, ticket]
    assert ticket.events.filter(kind=Event.Kind.SNOOZED).count() == 1


def test_a_message_that_meets_the_snooze_is_never_hidden(ticket, agent, requester):
    """Made from a page without the message, the snooze comes first or is refused."""
    version = again(ticket).version
    at_once(
        lambda: services.snooze(ticket, actor=agent, until=None, seen_version=version, now=NOW),
        lambda: services.reply_as_customer(
            ticket, actor=requester, content=make_content(), intent="problem", now=NOW
        ),
    )

    assert again(ticket).queue_band != Band.SNOOZED


def test_the_scan_and_a_press_bring_it_back_once(ticket, agent):
    services.snooze(ticket, actor=agent, until=NOW + HOUR, now=NOW)
    at_once(
        lambda: services.return_snoozed(NOW + HOUR),
        lambda: services.return_snoozed(NOW + HOUR),
        lambda: services.wake(ticket, actor=agent, now=NOW + HOUR),
    )
    services.return_snoozed(NOW + HOUR)

    assert not again(ticket).is_snoozed
    assert ticket.events.filter(kind=Event.Kind.WOKEN).count() == 1
