"""The queue made one's own, with hands: columns by keyboard, compact rows, a saved view."""

import pytest

from tests.factories import make_ticket
from tickets.models import SavedView

pytestmark = pytest.mark.django_db(transaction=True)
HEADS = ".queue-table thead th:not(.q-select)"


@pytest.fixture
def agent(agent):
    agent.language = "en"
    agent.save()
    return agent


def test_columns_are_moved_by_keyboard_and_rows_made_compact(visit, agent, requester):
    make_ticket(requester)
    desk = visit(agent)
    desk.goto("/queue/columns/")

    desk.focus("[value=up-number]")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")

    assert desk.inner_text("[data-columns-said]") == "Number is now column 1 of 9."
    assert desk.evaluate("document.activeElement.value") == "up-number"
    desk.uncheck("[name=column][value=organization]")
    desk.check("label:has([value=compact]) input", force=True)
    desk.click(".form-acts .btn-primary")
    desk.wait_for_url("**/queue/")
    heads = desk.locator(HEADS).all_inner_texts()
    assert heads[:2] == ["Number", "Due"]
    assert "Organization, plan" not in heads
    row = desk.locator(".queue-table tbody tr:not(.group)").first
    assert row.bounding_box()["height"] <= 37


def test_a_list_is_saved_as_a_view_that_counts(visit, agent, requester):
    for priority in ("urgent", "critical", "low"):
        make_ticket(requester, priority=priority)
    desk = visit(agent)
    desk.goto("/queue/filter/")
    desk.check("[name=priority][value=urgent]")
    desk.check("[name=priority][value=critical]")
    desk.click("[name=show]")
    desk.wait_for_url("**/queue/?priority=critical%2Curgent")

    desk.click("a:has-text('Save as view')")
    desk.fill("[name=name]", "Hot")
    desk.dblclick(".form-acts .btn-primary")
    desk.wait_for_url("**&view=*")

    assert desk.inner_text("h1") == "Hot"
    assert desk.inner_text(".views a[aria-current] .count") == "2"
    assert SavedView.objects.count() == 1


@pytest.mark.full
def test_without_script_columns_are_moved_and_filters_chosen(visit, agent, requester):
    make_ticket(requester)
    desk = visit(agent, script=False)

    desk.goto("/queue/columns/")
    desk.click("[value=up-number]")
    desk.click(".form-acts .btn-primary")

    assert desk.locator(HEADS).first.inner_text() == "Number"
