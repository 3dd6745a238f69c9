"""Opening tickets, forms sent twice, limits, and people and organizations that may no longer."""

from datetime import timedelta

import pytest

from organizations import services as organizations
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_ticket,
)
from tickets import services
from tickets.errors import TicketError, TooMany
from tickets.models import Event, Message, Ticket

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def last_event(ticket):
    return ticket.events.last()


# --- Opening ------------------------------------------------------------------------------------


def test_a_new_ticket_waits_with_its_description_as_the_first_message(requester):
    ticket = make_ticket(requester, description="از صبح قطع است.")

    message = ticket.messages.get()
    assert (message.body, message.author, message.kind) == ("از صبح قطع است.", requester, "public")
    assert message.is_waiting
    assert ticket.waiting_since == ticket.public_updated_at == ticket.last_public_message_at == NOW
    assert ticket.status == "awaiting_response"
    assert ticket.assignee is None
    assert [event.kind for event in ticket.events.all()] == [Event.Kind.OPENED]


def test_an_agent_opens_for_a_member_and_is_not_made_assignee(requester, agent):
    ticket = make_ticket(requester, opened_by=agent)

    assert (ticket.requester, ticket.opened_by, ticket.assignee) == (requester, agent, None)
    assert ticket.is_filed_for_requester
    assert ticket.messages.get().author == requester
    assert last_event(ticket).actor == agent
    assert ticket.clocks.get().kind == "first_response"


def test_a_member_opens_for_nobody_else(requester, colleague):
    with pytest.raises(TicketError):
        make_ticket(requester, opened_by=colleague)


def test_nobody_opens_in_an_organization_of_others(outsider, organization):
    with pytest.raises(TicketError):
        make_ticket(outsider, organization=organization)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " \n"},
        {"description": " \t"},
        {"category": "gossip"},
        {"priority": "huge"},
        {"priority": ""},
    ],
    ids=str,
)
def test_a_draft_that_says_too_little_leaves_nothing_behind(wrong, requester):
    with pytest.raises(TicketError):
        make_ticket(requester, **wrong)

    assert not Ticket.objects.exists()


def test_a_member_files_no_more_than_an_hour_allows(requester, settings):
    settings.TICKETS_PER_HOUR = 2
    make_ticket(requester)
    make_ticket(requester)

    with pytest.raises(TooMany):
        make_ticket(requester, now=NOW + HOUR - timedelta(seconds=1))

    assert make_ticket(requester, now=NOW + HOUR)


def test_a_member_writes_no_more_than_an_hour_allows(requester, colleague, settings):
    settings.MESSAGES_PER_HOUR = 2
    ticket = make_ticket(requester)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)

    with pytest.raises(TooMany):
        services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)

    assert services.reply_as_customer(ticket, actor=colleague, content=make_content(), now=NOW)


# --- A suspended organization, people who left --------------------------------------------------


@pytest.mark.parametrize("signs_in_again", [True, False])
def test_a_suspended_organization_does_not_write(
    signs_in_again, requester, organization, agent, admin
):
    ticket = make_awaiting_customer(requester, agent)
    organizations.suspend(organization, actor=admin, now=NOW)

    member = again(requester) if signs_in_again else requester
    for act in (
        lambda: make_ticket(member),
        lambda: services.reply_as_customer(ticket, actor=member, content=make_content(), now=NOW),
        lambda: services.close_by_customer(ticket, actor=member, now=NOW),
        lambda: services.change_priority(
            ticket, actor=member, priority="high", reason="زود", now=NOW
        ),
    ):
        with pytest.raises(TicketError):
            act()

    assert again(ticket).version == ticket.version


def test_agents_still_work_for_a_suspended_organization(requester, organization, agent, admin):
    ticket = make_ticket(requester)
    organizations.suspend(organization, actor=admin, now=NOW)

    answered = services.reply_as_agent(ticket, actor=agent, content=make_content(), now=LATER)

    assert answered.status == "awaiting_customer"


def test_a_deactivated_agent_is_cleared_from_every_open_ticket_with_an_event_each(
    requester, agent, second_agent, admin
):
    working = services.accept(make_ticket(requester), actor=agent, now=NOW)
    waiting = make_awaiting_customer(requester, agent)
    closed = make_closed(requester, agent)
    others = services.accept(make_ticket(requester), actor=second_agent, now=NOW)

    organizations.deactivate(agent, actor=admin, now=LATER)

    facts = [(again(each).status, again(each).assignee) for each in (working, waiting)]
    assert facts == [("awaiting_response", None), ("awaiting_customer", None)]
    for ticket in (working, waiting):
        event = last_event(ticket)
        assert (event.kind, event.actor, event.created_at) == ("assigned", admin, LATER)
        assert event.changes["assignee"] == [agent.pk, None]
    assert again(closed).version == closed.version
    assert again(others).assignee == second_agent


@pytest.mark.parametrize("way", ["click", "message", "reopen and send"])
def test_a_ticket_that_comes_back_does_not_go_to_an_agent_who_is_gone(
    way, requester, agent, second_agent, admin
):
    ticket = make_closed(requester, agent)
    organizations.deactivate(agent, actor=admin, now=NOW)
    content = make_content()

    if way == "click":
        services.reopen(ticket, actor=requester, now=LATER)
    elif way == "message":
        services.reply_as_customer(
            ticket, actor=requester, content=content, intent="problem", now=LATER
        )
    else:
        services.reply_as_agent(
            ticket, actor=second_agent, content=content, reopening=True, now=LATER
        )

    new = second_agent if way == "reopen and send" else None
    assert again(ticket).assignee == new
    assert last_event(ticket).changes["assignee"] == [agent.pk, new and new.pk]


def test_an_agent_who_was_just_deactivated_takes_nothing_up(requester, agent, admin):
    ticket = make_ticket(requester)
    organizations.deactivate(agent, actor=admin, now=NOW)

    for act in (
        lambda: services.accept(ticket, actor=agent, now=NOW),
        lambda: services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW),
        lambda: services.assign(ticket, actor=admin, to=agent, now=NOW),
    ):
        with pytest.raises(TicketError):
            act()

    assert again(ticket).assignee is None


# --- Forms sent twice ---------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_ticket(requester, agent, form_key):
    first = make_ticket(requester, form_key=form_key)

    assert make_ticket(requester, form_key=form_key, now=LATER) == first
    assert Ticket.objects.count() == 1
    assert first.events.count() == 1


def test_the_same_form_sent_twice_makes_one_message_of_each_kind(requester, agent, form_key):
    ticket = make_ticket(requester)
    content = make_content(form_key=form_key)

    for _again in range(2):
        services.reply_as_customer(ticket, actor=requester, content=content, now=LATER)
        services.reply_as_agent(ticket, actor=agent, content=content, now=LATER)

    assert ticket.messages.count() == 3
    assert ticket.events.count() == 3
    assert again(ticket).status == "awaiting_customer"


def test_a_note_sent_twice_is_one_note(requester, agent, form_key):
    ticket = make_ticket(requester)
    content = make_content(form_key=form_key)

    for _again in range(2):
        services.add_note(ticket, actor=agent, content=content, now=LATER)

    assert ticket.messages.filter(kind=Message.Kind.NOTE).count() == 1
