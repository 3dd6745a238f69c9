"""Many answers in a row: what an agent has to press besides writing."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_ticket
from tickets.choices import Status
from tickets.models import Message, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
TEN = 10


class Hands:
    """An agent's hands on a page, which count the keys that are no text."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def press(self, key):
        self.keys += 1
        self.page.keyboard.press(key)


def test_ten_answers_take_ten_texts_and_two_keys_each(visit, keep_picture, requester, agent):
    for number in range(TEN):
        make_ticket(requester, now=None, title=f"تیکت {number}")
    agent.goes_on_after_reply = True
    agent.save()
    desk = visit(agent)
    desk.goto("/queue/?assignee=nobody")
    desk.click("a.title >> nth=0")
    desk.focus("#id_body")
    hands = Hands(desk)

    for number in range(TEN):
        expect(desk.locator("#id_body")).to_be_focused()
        desk.keyboard.type(f"پاسخ {number}")
        if number == 1:
            keep_picture(desk, "second of ten")
        with desk.expect_navigation():
            hands.press("Control+Enter")

    assert hands.keys <= 2 * TEN
    assert not Ticket.objects.exclude(status=Status.AWAITING_CUSTOMER).exists()
    assert Message.objects.filter(author=agent).values("ticket").distinct().count() == TEN
    assert desk.url.endswith("/queue/?assignee=nobody")


def test_ten_tickets_are_taken_and_answered_with_two_keys_each(visit, requester, agent):
    for number in range(TEN):
        make_ticket(requester, now=None, title=f"تیکت {number}")
    agent.goes_on_after_reply = True
    agent.save()
    desk = visit(agent)
    desk.goto("/queue/")
    desk.click("form[action='/queue/next/'] button")
    desk.focus("#id_body")
    hands = Hands(desk)

    for number in range(TEN):
        expect(desk.locator("#id_body")).to_be_focused()
        desk.keyboard.type(f"پاسخ {number}")
        with desk.expect_navigation():
            hands.press("Control+Enter")

    assert hands.keys <= 2 * TEN
    assert Ticket.objects.assigned_to(agent).count() == TEN
