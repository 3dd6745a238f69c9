"""Canned replies by hands: found, inserted and sent by keyboard, on a phone, and without script."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_ticket
from tests.tickets.canned.test_services import make_canned
from tickets.choices import Status
from tickets.models import CannedReply, Event, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]


@pytest.fixture
def ticket(requester):
    return make_ticket(requester, now=None)


@pytest.fixture
def macro(agent, supervisor):
    make_canned(agent, title="الف", body_fa="متن دیگر")
    return make_canned(
        supervisor,
        scope="shared",
        title="ب",
        body_fa="سلام {{مشتری}}",
        then="work",
        priority="high",
    )


def test_slash_arrow_enter_and_send(visit, agent, ticket, macro):
    desk = visit(agent)
    desk.goto(ticket.get_queue_url())

    desk.keyboard.press("m")
    expect(desk.locator("[data-canned] [role=combobox]")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#id_body")).to_be_focused()
    desk.keyboard.type("/")
    expect(desk.locator(".canned-option[aria-selected=true]")).to_contain_text("الف")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("[data-canned-shown]")).to_have_text("سلام سارا احمدی")
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_body")).to_have_value("سلام سارا احمدی")
    expect(desk.locator("[data-further-part]")).to_be_visible()
    with desk.expect_navigation():
        desk.keyboard.press("Control+Enter")

    found = Ticket.objects.get(pk=ticket.pk)
    assert (found.status, found.priority) == (Status.IN_PROGRESS, "high")
    assert found.events.latest("pk").kind == Event.Kind.AGENT_REPLIED
    assert CannedReply.objects.get(pk=macro.pk).uses == 1


def test_a_change_is_left_out_on_a_phone(visit, agent, ticket, macro):
    phone = visit(agent, width=390)
    phone.goto(ticket.get_queue_url())

    phone.click("[data-canned-open]")
    phone.click(".canned-option >> nth=1")
    phone.click("[data-further-part] button")
    expect(phone.locator("[data-further-part]")).to_have_count(0)
    with phone.expect_navigation():
        phone.click(".split > button")

    found = Ticket.objects.get(pk=ticket.pk)
    assert (found.status, found.priority) == (Status.IN_PROGRESS, "normal")


def test_without_script_it_is_chosen_from_a_list(visit, agent, ticket, macro):
    desk = visit(agent, script=False)
    desk.goto(ticket.get_queue_url())

    desk.fill("#id_body", "پیش‌نویس")
    desk.click("[data-canned-open]")
    desk.select_option("[name=insert]", label="ب (اولویت از معمولی به بالا)")
    desk.click("[name=insert] + button")
    expect(desk.locator("#id_body")).to_have_value("پیش‌نویس\n\nسلام سارا احمدی")
    desk.click(".split > button")

    assert Ticket.objects.get(pk=ticket.pk).priority == "high"
