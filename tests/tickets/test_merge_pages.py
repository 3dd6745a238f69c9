"""Pages of merged tickets: the form, where a merged ticket leads, and the undo."""

import pytest
from django.urls import reverse

from tests.factories import again, make_closed, make_ticket
from tests.pages import read
from tests.presses import answers_between
from tickets import services
from tickets.errors import TicketMerged
from tickets.models import MessageDraft, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(requester):
    return make_ticket(requester, title="نخستین")


@pytest.fixture
def source(colleague):
    return make_ticket(colleague, title="دوم")


@pytest.fixture
def merged(source, target, agent):
    services.merge_tickets(source, actor=agent, into=target)
    return again(source)


def merge_url(ticket):
    return reverse("queue:merge", args=[ticket])


def test_an_agent_merges_by_number_and_separates_again(client_of, agent, source, target):
    client = client_of(agent)
    sent = {"number": str(target.pk), "version": source.version}

    response = client.post(merge_url(source), sent, follow=True)

    assert response.redirect_chain == [(f"{target.get_queue_url()}#latest", 302)]
    html = response.content.decode()
    assert "Merged here" in html or "ادغام‌شده در این" in html
    assert f'name="undo" value="{source.pk}"' in html

    response = client.post(merge_url(target), {"undo": source.pk})

    assert response.url == f"{source.get_queue_url()}#latest"
    assert again(source).merged_into is None


def test_what_was_typed_stays_where_a_merge_is_refused(client_of, agent, source, requester):
    closed = make_closed(requester, agent)
    sent = {"number": closed.number, "version": source.version}

    response = client_of(agent).post(merge_url(source), sent)

    assert response.status_code == 422
    assert f'value="{closed.number}"' in response.content.decode()


def test_an_unknown_number_is_refused(client_of, agent, source):
    response = client_of(agent).post(merge_url(source), {"number": "987654"})

    assert response.status_code == 422
    assert again(source).merged_into is None


def test_every_way_to_a_merged_ticket_leads_to_the_target(
    client_of, agent, colleague, merged, target
):
    agents, customers = client_of(agent), client_of(colleague)

    for client, address, goal in (
        (agents, merged.get_queue_url(), target.get_queue_url()),
        (customers, merged.get_absolute_url(), target.get_absolute_url()),
    ):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, goal)
    found = agents.get(reverse("queue:list"), {"q": merged.number}, follow=True)
    assert found.redirect_chain[-1][0] == target.get_queue_url()
    assert agents.get(reverse("queue:due", args=[merged])).status_code == 200


def test_both_sides_write_to_the_target_from_a_page_of_the_merged_ticket(
    client_of, agent, colleague, merged, target
):
    customer = reverse("tickets:reply", args=[merged])
    note = reverse("queue:note", args=[merged])

    written = client_of(colleague).post(customer, {"body": "هنوز قطع است."})
    noted = client_of(agent).post(note, {"body": "دو تیکت یکی است."})

    assert written.url == f"{target.get_absolute_url()}#latest"
    assert noted.url == f"{target.get_queue_url()}?note=open#latest"
    assert Ticket.objects.get(pk=target.pk).messages.count() == 4


def test_an_agents_reply_from_there_is_shown_with_the_target_first(
    client_of, agent, merged, target
):
    sent = {"body": "درست شد.", "then": "close", "seen_message": target.last_public_message_id}

    response = client_of(agent).post(reverse("queue:reply", args=[merged]), sent)

    html = response.content.decode()
    assert response.status_code == 409
    assert "درست شد." in html
    assert reverse("queue:reply", args=[target]) in html


def test_an_open_page_of_the_merged_ticket_gets_the_target_once(client_of, agent, merged, target):
    news, client = reverse("queue:news", args=[merged]), client_of(agent)

    assert client.get(news, {"seen": "1"}).status_code == 200
    seen = {"seen": str(again(target).version)}
    assert client.get(news, seen).status_code == 204


def test_what_somebody_was_writing_goes_along_with_a_merge(client_of, agent, source, target):
    """A draft on the merged ticket was on no page any more."""
    client, address = client_of(agent), reverse("draft", args=[source])
    sent = {"body": "نیمه‌کاره", "draft_kind": "note"}
    client.post(address, sent)
    services.merge_tickets(source, actor=agent, into=target)

    assert "نیمه‌کاره" in client.get(target.get_queue_url()).content.decode()
    # A page of the merged ticket that is still open goes on saving.
    later = client.post(
        address, sent | {"body": "ناتمام", "draft_version": draft_of(agent).version}
    )
    assert later.json()["outcome"] == "saved"
    assert "ناتمام" in client.get(target.get_queue_url()).content.decode()


def draft_of(person):
    return MessageDraft.objects.get(user=person)


def test_who_closes_a_ticket_that_was_merged_meanwhile_is_shown_why_it_is_open(
    client_of, colleague, merged, target
):
    page = client_of(colleague).post(reverse("tickets:close", args=[merged]), follow=True)

    assert page.redirect_chain[-1][0] == target.get_absolute_url()
    [refused] = read(page).texts(".alert-line")
    assert merged.number in refused
    assert not again(target).is_closed


def test_a_note_from_there_is_not_called_a_message_that_was_sent(client_of, agent, merged, target):
    client = client_of(agent)
    client.post("/language/", {"language": "en"})

    page = client.post(f"{merged.get_queue_url()}note/", {"body": "a note"}, follow=True)

    shown = read(page).one("[data-toast-text]").text
    assert shown == f"The note has been saved on {target.number}."


def test_who_follows_a_ticket_while_it_is_merged_is_not_left_on_it(
    client_of, agent, source, target, second_agent
):
    client, follow = client_of(agent), f"{source.get_queue_url()}follow/"

    answers = answers_between(
        lambda: client.post(follow),
        lambda: services.merge_tickets(again(source), actor=second_agent, into=again(target)),
    )

    assert {each.status_code for each in answers} == {302, 409}


@pytest.mark.parametrize("act", [services.follow, services.unfollow])
def test_nobody_begins_or_ends_following_a_merged_ticket(agent, source, target, act):
    before = again(source)
    services.merge_tickets(source, actor=agent, into=target)

    with pytest.raises(TicketMerged):
        act(before, actor=agent)

    assert not before.followers.exists()
