"""Which promise is meant: an answer, or to have the ticket closed. No page or letter mixes them."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from notifications.channels.email.channel import channel as email
from notifications.models import Notification
from tests.factories import NOW, make_content, make_promised_plan, make_ticket
from tickets import services
from tickets.conversation.entries import conversation
from tickets.due.badge import due_badge, resolution_badge, response_badge
from tickets.due.card import clock_card
from tickets.models import Event, Ticket
from tickets.portal.standing import standing

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def at(hours):
    return NOW + hours * HOUR


def read(ticket):
    return Ticket.objects.with_people().get(pk=ticket.pk)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def ticket(requester, organization):
    """An answer within 2 hours and a resolution within 10; of low only the resolution, in 40."""
    organization.plan = make_promised_plan(
        organization, normal=2 * HOUR, resolution={"normal": 10 * HOUR, "low": 40 * HOUR}
    )
    organization.save()
    return make_ticket(requester)


@pytest.fixture
def answer(agent):
    def send(ticket, now, then="wait"):
        return services.reply_as_agent(
            ticket, actor=agent, content=make_content(), then=then, now=now
        )

    return send


def test_the_customer_reads_by_when_an_answer_comes_and_by_when_it_is_resolved(ticket):
    next_step = standing(read(ticket), at(1))

    assert next_step.heading == "You get an answer before today 12:00"
    assert "It must be resolved before today 20:00." in next_step.text


def test_a_resolution_is_no_promise_of_an_answer(requester, ticket):
    low = make_ticket(requester, priority="low")

    next_step = standing(read(low), at(1))

    assert next_step.heading == "Support will answer you"
    assert next_step.text.startswith("No response time is promised here.")
    assert "resolved before Mon 4 May 02:00" in next_step.text


def test_answered_the_resolution_is_what_is_still_promised(ticket, answer):
    ticket = answer(ticket, at(1), then="work")

    next_step = standing(read(ticket), at(3))

    assert "answer" not in next_step.heading
    assert next_step.text == "It must be resolved before today 20:00."


def test_a_missed_resolution_is_shown_as_one(ticket, answer):
    ticket = answer(ticket, at(1), then="work")

    assert standing(read(ticket), at(11)).text.startswith("It should have been resolved before")


def test_the_badge_of_a_list_says_which_due_it_is(ticket, answer):
    before = due_badge(read(ticket), at(1))
    after = due_badge(read(answer(ticket, at(1), then="work")), at(1))

    assert (before.at_text, after.at_text) == ("today 12:00", "today 20:00 · resolution")


def test_the_details_show_each_promise_by_itself(ticket, answer):
    ticket = answer(ticket, at(1))

    shown = read(ticket)
    assert response_badge(shown, at(2)).text == "in 1 h"
    assert (resolution_badge(shown, at(2)).kind, resolution_badge(shown, at(2)).text) == (
        "paused",
        "paused, 9 h left",
    )


def test_without_a_resolution_target_none_is_shown(requester, other_organization, outsider):
    plain = make_ticket(outsider)

    assert resolution_badge(read(plain), at(1)) is None


def test_the_agents_card_shows_both_clocks_and_a_pause(ticket, answer):
    both = clock_card(read(ticket), at(1))
    paused = clock_card(read(answer(ticket, at(1))), at(5))

    assert [(clock.label, clock.text) for clock in both["running"]] == [
        ("First response", "1 h left"),
        ("Resolution", "9 h left"),
    ]
    only = paused["running"][0]
    assert (only.kind, only.text, only.left) == ("paused", "Paused, 9 h left", 90)
    assert [clock.label for clock in paused["ended"]] == ["First response"]


def test_the_card_shows_how_a_resolution_ended(ticket, answer):
    ticket = answer(ticket, at(12), then="close")

    ended = {clock.label: clock.badge.text for clock in clock_card(read(ticket), at(13))["ended"]}

    assert ended == {"First response": "10 h late", "Resolution": "2 h late"}


def test_history_and_letters_say_which_promise_fell(ticket, answer, agent):
    ticket = answer(ticket, at(1), then="work")
    services.scan_clocks(now=at(8))
    services.scan_clocks(now=at(11))
    agent.language = "en"

    lines = [entry.text for entry in conversation(read(ticket), agent, now=at(12))]
    texts = []
    for event in ticket.events.filter(kind__in=[Event.Kind.DUE_SOON, Event.Kind.BREACHED]):
        row = Notification(pk=1, event=event, ticket=ticket, recipient=agent, channel="email")
        texts.append(email.compose(row, now=at(12)).text)

    assert "The resolution is due soon" in lines
    assert "The due time of the resolution has passed" in lines
    assert "It must be closed before Saturday, 2 May 2026, 20:00." in texts[0]
    assert "is not resolved yet" in texts[1]
    assert "answer" not in texts[1].partition("Answers to this e-mail")[0]
