"""What was held back is decided on pages: by supervisors, and on the ticket by agents."""

import pytest
from django.urls import reverse

from tests.factories import NOW, again, make_closed
from tickets.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("intake")]


@pytest.fixture
def held(ticket, requester, mail_to, arrive):
    content = mail_to(ticket, requester, "<b>از خانه</b>", sender="ali@home.example")
    return arrive(content, now=NOW)


@pytest.fixture
def stray(ticket, requester, mail_to, arrive):
    return arrive(mail_to(ticket, requester, "بی نشانی", to="support@help.example"), now=NOW)


def test_the_list_shows_what_waits_and_all_on_request(client_of, supervisor, held, stray, arrive):
    arrive(b"Auto-Submitted: auto-replied\nSubject: Away\n\nx", now=NOW)
    client = client_of(supervisor)

    waiting = client.get("/incoming/").content.decode()
    everything = client.get("/incoming/?show=all").content.decode()

    assert "ali@home.example" in waiting
    assert "Away" not in waiting
    assert "Away" in everything


@pytest.mark.parametrize("query", ["before=x", "before=99999999999999999999", "show=1"])
def test_the_list_takes_any_query(client_of, supervisor, held, query):
    assert client_of(supervisor).get(f"/incoming/?{query}").status_code == 200


def test_an_agent_accepts_a_held_mail_on_the_ticket_page(client_of, agent, ticket, held, requester):
    client = client_of(agent)
    page = client.get(ticket.get_queue_url()).content.decode()
    assert "&lt;b&gt;از خانه" in page
    assert reverse("intake:accept", args=[held.pk]) in page

    response = client.post(reverse("intake:accept", args=[held.pk]))

    assert response.status_code == 302
    message = Message.objects.get(channel="email")
    assert message.author == requester
    page = client.get(ticket.get_queue_url()).content.decode()
    assert "ali@home.example" in page


def test_a_customer_does_not_see_the_senders_address(client_of, agent, ticket, held, requester):
    client_of(agent).post(reverse("intake:accept", args=[held.pk]))

    page = client_of(requester).get(ticket.get_absolute_url()).content.decode()

    assert "از خانه" in page
    assert "ali@home.example" not in page


def test_a_decision_sent_twice_is_no_refusal(client_of, agent, second_agent, held):
    client, address = client_of(agent), reverse("intake:accept", args=[held.pk])
    client.post(address)

    response = client.post(address)

    assert response.url == held.ticket.get_queue_url()
    assert client_of(second_agent).post(address).status_code == 404
    assert Message.objects.filter(channel="email").count() == 1


def test_a_supervisor_releases_a_stray_mail_as_a_note_on_the_ticket_they_name(
    client_of, supervisor, ticket, stray
):
    client = client_of(supervisor)
    address = reverse("intake:release", args=[stray.pk])

    client.post(address, {"ticket": "KT-999999"})
    assert again(stray).state == "refused"

    client.post(address, {"ticket": ticket.number})
    assert again(stray).message.kind == "note"


def test_a_discarded_mail_stays_kept(client_of, supervisor, stray):
    client_of(supervisor).post(reverse("intake:discard", args=[stray.pk]))

    assert (again(stray).state, bool(again(stray).content)) == ("discarded", True)


def test_agents_and_customers_find_no_list_and_no_quarantine(client_of, agent, requester, stray):
    for person in (agent, requester):
        client = client_of(person)
        assert client.get("/incoming/").status_code == 404
        assert client.get(f"/incoming/{stray.pk}/").status_code == 404
        assert client.post(f"/incoming/{stray.pk}/release/").status_code == 404
        assert client.post(f"/incoming/{stray.pk}/discard/").status_code == 404


def test_the_page_of_a_mail_shows_markup_as_text(client_of, supervisor, held):
    page = client_of(supervisor).get(f"/incoming/{held.pk}/").content.decode()

    assert "&lt;b&gt;از خانه" in page
    assert "<b>از خانه" not in page


def test_an_agents_answer_on_a_closed_ticket_is_sent_on_a_click(
    client_of, requester, agent, mail_to, arrive
):
    ticket = make_closed(requester, agent)
    row = arrive(mail_to(ticket, agent, "یک نکته"), now=NOW)

    client_of(agent).post(reverse("intake:accept", args=[row.pk]))

    assert Message.objects.get(channel="email").body == "یک نکته"
    assert not again(ticket).is_closed
