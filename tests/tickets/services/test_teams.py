"""Teams: who writes them, what goes to them, and who is alerted."""

import pytest

from notifications.audience import Audience
from organizations import services as people
from tests.factories import NOW, again, make_agent, make_ticket
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import Event, Team, Ticket

pytestmark = pytest.mark.django_db


def make_team(supervisor, *members, name="Network", categories=("technical",), **more):
    draft = services.TeamDraft(
        name, members=tuple(each.pk for each in members), categories=categories, **more
    )
    return services.create_team(draft, actor=supervisor, now=NOW)


def alerted(ticket):
    """Who is alerted of its opening, of the staff."""
    event = Event.objects.select_related("ticket").get(ticket=ticket, kind="opened")
    return Audience([event]).of(event) - {ticket.requester_id}


def refused(code, call, *args, **kwargs):
    with pytest.raises(TicketError) as error:
        call(*args, **kwargs)
    assert error.value.code == code


# --- Writing --------------------------------------------------------------------------------------


def test_supervisors_write_teams_and_nobody_else_does(supervisor, agent, requester):
    team = make_team(supervisor, agent)

    for person in (agent, requester):
        refused("forbidden", make_team, person, name="Own", categories=())
        refused("forbidden", services.delete_team, team, actor=person)
        draft = services.TeamDraft("Other")
        refused("forbidden", services.edit_team, team, draft, actor=person)
    assert list(Team.objects.visible_to(agent)) == [team]
    assert not Team.objects.visible_to(requester)


@pytest.mark.parametrize(
    ("code", "draft"),
    [
        ("name", {"name": " \u200b "}),
        ("name", {"name": "network"}),
        ("categories", {"categories": ("technical",)}),
        ("categories", {"categories": ("nonsense",)}),
        ("members", {"members": (10**9,)}),
        ("most_tickets", {"most_tickets": 0}),
        ("most_tickets", {"most_tickets": 501}),
    ],
)
def test_a_team_that_cannot_be_is_refused_by_its_field(supervisor, code, draft):
    make_team(supervisor)

    draft = services.TeamDraft(**{"name": "Second", **draft})
    refused(code, services.create_team, draft, actor=supervisor)


@pytest.mark.parametrize(
    ("there", "typed"),
    [("پشتیبانی فنی", "پشتيباني\u200cفني"), ("گروه ۲", "گروه 2"), ("Straße", "STRASSE")],
)
def test_a_team_is_not_there_twice_under_names_that_look_the_same(supervisor, there, typed):
    team = make_team(supervisor, name=there)
    refused("name", make_team, supervisor, name=typed, categories=())

    services.edit_team(team, services.TeamDraft(typed), actor=supervisor)

    assert Team.objects.get().name == typed


def test_customers_and_deactivated_agents_join_no_team(supervisor, agent, requester, admin):
    team = make_team(supervisor, agent)
    refused("members", make_team, supervisor, requester, name="Second", categories=())
    people.deactivate(agent, actor=admin, now=NOW)
    refused("members", make_team, supervisor, agent, name="Second", categories=())

    # The form of the team still names the agent: saved again, it drops them without complaint.
    draft = services.TeamDraft("Network", members=(agent.pk,), categories=("technical",))
    services.edit_team(team, draft, actor=supervisor)

    assert not team.members.exists()


def test_one_form_makes_one_team(supervisor, form_key):
    draft = services.TeamDraft("Network")
    first = services.create_team(draft, actor=supervisor, form_key=form_key)

    assert services.create_team(draft, actor=supervisor, form_key=form_key) == first
    for other in (services.TeamDraft("Second"), services.TeamDraft("Network", most_tickets=5)):
        refused("already_sent", services.create_team, other, actor=supervisor, form_key=form_key)


def test_a_form_of_an_older_or_deleted_team_is_refused(supervisor):
    team = make_team(supervisor)
    draft = services.TeamDraft("Renamed", categories=("technical", "sales"))
    services.edit_team(team, draft, actor=supervisor, seen_version=1)

    other = services.TeamDraft("Third")
    with pytest.raises(StaleTicket):
        services.edit_team(team, other, actor=supervisor, seen_version=1)
    services.delete_team(team, actor=supervisor)
    refused("gone", services.edit_team, team, draft, actor=supervisor)
    refused("gone", services.delete_team, team, actor=supervisor)


