"""Automatic assignment, and all tickets of an absent agent handed on."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations import services as people
from tests.factories import NOW, again, make_agent, make_member, make_organization, make_ticket
from tests.tickets.services.test_teams import make_team, refused
from tickets import services
from tickets.errors import StaleTicket
from tickets.models import Event, Ticket, TicketJob

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def held_by(*agents):
    return [Ticket.objects.filter(assignee=each).count() for each in agents]


# --- Automatic assignment -------------------------------------------------------------------------


def test_nothing_is_assigned_unless_a_team_asks_for_it(requester, agent, supervisor):
    make_team(supervisor, agent)
    make_ticket(requester)

    assert services.assign_automatically(NOW) == 0


def test_the_least_loaded_on_duty_get_tickets_up_to_the_cap(
    requester, agent, second_agent, supervisor
):
    third = make_agent("third@helpdesk.example")
    people.change_presence(third, False, now=NOW)
    make_team(supervisor, agent, second_agent, third, assigns_automatically=True, most_tickets=2)
    services.accept(make_ticket(requester), actor=agent, now=NOW)
    tickets = [make_ticket(requester) for _each in range(4)]

    assert services.assign_automatically(NOW + HOUR) == 3
    assert services.assign_automatically(NOW + HOUR) == 0
    assert held_by(agent, second_agent, third) == [2, 2, 0]
    first = again(tickets[0])
    assert (first.assignee, first.status) == (second_agent, "awaiting_response")
    event = first.events.latest("pk")
    assert (event.kind, event.actor) == ("assigned", None)
    assert event.changes["automatically"] == {
        "team": "Network",
        "on_duty": 2,
        "has": 0,
        "most": 2,
    }


def test_what_somebody_gave_up_is_not_given_back_to_them(
    requester, agent, second_agent, supervisor
):
    make_team(supervisor, agent, second_agent, assigns_automatically=True)
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    services.release(ticket, actor=agent, now=NOW)

    assert services.assign_automatically(NOW + HOUR) == 1
    assert again(ticket).assignee == second_agent


def test_a_history_explains_the_assignment(client_of, requester, agent, supervisor):
    make_team(supervisor, agent, assigns_automatically=True)
    ticket = make_ticket(requester)
    services.assign_automatically(NOW + HOUR)

    assert "واگذاری خودکار" in client_of(agent).get(ticket.get_queue_url()).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need real locks")
def test_twenty_tickets_at_once_keep_the_cap_of_each_agent():
    supervisor = make_agent("supervisor@helpdesk.example", staff_role="supervisor")
    agents = [make_agent(f"agent{each}@helpdesk.example") for each in range(4)]
    # Two teams that share an agent.
    how = {"assigns_automatically": True, "most_tickets": 3}
    make_team(supervisor, *agents[:3], **how)
    make_team(supervisor, *agents[2:], name="Accounts", categories=("financial",), **how)
    sara = make_member(make_organization("Pars Cloud", key="pars"), "sara@pars.example")
    begin = Barrier(10)

    def work(place):
        begin.wait()
        for category in ("technical", "financial"):
            make_ticket(sara, category=category, description=f"{place}")
            services.assign_automatically()
        connection.close()

    threads = [Thread(target=work, args=(place,)) for place in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    services.assign_automatically()

    assert held_by(*agents) == [3, 3, 3, 3]
    assert Event.objects.filter(kind="assigned").count() == 12


# --- All tickets of an absent agent ---------------------------------------------------------------


@pytest.fixture
def absent(agent):
    people.change_presence(agent, False, now=NOW)
    return agent


def test_a_few_tickets_are_handed_on_at_once_each_with_its_event(
    requester, absent, second_agent, supervisor
):
    tickets = [services.accept(make_ticket(requester), actor=absent, now=NOW) for _n in range(2)]

    assert services.reassign_all(absent, actor=supervisor, to=second_agent, now=NOW) is None

    assert held_by(absent, second_agent) == [0, 2]
    for ticket in tickets:
        event = ticket.events.latest("pk")
        assert (event.kind, event.actor, event.changes["is_absence"]) == (
            "assigned",
            supervisor,
            True,
        )


def test_without_a_person_each_ticket_goes_to_its_team(requester, absent, supervisor):
    services.accept(make_ticket(requester), actor=absent, now=NOW)
    team = make_team(supervisor)

    services.reassign_all(absent, actor=supervisor, now=NOW)

    ticket = Ticket.objects.get()
    assert (ticket.assignee, ticket.team, ticket.status) == (None, team, "awaiting_response")


def test_handing_on_does_not_ask_for_the_team_of_each_ticket(requester, agent, supervisor):
    make_team(supervisor)
    costs = []
    for count in (2, 6):
        for _each in range(count):
            services.accept(make_ticket(requester), actor=agent, now=NOW)
        people.change_presence(agent, False, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            services.reassign_all(agent, actor=supervisor, now=NOW)
        people.change_presence(agent, True, now=NOW)
        costs.append(len(captured))

    assert costs[0] == costs[1]


def test_more_than_twenty_follow_in_the_worker(requester, absent, second_agent, supervisor):
    for _each in range(21):
        services.accept(make_ticket(requester), actor=absent, now=NOW)

    job = services.reassign_all(absent, actor=supervisor, to=second_agent, now=NOW)
    assert (job.total, held_by(absent)) == (21, [21])
    services.run_jobs(NOW + HOUR)

    job = TicketJob.objects.get()
    assert (job.moved, bool(job.finished_at)) == (21, True)
    assert held_by(absent, second_agent) == [0, 21]


@pytest.mark.parametrize("count", [2, 21])
def test_a_second_press_meets_no_conflict_with_the_first(
    client_of, requester, absent, second_agent, supervisor, count
):
    for _each in range(count):
        services.accept(make_ticket(requester), actor=absent, now=NOW)
    lead, url = client_of(supervisor), f"/teams/people/{absent.pk}/reassign/"
    form = {"to": second_agent.pk, "seen": Ticket.objects.marked_of(absent)}

    answers = [lead.post(url, form).status_code for _press in range(2)]

    assert answers == [302, 302]
    services.run_jobs(NOW + HOUR)
    assert held_by(absent, second_agent) == [0, count]
    assert TicketJob.objects.count() == (count > 20)


def test_whose_tickets_are_not_handed_on(requester, agent, second_agent, supervisor, admin):
    services.accept(make_ticket(requester), actor=agent, now=NOW)
    refused("moved", services.reassign_all, agent, actor=supervisor, now=NOW)
    people.change_presence(agent, False, now=NOW)

    refused("forbidden", services.reassign_all, agent, actor=second_agent, now=NOW)
    refused("to", services.reassign_all, agent, actor=supervisor, to=agent, now=NOW)
    people.deactivate(second_agent, actor=admin, now=NOW)
    refused("to", services.reassign_all, agent, actor=supervisor, to=second_agent, now=NOW)
    with pytest.raises(StaleTicket):
        services.reassign_all(agent, actor=supervisor, seen="9-9", now=NOW)
    assert held_by(agent) == [1]


def test_the_page_shows_what_is_handed_on_before_it_is(
    client_of, requester, absent, second_agent, supervisor
):
    lead, url = client_of(supervisor), f"/teams/people/{absent.pk}/reassign/"
    services.accept(make_ticket(requester, title="shown-before"), actor=absent, now=NOW)
    page = lead.get(url).content.decode()
    assert "shown-before" in page
    mark = Ticket.objects.marked_of(absent)
    assert mark in page
    services.accept(make_ticket(requester), actor=absent, now=NOW)

    form = {"to": second_agent.pk, "seen": mark}
    assert lead.post(url, form).status_code == 409
    form["seen"] = Ticket.objects.marked_of(absent)
    assert lead.post(url, form).status_code == 302
    assert held_by(absent, second_agent) == [0, 2]
    assert client_of(second_agent).get(url).status_code == 404
