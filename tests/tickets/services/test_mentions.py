"""Agents who are mentioned in internal notes."""

import pytest

from notifications.models import Notification
from tests.factories import NOW, make_agent, make_content
from tests.pages import read
from tickets import services

pytestmark = pytest.mark.django_db


def note(ticket, author, text):
    services.add_note(ticket, actor=author, content=make_content(text), now=NOW)
    return ticket.events.last()


def notified_of(event):
    found = Notification.objects.filter(event=event)
    return {(each.recipient.email.partition("@")[0], each.channel) for each in found}


@pytest.mark.parametrize(
    "text",
    [
        "@agent2 لطفاً ببین",
        "ببین @Agent2.",
        "(@agent2)",
        "@agent2@helpdesk.example، ببین",
        "@agent2 @agent2 و @agent @nobody",
    ],
)
def test_a_mentioned_agent_is_notified_in_the_same_transaction(ticket, agent, second_agent, text):
    event = note(ticket, agent, text)

    assert event.changes["mentioned"] == [second_agent.pk]
    assert notified_of(event) == {("agent2", "bell"), ("agent2", "email")}


@pytest.mark.parametrize(
    "text",
    [
        "@sara",
        "@sara@pars.example",
        "@nobody",
        "mail agent2@helpdesk.example",
        "agent2",
        "@agent22",
        "@@agent2",
        "@agent",
    ],
)
def test_customers_unknown_names_addresses_and_oneself_are_nobody(
    ticket, requester, agent, second_agent, text
):
    event = note(ticket, agent, text)

    assert "mentioned" not in event.changes
    assert notified_of(event) == set()


def test_of_two_who_begin_alike_the_whole_address_says_who(ticket, agent, second_agent):
    other = make_agent("agent2@other.example")

    assert "mentioned" not in note(ticket, agent, "@agent2").changes
    assert note(ticket, agent, "@agent2@other.example").changes["mentioned"] == [other.pk]


def test_a_public_reply_mentions_nobody(ticket, agent, second_agent):
    services.reply_as_agent(ticket, actor=agent, content=make_content("@agent2 سلام"), now=NOW)

    assert not Notification.objects.filter(recipient=second_agent).exists()


def test_the_note_marks_the_name_and_the_history_says_who_was_notified(
    client_of, ticket, agent, second_agent
):
    note(ticket, agent, "@agent2 و @nobody <b>@agent2</b>")

    page = read(client_of(agent).get(ticket.get_queue_url()))

    assert page.texts("mark.mention") == ["@agent2", "@agent2"]
    assert str(second_agent) in page.one("[data-part=timeline]").text


def test_the_composer_learns_whom_an_agent_may_mention(client_of, agent, second_agent, requester):
    found = client_of(agent).get("/queue/mentions/").json()["people"]

    assert found == [{"name": str(second_agent), "handle": "agent2"}]
