"""Canned replies of a team: who finds, uses and changes them, and what a deleted team leaves."""

import pytest
from django.urls import reverse

from tests.factories import NOW, make_agent, make_ticket
from tests.tickets.canned.test_pages import FORM, html_of, rows_of, sent
from tests.tickets.canned.test_services import make_canned, refusal
from tests.tickets.services.test_teams import make_team, refused
from tickets import services
from tickets.models import CannedReply

pytestmark = pytest.mark.django_db
URL = "/canned/"


@pytest.fixture
def stranger():
    """An agent who belongs to no team."""
    return make_agent("agent3@helpdesk.example")


@pytest.fixture
def team(supervisor, agent, second_agent):
    return make_team(supervisor, agent, second_agent)


@pytest.fixture
def reply(agent, team):
    return make_canned(agent, scope="team", team_id=team.pk, title="team-reply", priority="high")


def draft(title, **more):
    return services.CannedDraft(title, **{"body_fa": "متن"} | more)


def test_members_use_it_and_its_maker_and_supervisors_change_it(
    reply, team, agent, second_agent, stranger, supervisor, requester
):
    for person in (agent, second_agent):
        assert list(CannedReply.objects.usable_by(person)) == [reply]
    for person in (stranger, requester):
        assert not CannedReply.objects.visible_to(person)
    assert not CannedReply.objects.usable_by(supervisor)
    for person in (agent, supervisor):
        assert list(CannedReply.objects.editable_by(person)) == [reply]
        assert reply.is_editable_by(person)
    for person in (second_agent, stranger):
        changed = draft("x", scope="team", team_id=team.pk)
        assert not reply.is_editable_by(person)
        refused("gone", services.edit_canned, reply, changed, actor=person)
        refused("gone", services.delete_canned, reply, actor=person)


def test_agents_write_for_their_own_teams_and_supervisors_for_all(
    team, agent, second_agent, stranger, supervisor
):
    def write(actor):
        return make_canned(actor, scope="team", team_id=team.pk)

    assert refusal(lambda: write(stranger)) == "scope"
    for person in (second_agent, supervisor):
        assert write(person).owner == person


@pytest.mark.parametrize("wrong", [{"scope": "team"}, {"team_id": 10**9, "scope": "team"}])
def test_a_team_that_is_not_there_is_refused(agent, team, wrong):
    assert refusal(lambda: make_canned(agent, **wrong)) == "scope"
    assert refusal(lambda: make_canned(agent, scope="own", team_id=team.pk)) == "scope"


def test_who_left_the_team_finds_it_no_more(reply, team, agent, second_agent, supervisor):
    only_second = services.TeamDraft("Network", (second_agent.pk,), ("technical",))
    services.edit_team(team, only_second, actor=supervisor)

    assert not CannedReply.objects.visible_to(agent)
    assert list(CannedReply.objects.usable_by(second_agent)) == [reply]


def test_of_a_deleted_team_it_is_its_makers_own(reply, team, agent, second_agent, supervisor):
    services.delete_team(team, actor=supervisor, now=NOW)

    [kept] = CannedReply.objects.editable_by(agent)
    assert (kept.scope, kept.team, kept.version) == ("own", None, reply.version + 1)
    for person in (second_agent, supervisor):
        assert not CannedReply.objects.visible_to(person)


def test_an_edit_meant_for_a_team_that_was_deleted_is_refused(reply, team, agent, supervisor):
    services.delete_team(team, actor=supervisor)

    wanted = draft("new", scope="team", team_id=team.pk)

    assert refusal(lambda: services.edit_canned(reply, wanted, actor=agent)) == "scope"
    assert CannedReply.objects.get().title == "team-reply"


def test_a_supervisor_who_makes_it_their_own_has_it(reply, supervisor):
    assert services.edit_canned(reply, draft("mine"), actor=supervisor).owner == supervisor


def test_a_supervisor_shares_it_with_all(reply, supervisor):
    services.edit_canned(reply, draft("all", scope="shared"), actor=supervisor)

    kept = CannedReply.objects.get()
    assert (kept.owner, kept.team) == (None, None)


def test_its_use_by_a_member_is_counted_and_by_nobody_else(
    reply, requester, second_agent, supervisor
):
    ticket = make_ticket(requester)

    for person in (second_agent, supervisor):
        content = services.NewMessage("متن", canned=(reply.pk,))
        services.reply_as_agent(ticket, actor=person, content=content)

    assert CannedReply.objects.get().uses == 1


# --- Pages ----------------------------------------------------------------------------------------


def test_the_composer_and_a_bulk_action_offer_it_to_members_alone(
    client_of, reply, requester, second_agent, stranger, supervisor
):
    ticket = make_ticket(requester)
    offers = reverse("queue:canned", args=[ticket])

    assert "team-reply" in html_of(client_of(second_agent).get(offers))
    for person in (stranger, supervisor):
        assert "team-reply" not in html_of(client_of(person).get(offers))
    macro = services.BulkChange("macro", macro_id=reply.pk)
    chosen = services.Selection((ticket.pk,))
    seen = type(ticket).objects.order_by("pk")
    assert services.start_bulk(seen, macro, chosen, actor=second_agent)
    assert refusal(lambda: services.start_bulk(seen, macro, chosen, actor=stranger)) == "macro"


