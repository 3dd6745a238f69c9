"""Saved views: who sees and changes them, what is refused, and two people at once."""

import uuid

import pytest

from tests.factories import NOW
from tests.tickets.services.test_races import at_once
from tests.tickets.services.test_teams import make_team, refused
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import SavedView
from tickets.services import MOST_VIEWS

pytestmark = pytest.mark.django_db


def make_view(actor, name="Urgent", *, team=None, query="priority=urgent", **more):
    draft = services.ViewDraft(name, team_id=team and team.pk, query=query)
    return services.create_view(draft, actor=actor, now=NOW, **more)


@pytest.fixture
def team(supervisor, agent):
    return make_team(supervisor, agent)


def test_a_view_of_ones_own_is_nobody_elses(agent, second_agent, supervisor, requester):
    view = make_view(agent)

    assert list(SavedView.objects.visible_to(agent)) == [view]
    for person in (second_agent, supervisor, requester):
        assert not SavedView.objects.visible_to(person)
        assert not view.is_editable_by(person)
        refused("forbidden", services.delete_view, view, actor=person)
        refused("forbidden", services.move_view, view, actor=person, before=view.pk)
    refused("forbidden", make_view, requester)


def test_a_teams_view_is_seen_by_its_members_and_changed_by_its_maker_and_supervisors(
    agent, second_agent, supervisor
):
    team = make_team(supervisor, agent, second_agent)
    view = make_view(agent, team=team)

    for person in (agent, second_agent):
        assert list(SavedView.objects.beside_queue_of(person)) == [view]
    assert not SavedView.objects.beside_queue_of(supervisor)
    assert list(SavedView.objects.visible_to(supervisor)) == [view]
    renamed = services.ViewDraft("Hot", team_id=team.pk, query=view.query)
    refused("forbidden", services.edit_view, view, renamed, actor=second_agent)
    services.edit_view(view, renamed, actor=supervisor)
    view.refresh_from_db()
    assert (view.name, view.owner, view.version) == ("Hot", agent, 2)


def test_a_view_is_saved_for_teams_that_one_belongs_to(agent, second_agent, supervisor, team):
    refused("team", make_view, second_agent, team=team)
    assert make_view(supervisor, team=team).team == team


def test_a_view_is_not_there_twice_under_names_that_look_the_same(agent, second_agent):
    view = make_view(agent, "کارهای ۲")
    refused("name", make_view, agent, "كارهاي\u200c2")
    make_view(second_agent, "کارهای 2")

    renamed = services.ViewDraft("کارهای 2", query=view.query)
    assert services.edit_view(view, renamed, actor=agent).name == "کارهای 2"


def test_of_a_deleted_team_a_view_is_its_makers_alone(agent, second_agent, supervisor):
    team = make_team(supervisor, agent, second_agent)
    view = make_view(agent, team=team)

    services.delete_team(team, actor=supervisor)

    assert list(SavedView.objects.beside_queue_of(agent)) == [view]
    assert not SavedView.objects.visible_to(second_agent)
    assert not SavedView.objects.visible_to(supervisor)
    draft = services.ViewDraft(view.name, query="priority=high")
    assert services.edit_view(view, draft, actor=agent).team is None


@pytest.mark.parametrize(
    ("code", "draft"),
    [
        ("name", {"name": " \u200b "}),
        ("name", {"name": "URGENT"}),
        ("name", {"name": "x" * 300}),
        ("team", {"name": "Other", "team_id": 10**9}),
        ("query", {"name": "Other", "query": "q=" + "x" * 2000}),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(agent, code, draft):
    make_view(agent)

    refused(code, services.create_view, services.ViewDraft(**draft), actor=agent)
    assert SavedView.objects.count() == 1


def test_the_same_name_serves_once_for_each_person_and_team(agent, second_agent, team):
    for person in (agent, second_agent):
        make_view(person)

    make_view(agent, team=team)

    assert SavedView.objects.count() == 3


def test_there_is_a_limit_so_that_all_can_be_counted(agent):
    for number in range(MOST_VIEWS):
        make_view(agent, f"View {number}")

    refused("team", make_view, agent, "One more")


def test_a_form_that_is_sent_twice_saves_once(agent):
    key = uuid.uuid4()

    first = make_view(agent, form_key=key)

    assert make_view(agent, form_key=key) == first
    refused("already_sent", make_view, agent, "Other", form_key=key)
    assert SavedView.objects.count() == 1


def test_who_saves_over_what_they_did_not_see_is_refused(agent, supervisor, team):
    view = make_view(agent, team=team)
    hot = services.ViewDraft("Hot", team_id=team.pk, query=view.query)
    services.edit_view(view, hot, actor=supervisor, seen_version=1)

    with pytest.raises(StaleTicket):
        services.edit_view(
            view, services.ViewDraft("Mine", team_id=team.pk), actor=agent, seen_version=1
        )

    # To what it is already, as by a form that is sent twice, it may be changed once more.
    assert services.edit_view(view, hot, actor=supervisor, seen_version=1).version == 2


def test_views_are_moved_among_those_beside_them(agent, second_agent):
    names = ["A", "B", "C"]
    a, b, c = (make_view(agent, name) for name in names)
    z = make_view(second_agent, "Z")

    def order():
        return "".join(
            SavedView.objects.filter(owner=agent).in_order().values_list("name", flat=True)
        )

    for _sent_twice in range(2):
        services.move_view(c, actor=agent, before=b.pk)
        assert order() == "ACB"
    services.move_view(a, actor=agent, before=z.pk)
    assert order() == "ACB"
    services.move_view(a, actor=agent, after=c.pk)
    assert order() == "CAB"
    services.delete_view(a, actor=agent)
    services.move_view(b, actor=agent, before=a.pk)
    assert order() == "CB"
    refused("gone", services.move_view, a, actor=agent, before=b.pk)
    refused("gone", services.edit_view, a, services.ViewDraft("A"), actor=agent)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_a_teams_view_at_once_one_is_refused(agent, supervisor):
    team = make_team(supervisor, agent)
    view = make_view(agent, team=team)

    def save(person, name):
        draft = services.ViewDraft(name, team_id=team.pk, query=view.query)
        return services.edit_view(view, draft, actor=person, seen_version=1)

    outcomes = at_once(lambda: save(agent, "One"), lambda: save(supervisor, "Two"))

    assert sorted(isinstance(each, StaleTicket) for each in outcomes) == [False, True]
    assert SavedView.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_a_teams_views_the_same_name_at_once_one_is_refused(agent, supervisor):
    team = make_team(supervisor, agent)

    outcomes = at_once(
        lambda: make_view(agent, team=team), lambda: make_view(supervisor, team=team)
    )

    assert [each.code for each in outcomes if isinstance(each, TicketError)] == ["name"]
    assert SavedView.objects.count() == 1