def test_the_same_edit_of_a_team_sent_twice_is_no_conflict(supervisor, agent):
    team = make_team(supervisor, agent)
    draft = services.TeamDraft("Renamed", members=(agent.pk,), categories=("sales",))
    for _time in range(2):
        team = services.edit_team(team, draft, actor=supervisor, seen_version=1)

    assert team.version == 2


# --- Routing --------------------------------------------------------------------------------------


def test_a_new_ticket_goes_to_the_team_of_its_category(supervisor, agent, requester):
    team = make_team(supervisor, agent)

    assert make_ticket(requester).team == team
    assert make_ticket(requester, category="sales").team is None


def test_a_moved_category_moves_the_ticket_to_its_team(supervisor, agent, requester):
    make_team(supervisor, agent)
    second = make_team(supervisor, name="Accounts", categories=("financial",))
    ticket = make_ticket(requester)

    services.change_category(ticket, actor=agent, category="financial", now=NOW)

    assert again(ticket).team == second
    assert ticket.events.latest("pk").changes["team"] == ["Network", "Accounts"]
    services.change_category(ticket, actor=agent, category="sales", now=NOW)
    assert again(ticket).team == second
    assert "team" not in ticket.events.latest("pk").changes


def test_a_reply_that_changes_the_category_moves_the_ticket_too(supervisor, agent, requester):
    make_team(supervisor, agent)
    second = make_team(supervisor, name="Accounts", categories=("financial",))
    ticket = make_ticket(requester)

    further = services.FurtherChanges(category="financial")
    content = services.NewMessage("بررسی شد.")
    services.reply_with_changes(ticket, actor=agent, content=content, further=further, now=NOW)

    assert again(ticket).team == second
    assert ticket.events.latest("pk").changes["team"] == ["Network", "Accounts"]


def test_a_deleted_team_keeps_its_tickets_and_frees_its_name_and_categories(
    supervisor, agent, requester
):
    team = make_team(supervisor, agent)
    ticket = make_ticket(requester)

    services.delete_team(team, actor=supervisor, now=NOW)

    assert again(ticket).team == team
    assert make_ticket(requester).team is None
    assert make_team(supervisor).pk != team.pk


def test_teams_hide_nothing(supervisor, agent, second_agent, requester):
    make_team(supervisor, agent)
    ticket = make_ticket(requester)

    assert ticket in Ticket.objects.visible_to(second_agent)
    services.accept(ticket, actor=second_agent, now=NOW)


# --- Alerts ---------------------------------------------------------------------------------------


def test_the_team_on_duty_is_alerted_and_no_other_agent(supervisor, agent, second_agent, requester):
    third = make_agent("third@helpdesk.example")
    make_team(supervisor, agent, third)
    people.change_presence(third, False)

    assert alerted(make_ticket(requester)) == {agent.pk}
    assert alerted(make_ticket(requester, category="sales")) == {agent.pk, second_agent.pk}


def test_with_nobody_of_the_team_on_duty_the_supervisors_are_alerted(
    supervisor, agent, second_agent, requester
):
    make_team(supervisor, agent)
    people.change_presence(agent, False)

    assert alerted(make_ticket(requester)) == {supervisor.pk}


def test_a_team_without_members_is_as_none(supervisor, agent, second_agent, requester, admin):
    make_team(supervisor, second_agent)
    people.deactivate(second_agent, actor=admin, now=NOW)

    assert alerted(make_ticket(requester)) == {agent.pk}


def test_supervisors_of_a_team_are_alerted_as_its_members(supervisor, agent, requester):
    make_team(supervisor, supervisor)

    assert alerted(make_ticket(requester)) == {supervisor.pk}


def test_the_audience_of_many_is_read_in_one_statement(
    supervisor, agent, requester, django_assert_num_queries
):
    make_team(supervisor, agent)
    tickets = [make_ticket(requester), make_ticket(requester, category="sales")]
    events = list(Event.objects.filter(ticket__in=tickets).select_related("ticket"))

    with django_assert_num_queries(1):
        Audience(events)