def test_the_list_names_the_team_and_is_narrowed_to_teams(
    client_of, reply, agent, second_agent, stranger, supervisor
):
    make_canned(second_agent, title="own-reply")

    page = html_of(client_of(second_agent).get(f"{URL}?show=team"))

    assert "team-reply" in page
    assert "<bdi>Network</bdi>" in page
    assert "own-reply" not in page
    assert "team-reply" not in html_of(client_of(second_agent).get(f"{URL}?show=own"))
    assert "team-reply" not in html_of(client_of(stranger).get(URL))
    assert "team-reply" in html_of(client_of(supervisor).get(URL))


def test_a_member_reads_it_copies_it_and_cannot_change_it(client_of, reply, second_agent, stranger):
    client, address = client_of(second_agent), f"{URL}{reply.pk}/"

    assert "Network" in html_of(client.get(address))
    copy = html_of(client.get(f"{URL}new/?copy={reply.pk}"))
    assert 'value="team-reply"' in copy
    assert '<option value="own" selected' in copy
    assert client.post(address, FORM).status_code == 404
    assert client.post(f"{address}delete/").status_code == 404
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(stranger).post(address, FORM).status_code == 404


def test_a_member_chooses_among_their_teams(client_of, team, agent, second_agent, supervisor):
    other = make_team(supervisor, second_agent, name="Money", categories=("financial",))
    client = client_of(agent)

    client.post(f"{URL}new/", FORM | {"scope": str(team.pk)})
    assert CannedReply.objects.get().team == team

    for wrong in (other.pk, "shared", "9" * 30, "team", "-1", "\0"):
        page = html_of(client.post(f"{URL}new/", FORM | {"scope": str(wrong)}), 422)
        assert "id_scope_error" in page
    form = html_of(client.get(f"{URL}new/"))
    assert "Money" not in form
    assert "Network" in form


def test_its_form_keeps_whose_it_is(client_of, reply, agent):
    address = f"{URL}{reply.pk}/"
    page = html_of(client_of(agent).get(address))
    assert f'<option value="{reply.team_id}" selected' in page

    fields = FORM | {"scope": str(reply.team_id), "version": 1, "title": "new"}
    assert client_of(agent).post(address, fields).status_code == 302

    kept = CannedReply.objects.get()
    assert (kept.title, kept.team_id, kept.owner) == ("new", reply.team_id, agent)


def test_the_form_and_the_list_cost_the_same_with_many_teams(
    client_of, supervisor, agent, django_assert_num_queries
):
    client = client_of(supervisor)
    teams = [make_team(supervisor, agent, name=f"Team {n}", categories=()) for n in range(9)]
    client.get(f"{URL}new/")
    with django_assert_num_queries(6):
        client.get(f"{URL}new/")
    for team in teams:
        make_canned(agent, scope="team", team_id=team.pk, title=team.name)

    with django_assert_num_queries(4):
        assert "Team 8" in html_of(client.get(URL))


# --- Files ----------------------------------------------------------------------------------------


def test_an_export_of_a_teams_replies_comes_back_as_it_was(client_of, reply, agent):
    before = CannedReply.objects.values().get()
    client = client_of(agent)

    exported = client.get(f"{URL}export/")
    assert (rows_of(exported)[0]["scope"], rows_of(exported)[0]["team"]) == ("team", "Network")
    assert sent(client, exported.content.decode()).status_code == 302

    after = CannedReply.objects.values().get()
    assert after == before | {"version": 2, "updated_at": after["updated_at"]}


def test_an_import_names_the_team_by_its_name_alone(client_of, team, agent):
    assert sent(client_of(agent), "title,body_fa,team\nیک,سلام, network \n").status_code == 302

    kept = CannedReply.objects.get()
    assert (kept.scope, kept.team, kept.owner) == ("team", team, agent)


def test_a_row_with_a_wrong_team_is_refused_with_its_reason(
    client_of, team, agent, second_agent, supervisor
):
    make_team(supervisor, second_agent, name="Money", categories=("financial",))
    lines = (
        "title,body_en,scope,team\n"
        "good,Hello,team,Network\n"
        "unknown,Hello,team,Nobody\n"
        "foreign,Hello,,Money\n"
        "both,Hello,own,Network\n"
        "none,Hello,team,\n"
    )

    page = html_of(sent(client_of(agent), lines), 422)

    assert not CannedReply.objects.exists()
    assert "ردیف ۲" not in page
    for place, word in zip("۳۴۵۶", ("«Nobody»", "«Money»", "team: ", "team: "), strict=True):
        assert f"ردیف {place}</b> <span>team: " in page
        assert word in page
