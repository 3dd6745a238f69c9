"""Open tickets are sorted by the names of organizations and assignees as they are now."""

import re
from datetime import timedelta

import pytest

from organizations import services as organizations
from tests.factories import NOW, again, make_agent, make_member, make_organization, make_ticket
from tickets import services
from tickets.models import TicketJob, place_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def places(ticket):
    row = again(ticket)
    return bytes(row.organization_place), bytes(row.assignee_place)


def of_names(organization, assignee=None):
    return place_of(organization), place_of(assignee)


def rename(organization, name, actor):
    organizations.change_organization(
        organization,
        name=name,
        key=organization.key,
        is_restricted=organization.is_restricted,
        actor=actor,
        now=LATER,
    )


def numbers(client, sort):
    page = client.get(f"/queue/?sort={sort}").content.decode()
    return list(dict.fromkeys(re.findall(r"/queue/(KT-\d+)/", page)))


def test_the_heads_sort_by_the_alphabet_of_both_languages(client_of, agent):
    homes = ["Zeta", "پارس", "آریا", "alpha", "گیتی"]
    tickets = {
        name: make_ticket(make_member(make_organization(name), f"m{n}@x{n}.example"))
        for n, name in enumerate(homes)
    }
    in_order = [tickets[name].number for name in ["alpha", "Zeta", "آریا", "پارس", "گیتی"]]
    client = client_of(agent)

    assert numbers(client, "organization") == in_order
    assert numbers(client, "-organization") == in_order[::-1]


def test_unassigned_tickets_come_before_the_first_assignee(client_of, requester, agent):
    first, last = [
        make_agent("x@helpdesk.example", name="بابک"),
        make_agent("y@helpdesk.example", name="یلدا"),
    ]
    of_last, of_nobody, of_first = (make_ticket(requester) for _n in range(3))
    services.accept(of_last, actor=last, now=NOW)
    services.accept(of_first, actor=first, now=NOW)

    in_order = [each.number for each in (of_nobody, of_first, of_last)]

    assert numbers(client_of(agent), "assignee") == in_order
    assert numbers(client_of(agent), "-assignee") == in_order[::-1]


def test_the_place_follows_the_assignee(requester, organization, agent, second_agent):
    ticket = make_ticket(requester)
    assert places(ticket) == of_names(organization)

    services.accept(ticket, actor=agent, now=NOW)
    assert places(ticket) == of_names(organization, agent)

    services.accept(ticket, actor=second_agent, take_over_from=agent, now=NOW)
    assert places(ticket) == of_names(organization, second_agent)

    services.release(ticket, actor=second_agent, now=NOW)
    assert places(ticket) == of_names(organization)


def test_a_new_name_moves_open_tickets_and_writes_no_event(requester, organization, agent, admin):
    ticket = make_ticket(requester)
    services.accept(ticket, actor=agent, now=NOW)
    events, version = ticket.events.count(), again(ticket).version

    rename(organization, "یاس", admin)
    organizations.change_own_profile(agent, now=LATER, seen={"name": agent.name}, name="آبان")

    assert places(ticket) == of_names("یاس", "آبان")
    assert (ticket.events.count(), again(ticket).version) == (events, version)


def test_many_tickets_are_left_to_the_worker(requester, organization, admin, agent, monkeypatch):
    monkeypatch.setattr("tickets.services.following.AT_ONCE", 1)
    tickets = [make_ticket(requester) for _n in range(3)]
    rename(organization, "یاس", admin)
    assert places(tickets[0]) == of_names(organization)

    services.accept(tickets[2], actor=agent, now=LATER)
    assert places(tickets[2]) == of_names("یاس", agent)
    services.run_jobs(now=LATER)

    assert {places(each)[0] for each in tickets} == {place_of("یاس")}
    assert TicketJob.objects.get().finished_at == LATER


def test_the_tickets_of_an_agent_with_a_new_name_are_left_to_the_worker_too(
    requester, organization, admin, agent, monkeypatch
):
    monkeypatch.setattr("tickets.services.following.AT_ONCE", 1)
    tickets = [make_ticket(requester) for _n in range(2)]
    for ticket in tickets:
        services.accept(ticket, actor=agent, now=NOW)
    organizations.change_person(agent, name="آبان", actor=admin, now=LATER)

    services.run_jobs(now=LATER)

    assert {places(each) for each in tickets} == {of_names(organization, "آبان")}


def test_a_ticket_that_is_open_again_has_the_names_of_today(requester, organization, agent, admin):
    ticket = make_ticket(requester)
    services.accept(ticket, actor=agent, now=NOW)
    services.close_by_customer(ticket, actor=requester, now=NOW)
    rename(organization, "یاس", admin)
    assert places(ticket) == of_names(organization, agent)

    services.reopen(again(ticket), actor=requester, now=LATER)

    assert places(ticket) == of_names("یاس", again(ticket).assignee)
