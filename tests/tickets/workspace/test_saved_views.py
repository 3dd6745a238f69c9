"""Saved views as pages: saving, opening, sharing, counting, and what is gone."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations import services as people
from tests.factories import NOW, make_agent, make_ticket
from tests.pages import read, tickets_on
from tests.tickets.services.test_saving import make_view
from tests.tickets.services.test_teams import make_team
from tickets import services
from tickets.models import SavedView
from tickets.querysets.saved import SavedViewQuerySet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock", "english_staff")]


def links_of(page):
    """The saved views beside the queue: {name: (count, address)}."""
    links = [each for each in read(page).all(".views a") if "view=" in each["href"]]
    return {each.one("bdi").text: (each.one(".count").text, each["href"]) for each in links}


def notes_on(page):
    return read(page).texts(".list-note span")


def test_a_list_is_saved_opened_and_counted(desk, requester):
    urgent = make_ticket(requester, priority="urgent")
    make_ticket(requester, priority="low")
    form = read(desk.get("/queue/views/new/?list=priority%3Durgent%26sort%3Dnumber")).fields()

    saved = desk.post("/queue/views/new/", {**form, "name": "Hot ones"})

    view = SavedView.objects.get()
    assert (view.query, view.team) == ("priority=urgent&sort=number", None)
    assert saved.url == f"/queue/v/{view.pk}/"
    opened = desk.get(saved.url)
    assert opened.url == f"/queue/?priority=urgent&sort=number&view={view.pk}"
    page = desk.get(opened.url)
    assert tickets_on(page) == [urgent.pk]
    assert read(page).one("h1").text == "Hot ones"
    assert links_of(desk.get("/queue/")) == {"Hot ones": ("1", opened.url)}
    assert read(page).one(".views a[aria-current]").one("bdi").text == "Hot ones"


@pytest.mark.parametrize("sent", [None, {"name": ""}])
def test_a_new_view_waits_for_its_name_without_ten_tabs(desk, sent):
    address = "/queue/views/new/"
    page = read(desk.post(address, sent) if sent else desk.get(address))
    assert [field["name"] for field in page.all("input[autofocus]")] == ["name"]


def test_a_double_click_saves_once_and_a_name_that_is_taken_stays_typed(desk):
    form = read(desk.get("/queue/views/new/?list=priority%3Durgent")).fields()
    for _press in range(2):
        assert desk.post("/queue/views/new/", {**form, "name": "Hot"}).status_code == 302

    other = read(desk.get("/queue/views/new/?list=")).fields()
    page = desk.post("/queue/views/new/", {**other, "name": "hot"})

    assert page.status_code == 422
    assert 'value="hot"' in page.content.decode()
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("name", ["", "x" * 300, "\0", "\u202e", "\u200b"])
def test_no_name_breaks_the_form(desk, name):
    form = read(desk.get("/queue/views/new/")).fields()

    page = desk.post("/queue/views/new/", {**form, "name": name})

    assert page.status_code == 422
    assert read(page).errors()
    assert not SavedView.objects.exists()


def test_a_changed_list_is_saved_over_its_view(desk, agent):
    view = make_view(agent)
    page = desk.get(f"/queue/?priority=high&view={view.pk}")
    assert "Changed since it was saved" in page.content.decode()
    sent = {"list": f"priority=high&view={view.pk}", "version": "1"}

    for _press in range(2):
        assert desk.post(f"/queue/views/{view.pk}/update/", sent).status_code == 302

    view.refresh_from_db()
    assert (view.query, view.version) == ("priority=high", 2)
    stale = desk.post(
        f"/queue/views/{view.pk}/update/", {**sent, "list": "priority=low"}, follow=True
    )
    assert "Somebody has changed this view" in stale.content.decode()
    view.refresh_from_db()
    assert view.query == "priority=high"


def test_a_form_of_a_changed_view_comes_back_with_what_was_typed(
    desk, client_of, agent, supervisor
):
    view = make_view(agent, team=make_team(supervisor, agent))
    form = read(desk.get(f"/queue/views/{view.pk}/")).fields()
    lead = client_of(supervisor)
    theirs = read(lead.get(f"/queue/views/{view.pk}/")).fields()
    lead.post(f"/queue/views/{view.pk}/", {**theirs, "name": "Theirs"})

    page = desk.post(f"/queue/views/{view.pk}/", {**form, "name": "Mine"})

    assert page.status_code == 409
    assert 'value="Mine"' in page.content.decode()
    again = read(page).fields()
    assert desk.post(f"/queue/views/{view.pk}/", again).status_code == 302
    assert SavedView.objects.get().name == "Mine"


def test_who_is_not_in_the_team_gets_the_filters_of_a_shared_address(
    client_of, agent, second_agent, supervisor
):
    view = make_view(agent, "Secret plan", team=make_team(supervisor, agent))

    response = client_of(second_agent).get(f"/queue/v/{view.pk}/")

    assert response.url == "/queue/?priority=urgent"
    page = client_of(second_agent).get(f"/queue/?priority=urgent&view={view.pk}")
    assert "Secret plan" not in page.content.decode()
    for path in ("", "update/", "move/", "delete/"):
        answer = client_of(second_agent).post(f"/queue/views/{view.pk}/{path}", {"name": "x"})
        assert answer.status_code == 404
    assert SavedView.objects.get().name == "Secret plan"


def test_a_view_that_the_other_press_deletes_between_two_looks_is_no_strangers(
    desk, agent, monkeypatch
):
    view, keyed = make_view(agent), SavedViewQuerySet.keyed

    def found_then_deleted(rows, key):
        found = keyed(rows, key)
        SavedView.objects.filter(pk=view.pk).delete()
        return found

    monkeypatch.setattr(SavedViewQuerySet, "keyed", found_then_deleted)

    assert desk.post(f"/queue/views/{view.pk}/delete/").status_code == 302


def test_a_view_that_is_gone_says_so_and_shows_the_queue(desk, agent):
    view = make_view(agent)
    assert desk.post(f"/queue/views/{view.pk}/delete/").status_code == 302
    assert desk.post(f"/queue/views/{view.pk}/delete/").status_code == 302

    page = desk.get(f"/queue/v/{view.pk}/", follow=True)

    assert "no longer exists" in page.content.decode()
    # An address that was kept goes on showing its filters.
    assert desk.get(f"/queue/?priority=urgent&view={view.pk}").status_code == 200
    for key in ("0", "9" * 18, "9" * 40):
        assert desk.get(f"/queue/v/{key}/").status_code == 302
        assert desk.get(f"/queue/?view={key}").status_code == 200


def test_what_is_gone_of_a_view_is_named_and_left_out(desk, agent, supervisor, requester):
    ticket, other = make_ticket(requester), make_agent("leaver@helpdesk.example", name="Leila")
    team = make_team(supervisor, agent, other, name="Old team")
    tag = services.create_tag("VPN", colour="blue", actor=supervisor, now=NOW)
    target = services.create_tag("Network", colour="blue", actor=supervisor, now=NOW)
    services.change_tags(ticket, add=[target.pk], actor=agent, now=NOW)
    query = f"assignee={other.pk}&team={team.pk}&tags={tag.pk}&plan=gone-plan&organization=nowhere"
    view = make_view(agent, query=query)
    SavedView.objects.update(labels=[["plan", "gone-plan", "Gold"]])
    services.delete_team(team, actor=supervisor)
    people.deactivate(other, actor=supervisor, now=NOW)
    services.merge_tags(tag, into=target, actor=supervisor)

    page = desk.get(f"/queue/?{query}&view={view.pk}")

    assert notes_on(page) == [
        "The organization “nowhere” no longer exists; it is left out.",
        "The plan “Gold” no longer exists; it is left out.",
        "“Leila” is no longer an agent; this assignee is left out.",
        "The team “Old team” no longer exists; it is left out.",
    ]
    # The merged tag stands for the one that it went into.
    assert tickets_on(page) == [ticket.pk]
    [(count, _address)] = links_of(page).values()
    assert count.endswith("1")
    assert "no longer exists" in count
    listed = desk.get("/queue/views/").content.decode()
    assert "The plan “Gold” no longer exists" in listed


def test_views_are_ordered_by_their_buttons(desk, agent):
    first, second = make_view(agent, "First"), make_view(agent, "Second")

    page = read(desk.get("/queue/views/"))
    for _pressed_twice in range(2):
        desk.post(f"/queue/views/{second.pk}/move/", {"before": str(first.pk)})

    assert list(links_of(desk.get("/queue/"))) == ["Second", "First"]
    buttons = page.all("form.line button")
    assert [(each["name"], each["value"]) for each in buttons] == [
        ("before", ""),
        ("after", str(second.pk)),
        ("before", str(first.pk)),
        ("after", ""),
    ]


def test_a_view_that_is_moved_up_twice_by_one_press_moves_once(desk, agent):
    first, second, third = (make_view(agent, name) for name in ("First", "Second", "Third"))

    for _sent_twice in range(2):
        desk.post(f"/queue/views/{third.pk}/move/", {"before": str(second.pk)})

    assert list(links_of(desk.get("/queue/"))) == ["First", "Third", "Second"]
    assert first.place == 1


def test_no_stored_address_breaks_the_queue(desk, agent):
    for place, query in enumerate(
        ["%00", "q=%00", "status=&&&=", "tags=9,9,x", "sort=--due", "a" * 2000]
    ):
        SavedView.objects.create(
            name=f"View {place}", owner=agent, query=query, created_at=NOW, updated_at=NOW
        )

    page = desk.get("/queue/")

    assert len(links_of(page)) == 6
    for _count, address in links_of(page).values():
        assert desk.get(address).status_code == 200
    assert desk.get("/queue/views/").status_code == 200


def test_views_of_text_and_of_closed_tickets_have_no_number(desk, agent):
    make_view(agent, "Text", query="q=disk")
    make_view(agent, "Closed", query="status=closed")
    make_view(agent, "Long", query="waiting=4")

    counts = {name: count for name, (count, _address) in links_of(desk.get("/queue/")).items()}

    assert counts == {"Text": "", "Closed": "", "Long": "0"}


def test_any_number_of_views_costs_the_same(desk, agent, supervisor, requester, organization):
    team = make_team(supervisor, agent)
    queries = [f"organization={organization.key}", f"team={team.pk}", "waiting=4"]

    def cost():
        desk.get("/queue/")
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/queue/").status_code == 200
        return len(queries)

    without = cost()
    for number, query in enumerate(queries):
        make_view(agent, f"View {number}", query=query)
    of_three = cost()
    for number, query in enumerate(queries * 4):
        make_view(agent, f"Other {number}", query=query)

    assert cost() == of_three
    # What they refer to, and their numbers: those of lists that reckon from now apart.
    assert of_three <= without + 3


def test_the_page_of_views_costs_the_same_for_any_number(desk, agent, organization):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/queue/views/").status_code == 200
        return len(queries)

    make_view(agent, "First", query=f"organization={organization.key}")
    of_one = cost()
    for number in range(9):
        make_view(agent, f"View {number}", query=f"organization={organization.key}")

    assert cost() == of_one


def test_a_ticket_goes_along_with_the_view(desk, agent, requester):
    ticket, view = make_ticket(requester, priority="urgent"), make_view(agent)

    page = desk.get(f"/queue/?priority=urgent&view={view.pk}").content.decode()

    [address] = re.findall(rf'href="(/queue/{ticket.number}/\?list=[^"#]+)', page)[:1]
    assert f"view={view.pk}" in desk.get(address).content.decode()
