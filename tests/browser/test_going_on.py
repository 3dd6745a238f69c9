"""Many answers in a row: what an agent has to press besides writing."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_ticket
from tickets.choices import Status
from tickets.models import Message, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
TEN = 10


@pytest.fixture
def desk(visit, requester, agent):
    """The page of an agent who goes on after each answer, with ten tickets that wait."""
    for number in range(TEN):
        make_ticket(requester, now=None, title=f"تیکت {number}")
    agent.goes_on_after_reply = True
    agent.save()
    return visit(agent)


def answer_ten(desk):
    """Answer the ticket of the page and all that follow; gives how many keys were no text."""
    keys = 0
    desk.focus("#id_body")
    for number in range(TEN):
        expect(desk.locator("#id_body")).to_be_focused()
        desk.keyboard.type(f"پاسخ {number}")
        with desk.expect_navigation():
            desk.keyboard.press("Control+Enter")
            keys += 1
    return keys


def test_ten_answers_take_ten_texts_and_two_keys_each(desk, agent):
    desk.goto("/queue/?assignee=nobody")
    desk.click("a.title >> nth=0")

    assert answer_ten(desk) <= 2 * TEN

    assert not Ticket.objects.exclude(status=Status.AWAITING_CUSTOMER).exists()
    assert Message.objects.filter(author=agent).values("ticket").distinct().count() == TEN
    assert desk.url.endswith("/queue/?assignee=nobody")


def test_ten_tickets_are_taken_and_answered_with_two_keys_each(desk, agent):
    desk.goto("/queue/")
    desk.click("form[action='/queue/next/'] button")

    assert answer_ten(desk) <= 2 * TEN

    assert Ticket.objects.assigned_to(agent).count() == TEN
