"""Tags on pages: the ticket's, the queue, the macros, and where supervisors manage them."""

import pytest

from tests.factories import NOW, again, make_ticket
from tests.pages import read, tickets_on
from tests.tickets.canned.test_services import make_canned
from tickets import services
from tickets.models import Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def tags(supervisor):
    return [
        services.create_tag(name, colour=colour, actor=supervisor, now=NOW)
        for name, colour in (("DNS", "teal"), ("VPN", "blue"))
    ]


@pytest.fixture
def tagged(ticket, agent, tags):
    services.change_tags(ticket, actor=agent, add=[tags[1].pk], now=NOW)
    return ticket


def test_an_agent_chooses_tags_on_a_page_of_the_ticket(desk, tagged, tags):
    dns, vpn = tags
    url = f"{tagged.get_queue_url()}tags/"
    page = read(desk.get(url))
    assert [box["value"] for box in page.all("input[name=tags]") if "checked" in box] == [
        str(vpn.pk)
    ]

    response = desk.post(url, {"tags": [dns.pk], "seen": [vpn.pk]}, follow=True)

    assert read(response).texts(".properties .tag-mark") == ["DNS"]
    assert "برچسب" in read(response).one("[data-part=timeline]").text


def test_what_a_colleague_added_meanwhile_stays(desk, tagged, tags, second_agent):
    dns, vpn = tags
    services.change_tags(tagged, actor=second_agent, add=[dns.pk], now=NOW)

    desk.post(f"{tagged.get_queue_url()}tags/", {"seen": [vpn.pk]})

    assert list(tagged.ticket_tags.values_list("tag", flat=True)) == [dns.pk]


def test_a_refused_choice_is_shown_with_the_reason(desk, tagged, tags, supervisor):
    services.retire_tag(tags[0], actor=supervisor)

    response = desk.post(f"{tagged.get_queue_url()}tags/", {"tags": [tags[0].pk]})

    assert response.status_code == 409
    assert "DNS" in read(response).one(".invalid-feedback").text
    assert desk.post(f"{tagged.get_queue_url()}tags/", {"tags": ["x"]}).status_code == 422


def test_customers_never_see_tags(client_of, requester, tagged):
    response = client_of(requester).get(tagged.get_absolute_url())

    assert "VPN" not in response.content.decode()
    assert "VPN" not in client_of(requester).get("/tickets/").content.decode()


def test_rows_of_the_queue_show_tags_and_are_filtered_by_several(desk, requester, agent, tags):
    dns, vpn = tags
    both, one, _none = (make_ticket(requester) for _each in range(3))
    services.change_tags(both, actor=agent, add=[dns.pk, vpn.pk], now=NOW)
    services.change_tags(one, actor=agent, add=[vpn.pk], now=NOW)

    page = read(desk.get("/queue/"))
    assert page.texts("td .tag-mark") == ["DNS", "VPN", "VPN"]
    assert set(tickets_on(desk.get("/queue/", {"tags": vpn.pk}))) == {both.pk, one.pk}
    for address in ({"tags": [dns.pk, vpn.pk]}, {"tags": f"{dns.pk},{vpn.pk}"}):
        assert tickets_on(desk.get("/queue/", address)) == [both.pk]
    assert len(tickets_on(desk.get("/queue/", {"tags": "0,x,99999999999999999999"}))) == 3


def test_a_filter_by_a_merged_tag_is_one_by_the_other(desk, tagged, tags, supervisor):
    dns, vpn = tags
    services.merge_tags(vpn, into=dns, actor=supervisor)

    assert tickets_on(desk.get("/queue/", {"tags": vpn.pk})) == [tagged.pk]


def test_a_macro_says_which_of_its_tags_are_gone_and_adds_the_others(
    desk, ticket, agent, tags, supervisor
):
    dns, vpn = tags
    make_canned(agent, tag_ids=(dns.pk, vpn.pk))
    services.retire_tag(dns, actor=supervisor)

    page = desk.get(f"{ticket.get_queue_url()}canned/").content.decode()

    assert f'name="also_tags" value="{vpn.pk}"' in page
    assert "DNS" in read(page).one(".canned-warning").text


def test_a_supervisor_adds_renames_merges_and_retires_tags(client_of, supervisor, tagged, tags):
    board, (dns, vpn) = client_of(supervisor), tags
    board.post("/tags/", {"name": " پهنای  باند ", "colour": "pink"})
    new = Tag.objects.get(colour="pink")
    assert new.name == "پهنای باند"

    board.post(f"/tags/{new.pk}/", {"name": "Bandwidth", "colour": "red", "version": 1})
    board.post(f"/tags/{vpn.pk}/merge/", {"into": dns.pk})
    board.post(f"/tags/{new.pk}/retire/")

    assert (again(new).name, again(new).is_retired) == ("Bandwidth", True)
    page = read(board.get("/tags/"))
    assert page.texts(".tags-list .tag-mark") == ["DNS", "Bandwidth"]
    assert "۱ تیکت" in page.text
    board.post(f"/tags/{new.pk}/retire/", {"restore": "yes"})
    assert not again(new).is_retired


@pytest.mark.parametrize("length", [41, 300])
def test_a_long_name_is_refused_with_a_clear_sentence(client_of, supervisor, tags, length):
    response = client_of(supervisor).post("/tags/", {"name": "x" * length, "colour": "blue"})

    assert response.status_code == 422
    assert "۴۰" in read(response).one(".errorlist").text
    assert Tag.objects.count() == 2


def test_a_tag_that_somebody_changed_meanwhile_is_shown_as_it_is(client_of, supervisor, tags):
    board, (dns, _vpn) = client_of(supervisor), tags
    services.edit_tag(dns, name="Names", colour="red", actor=supervisor)

    response = board.post(f"/tags/{dns.pk}/", {"name": "Zones", "colour": "teal", "version": 1})

    assert response.status_code == 409
    assert read(response).one("input[name=version]")["value"] == "2"
    assert again(dns).name == "Names"
