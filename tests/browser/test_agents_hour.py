"""An hour of an agent: thirty tickets, worked through by keyboard alone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from organizations.models import User
from tests.factories import again, make_ticket
from tests.tickets.canned.test_services import make_canned
from tickets.choices import Category, Status
from tickets.models import Follower, Message, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
ALL, IN_A_ROW = 30, 22


def waiting():
    """What nobody has taken."""
    return Ticket.objects.unassigned().with_status(Status.AWAITING_RESPONSE)


class Hands:
    """The page of an agent who has no mouse."""

    def __init__(self, page):
        self.page, self.press = page, page.keyboard.press

    def type(self, text):
        self.page.keyboard.type(text)

    def go(self, *keys):
        """Press keys of which the last leads to another page."""
        for key in keys[:-1]:
            self.press(key)
        with self.page.expect_navigation():
            self.press(keys[-1])

    def leave_field(self):
        """Keys mean something outside of fields; after an act the next text has the focus,
        once the page is there."""
        self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        if self.page.evaluate("document.activeElement.matches('textarea')"):
            self.press("Tab")

    def choose(self, value):
        """The option of the select that has the focus."""
        for _option in range(10):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"No way to {value}")

    def tab_to(self, selector):
        for _stop in range(40):
            if self.page.evaluate("what => document.activeElement.matches(what)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"No way to {selector}")

    def answer(self, text):
        expect(self.page.locator("#id_body")).to_be_focused()
        self.type(text)
        self.go("Control+Enter")

    def open_row(self, number):
        """The ticket of that row of the list, from above."""
        for _step in range(number):
            self.press("j")
        self.go("Enter")
        return Ticket.objects.get(pk=int(self.page.locator(".id").first.inner_text()[3:]))


@pytest.fixture
def hands(visit, requester, agent, settings):
    settings.TICKETS_PER_HOUR = 100
    for number in range(ALL):
        make_ticket(requester, now=timezone.now(), title=f"تیکت {number}")
    User.objects.filter(pk=agent.pk).update(goes_on_after_reply=True)
    make_canned(agent, title="سلام", body_fa="سلام، بررسی می‌کنیم.")
    page = visit(agent)
    page.goto("/queue/")
    return Hands(page)


def answer_in_a_row(hands, agent):
    """Twenty-two are taken and answered one after the other, the next by a canned reply."""
    hands.go("w")
    hands.press("r")
    for number in range(IN_A_ROW):
        hands.answer(f"پاسخ {number}")
    assert Message.objects.filter(author=agent).values("ticket").distinct().count() == IN_A_ROW
    hands.press("/")
    hands.page.locator(".canned-option[aria-selected=true]").wait_for()
    hands.press("Enter")
    expect(hands.page.locator("#id_body")).to_have_value("سلام، بررسی می‌کنیم.")
    hands.go("Control+Enter")
    hands.leave_field()


def note_raise_and_follow(hands, agent):
    hands.go("g", "u")
    ticket = hands.open_row(1)
    hands.leave_field()
    hands.press("n")
    hands.type("مشتری تلفن کرد.")
    hands.go("Control+Enter")
    hands.leave_field()
    hands.press("p")
    expect(hands.page.locator("#priority-priority")).to_be_focused()
    hands.press("ArrowDown")
    hands.press("Tab")
    hands.type("همه ایستاده‌اند.")
    hands.go("Enter")
    hands.leave_field()
    hands.go("f")
    ticket.refresh_from_db()
    assert ticket.priority == "high"
    assert ticket.messages.filter(kind=Message.Kind.NOTE).count() == 1
    assert Follower.objects.filter(ticket=ticket, user=agent).exists()
    return ticket


def put_away(hands, ticket):
    hands.leave_field()
    hands.go("a")
    hands.leave_field()
    hands.press("z")
    hands.page.locator("details.menu[open] button[value=hour]").wait_for()
    hands.go("Enter")
    assert again(ticket).is_snoozed


def hand_on(hands, colleague):
    hands.leave_field()
    hands.go("g", "u")
    ticket = hands.open_row(1)
    hands.leave_field()
    hands.go("a")
    hands.leave_field()
    hands.press("t")
    expect(hands.page.locator("#transfer-to")).to_be_focused()
    hands.choose(f"agent-{colleague.pk}")
    hands.tab_to("form[action*=transfer] button")
    hands.go("Enter")
    assert again(ticket).assignee == colleague


def find_and_answer(hands):
    hands.leave_field()
    last = waiting().latest("pk")
    hands.press("Control+k")
    expect(hands.page.locator("#palette input")).to_be_focused()
    hands.type(last.number)
    hands.page.locator("#palette [aria-selected=true]", has_text=last.number).wait_for()
    hands.go("Enter")
    hands.leave_field()
    hands.press("r")
    hands.answer("انجام شد.")
    assert again(last).status == Status.AWAITING_CUSTOMER
    hands.leave_field()


def change_the_rest_together(hands):
    hands.go("g", "u")
    rest = waiting().count()
    for _row in range(rest):
        hands.press("j")
        hands.press("x")
    hands.press("b")
    hands.tab_to("[value=category]")
    hands.go("Enter")
    hands.tab_to("[name=category]")
    hands.choose("financial")
    hands.tab_to("[name=confirmed]")
    hands.go("Enter")
    assert Ticket.objects.in_category(Category.FINANCIAL).count() == rest > 1


def test_an_hour_of_thirty_tickets_needs_no_mouse(hands, keep_picture, agent, second_agent):
    keep_picture(hands.page, "begin")
    answer_in_a_row(hands, agent)
    keep_picture(hands.page, "after many answers")
    put_away(hands, note_raise_and_follow(hands, agent))
    keep_picture(hands.page, "put away")
    hand_on(hands, second_agent)
    find_and_answer(hands)
    change_the_rest_together(hands)
    keep_picture(hands.page, "end")
