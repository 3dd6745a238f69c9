"""Tickets that change hands: transferred with a note, and returned by an absent assignee."""

from datetime import timedelta

import pytest

from notifications.audience import Audience
from organizations import services as people
from plans.models import Calendar
from tests.factories import NOW, again, make_awaiting_customer, make_content, make_ticket
from tests.tickets.services.test_teams import make_team, refused
from tickets import services
from tickets.errors import StaleTicket
from tickets.models import Event, Message

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def mine(requester, agent, supervisor):
    """A ticket in progress of the agent and of their team."""
    make_team(supervisor, agent)
    ticket = make_ticket(requester)
    return services.accept(ticket, actor=agent, now=NOW)


def staff_notified(event):
    event = Event.objects.select_related("ticket").get(pk=event.pk)
    return Audience([event]).of(event) - {event.ticket.requester_id}


def names_of(ticket, kind):
    return [each for each in ticket.events.order_by("pk") if each.kind == kind]


# --- Transfer -------------------------------------------------------------------------------------


def test_a_transfer_to_a_team_frees_the_ticket_with_one_event_and_a_note(
    mine, agent, second_agent, supervisor
):
    second = make_team(supervisor, second_agent, name="Accounts", categories=())
    before = mine.events.count()
    note = make_content("برای بخش مالی است.")

    services.transfer(mine, actor=agent, to=second, note=note, now=NOW + HOUR)

    ticket = again(mine)
    assert (ticket.team, ticket.assignee, ticket.status) == (second, None, "awaiting_response")
    assert ticket.events.count() == before + 1
    event = ticket.events.latest("pk")
    assert event.changes["team"] == ["Network", "Accounts"]
    assert event.message is None
    written = Message.objects.get(pk=event.changes["note"])
    assert (written.is_note, written.body) == (True, note.body)
    assert staff_notified(event) == {second_agent.pk}


def test_a_transfer_to_an_agent_keeps_the_team_and_the_status(mine, agent, second_agent):
    services.transfer(mine, actor=agent, to=second_agent, now=NOW + HOUR)

    ticket = again(mine)
    assert (ticket.assignee, ticket.status) == (second_agent, "in_progress")
    event = ticket.events.latest("pk")
    assert not event.is_public
    assert staff_notified(event) == {second_agent.pk}


def test_only_the_assignee_and_supervisors_transfer(mine, second_agent, supervisor, requester):
    refused("forbidden", services.transfer, mine, actor=second_agent, to=second_agent, now=NOW)
    refused("forbidden", services.transfer, mine, actor=requester, to=second_agent, now=NOW)
    services.transfer(mine, actor=supervisor, to=second_agent, now=NOW)


def test_where_it_cannot_go_is_refused(mine, agent, second_agent, supervisor, requester, admin):
    gone = make_team(supervisor, name="Gone", categories=())
    services.delete_team(gone, actor=supervisor, now=NOW)
    people.deactivate(second_agent, actor=admin, now=NOW)

    for to in (gone, second_agent, requester, agent):
        refused("to", services.transfer, mine, actor=agent, to=to, now=NOW)
    with pytest.raises(StaleTicket):
        services.transfer(mine, actor=agent, to=supervisor, seen_version=0, now=NOW)
    assert not names_of(mine, "transferred")


def test_a_transfer_sent_twice_is_one(mine, agent, supervisor, form_key):
    second = make_team(supervisor, name="Accounts", categories=())
    for note in (make_content("یک", form_key=form_key), None):
        for _time in range(2):
            services.transfer(mine, actor=agent, to=second, note=note, now=NOW)
        if note:
            services.accept(mine, actor=agent, now=NOW)

    assert len(names_of(mine, "transferred")) == 2
    assert mine.messages.filter(kind="note").count() == 1


def test_a_closed_ticket_is_transferred_nowhere(mine, agent, second_agent):
    services.reply_as_agent(mine, actor=agent, content=make_content(), then="close", now=NOW)

    refused("closed", services.transfer, mine, actor=agent, to=second_agent, now=NOW)


# --- Coming back to an absent assignee ------------------------------------------------------------


@pytest.fixture
def answered(requester, agent, supervisor):
    """A ticket of the agent's team that they answered and wait for the customer of."""
    make_team(supervisor, agent)
    return make_awaiting_customer(requester, agent)


def write(ticket, requester, now):
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=now)


def test_an_answer_to_somebody_away_goes_to_the_team_after_ten_minutes(
    answered, requester, agent, second_agent, supervisor
):
    services.edit_team(
        answered.team,
        services.TeamDraft("Network", members=(agent.pk, second_agent.pk)),
        actor=supervisor,
    )
    people.change_presence(agent, False, now=NOW + HOUR)
    write(answered, requester, NOW + 2 * HOUR)

    assert services.return_tickets(NOW + 2 * HOUR + 9 * MINUTE) == 0
    assert services.return_tickets(NOW + 2 * HOUR + 10 * MINUTE) == 1
    assert services.return_tickets(NOW + 2 * HOUR + 11 * MINUTE) == 0
    ticket = again(answered)
    assert (ticket.assignee, ticket.team.name, ticket.status) == (
        None,
        "Network",
        "awaiting_response",
    )
    event = ticket.events.latest("pk")
    assert (event.kind, event.actor, event.changes["to_team"]) == ("returned", None, "Network")
    assert staff_notified(event) == {agent.pk, second_agent.pk}


def test_what_was_written_before_leaving_or_before_coming_back_stays(answered, requester, agent):
    write(answered, requester, NOW + HOUR)
    people.change_presence(agent, False, now=NOW + 2 * HOUR)
    assert services.return_tickets(NOW + 5 * HOUR) == 0

    write(answered, requester, NOW + 6 * HOUR)
    people.change_presence(agent, True, now=NOW + 6 * HOUR + MINUTE)
    assert services.return_tickets(NOW + 7 * HOUR) == 0
    assert again(answered).assignee == agent


def test_a_ticket_in_progress_goes_back_too_and_one_without_a_team_to_the_queue(requester, agent):
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    people.change_presence(agent, False, now=NOW + HOUR)
    write(ticket, requester, NOW + HOUR)

    assert services.return_tickets(NOW + 2 * HOUR) == 1
    ticket = again(ticket)
    assert (ticket.assignee, ticket.status, ticket.team) == (None, "awaiting_response", None)


def test_in_the_evening_a_ticket_waits_for_its_assignee_unless_somebody_works(
    answered, requester, agent, second_agent, supervisor
):
    hours = people.Wanted(True, sets_hours=True, working_hours=Calendar.objects.get())
    people.change_availability(agent, hours, actor=supervisor, now=NOW)
    evening = NOW + 12 * HOUR
    people.follow_the_time(evening)
    write(answered, requester, evening)

    assert services.return_tickets(evening + HOUR) == 0
    draft = services.TeamDraft("Network", members=(agent.pk, second_agent.pk))
    services.edit_team(answered.team, draft, actor=supervisor)
    assert services.return_tickets(evening + HOUR) == 1
