"""The pages of teams, and what the queue and a ticket show of them."""

import html
import re

import pytest
from django.urls import reverse

from tests.factories import NOW, again, make_ticket
from tests.tickets.services.test_teams import make_team
from tickets import services
from tickets.models import Team

pytestmark = pytest.mark.django_db
FORM = {"name": "شبکه", "categories": ["technical"], "most_tickets": "10"}


@pytest.fixture
def lead(client_of, supervisor):
    return client_of(supervisor)


def html_of(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_a_supervisor_makes_changes_and_deletes_a_team(lead, agent):
    response = lead.post("/teams/new/", {**FORM, "members": [agent.pk]})
    assert response.status_code == 302
    team = Team.objects.get()
    page = html_of(lead.get(f"/teams/{team.pk}/"))
    assert page.count(" checked") == 2

    lead.post(f"/teams/{team.pk}/", {**FORM, "name": "زیرساخت", "version": team.version})
    team.refresh_from_db()
    assert (team.name, team.members.count()) == ("زیرساخت", 0)

    assert lead.post(f"/teams/{team.pk}/delete/").status_code == 302
    assert lead.post(f"/teams/{team.pk}/delete/").status_code == 302
    assert lead.get(f"/teams/{team.pk}/").status_code == 404


def test_what_is_wrong_is_shown_beside_its_field_with_all_that_was_typed(lead, supervisor):
    make_team(supervisor, name="Network")

    page = html_of(lead.post("/teams/new/", {**FORM, "name": "Second"}), 422)

    assert "Network" in page
    assert 'value="Second"' in page
    assert Team.objects.count() == 1


def test_a_form_of_a_changed_team_comes_back_and_then_is_saved(lead, supervisor):
    team = make_team(supervisor)
    draft = services.TeamDraft("Renamed", categories=("technical",))
    services.edit_team(team, draft, actor=supervisor)

    page = html_of(lead.post(f"/teams/{team.pk}/", {**FORM, "name": "Mine", "version": 1}), 409)

    assert 'value="Mine"' in page
    assert 'name="version" value="2"' in page


def test_a_form_of_a_deleted_team_says_so(lead, supervisor):
    team = make_team(supervisor)
    services.delete_team(team, actor=supervisor)

    page = html_of(lead.post(f"/teams/{team.pk}/", {**FORM, "name": "Mine", "version": 1}), 409)

    assert 'value="Mine"' in page


def test_the_list_of_teams_takes_a_fixed_number_of_statements(
    desk, agent, supervisor, django_assert_num_queries
):
    make_team(supervisor, agent)
    desk.get("/teams/")
    with django_assert_num_queries(7):
        desk.get("/teams/")
    for name in ("A", "B", "C"):
        make_team(supervisor, agent, supervisor, name=name, categories=())

    with django_assert_num_queries(7):
        page = html_of(desk.get("/teams/"))
    assert "Network" in page
    assert "/teams/new/" not in page


def test_categories_of_a_team_have_one_order_whenever_they_were_added(supervisor, agent):
    """They stood as the database gave them: the order changed with each edit."""
    team = make_team(supervisor, agent, categories=["sales"])
    draft = services.TeamDraft("Network", categories=("activation", "sales", "technical"))
    services.edit_team(team, draft, actor=supervisor)

    shown = Team.objects.with_people().get().categories.all()

    assert [each.category for each in shown] == ["activation", "technical", "sales"]


def test_only_supervisors_are_offered_to_write(desk, lead, supervisor):
    make_team(supervisor)

    assert "/teams/new/" in html_of(lead.get("/teams/"))
    assert "/teams/new/" not in html_of(desk.get("/teams/"))


def test_the_queue_names_and_filters_teams(desk, agent, supervisor, requester):
    team = make_team(supervisor, agent)
    make_team(supervisor, name="Accounts", categories=("financial",))
    make_ticket(requester, title="of-network")
    make_ticket(requester, title="of-accounts", category="financial")
    make_ticket(requester, title="of-nobody", category="sales")

    def shown(query):
        page = html_of(desk.get(f"/queue/?{query}"))
        titles = ("of-network", "of-accounts", "of-nobody")
        return [each for each in titles if f">{each}<" in page]

    assert "team-tag" in html_of(desk.get("/queue/"))
    assert shown(f"team={team.pk}") == ["of-network"]
    assert shown("team=mine") == ["of-network"]
    assert shown("team=none") == ["of-nobody"]
    for nonsense in ("0", "x", "٣", "9" * 30, str(team.pk + 99)):
        assert len(shown(f"team={nonsense}")) == 3
    services.delete_team(team, actor=supervisor)
    assert len(shown(f"team={team.pk}")) == 3
    assert shown("team=none") == ["of-network", "of-nobody"]
    assert "team-tag" not in html_of(desk.get("/queue/?team=none"))


def test_the_page_of_a_ticket_names_its_team_to_agents_alone(
    desk, client_of, agent, supervisor, requester
):
    team = make_team(supervisor, agent, name="Secret squad")
    ticket = make_ticket(requester)
    services.change_category(ticket, actor=agent, category="sales", now=NOW)
    services.change_category(ticket, actor=agent, category="technical", now=NOW)

    assert "Secret squad" in html_of(desk.get(ticket.get_queue_url()))
    services.delete_team(team, actor=supervisor)
    assert "Secret squad" in html_of(desk.get(ticket.get_queue_url()))
    assert "Secret squad" not in html_of(client_of(requester).get(ticket.get_absolute_url()))


def test_the_form_of_a_transfer_hands_on_with_a_note_that_customers_never_see(
    desk, client_of, agent, second_agent, supervisor, requester
):
    make_team(supervisor, agent)
    second = make_team(supervisor, second_agent, name="Accounts", categories=())
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    url = f"{ticket.get_queue_url()}transfer/"

    page = html_of(desk.get(ticket.get_queue_url()))
    assert f'value="team-{second.pk}"' in page
    for nonsense in ("", "team-0", "x", "agent-x"):
        assert "my note" in html_of(desk.post(url, {"to": nonsense, "body": "my note"}), 422)
    form = {"to": f"team-{second.pk}", "body": "my note"}
    assert desk.post(url, form).status_code == 302

    page = html_of(desk.get(ticket.get_queue_url()))
    assert "my note" in page
    assert "Accounts" in page
    page = html_of(client_of(requester).get(ticket.get_absolute_url()))
    assert "my note" not in page
    assert "Accounts" not in page


def test_a_transfer_to_a_team_that_was_deleted_meanwhile_keeps_the_note(
    desk, agent, supervisor, requester
):
    second = make_team(supervisor, name="Accounts", categories=())
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    services.delete_team(second, actor=supervisor)

    form = {"to": f"team-{second.pk}", "body": "my note"}
    page = html_of(desk.post(f"{ticket.get_queue_url()}transfer/", form), 422)
    assert "my note" in page


def test_the_page_of_availability_is_not_taken_for_an_older_one(client_of, agent, supervisor):
    """Who had given no reason yet was refused as if somebody had changed it in the meantime."""
    address = reverse("teams:availability", args=[agent.pk])

    for client in (client_of(agent), client_of(supervisor)):
        for presence in ("away", "present"):
            page = client.get(address).content.decode()
            seen = html.unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])
            sent = {"presence": presence, "seen": seen}
            assert client.post(address, sent).status_code == 302
            assert again(agent).is_present == (presence == "present")
