"""Members learn nothing of internal notes, of assignees, nor of who worked on a ticket."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_content,
    make_pending_file,
    make_ticket,
)
from tickets import services

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2, minutes=17)
SECRET = "the customer owes us money"


@pytest.fixture(autouse=True)
def _stopped_clock():
    with time_machine.travel(LATER, tick=False):
        yield


def pages(client, ticket):
    addresses = [
        "/",
        "/tickets/",
        f"/tickets/?q={SECRET.replace(' ', '+')}",
        "/tickets/?q=owes",
        ticket.get_absolute_url(),
        reverse("tickets:news", args=[ticket]),
        reverse("tickets:close", args=[ticket]),
    ]
    return [without_keys(client.get(address).content.decode()) for address in addresses]


def without_keys(page):
    """The page less what is new each time: the tokens of its forms."""
    return "\n".join(
        line
        for line in page.splitlines()
        if "csrfmiddlewaretoken" not in line and "form_key" not in line
    )


def test_a_note_changes_no_byte_of_what_members_are_shown(
    client_of, requester, agent, second_agent
):
    ticket = make_awaiting_customer(requester, agent)
    make_ticket(requester, now=NOW + timedelta(minutes=5))
    client = client_of(requester)
    before = pages(client, ticket)

    file = make_pending_file(second_agent, name="secret.log", now=LATER)
    services.add_note(
        ticket, actor=second_agent, content=make_content(SECRET, files=[file]), now=LATER
    )

    assert again(ticket).updated_at == LATER
    assert pages(client, ticket) == before


def test_a_change_of_assignee_changes_no_byte_of_what_members_are_shown(
    client_of, requester, agent, second_agent
):
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    client = client_of(requester)
    before = pages(client, ticket)

    services.assign(ticket, actor=agent, to=second_agent, now=LATER)

    assert pages(client, ticket) == before
    assert not any(agent.name in page or second_agent.name in page for page in before)


def test_an_agent_is_named_only_on_what_they_wrote(client_of, requester, agent, supervisor):
    ticket = services.accept(make_ticket(requester), actor=supervisor, now=NOW)
    services.reply_as_agent(ticket, actor=agent, content=make_content(), then="close", now=NOW)
    services.reopen(again(ticket), actor=supervisor, now=NOW)
    client = client_of(requester)

    page = client.get(ticket.get_absolute_url()).content.decode()
    lists = [client.get(path).content.decode() for path in ("/", "/tickets/")]

    assert agent.name in page
    assert supervisor.name not in page
    assert not any(agent.name in each or supervisor.name in each for each in lists)


def test_a_file_of_a_note_is_as_missing_as_one_that_never_was(client_of, requester, agent):
    ticket = make_ticket(requester)
    file = make_pending_file(agent)
    services.add_note(ticket, actor=agent, content=make_content(files=[file]), now=NOW)

    assert client_of(requester).get(file.get_absolute_url()).status_code == 404
