"""Bulk actions by hand: rows by key, the whole view, the result, and without script."""

import pytest

from tests.factories import make_ticket
from tickets import services
from tickets.models import BulkRun, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def in_category(category):
    return Ticket.objects.in_category(category).count()


def test_rows_are_selected_by_key_and_changed(visit, requester, agent):
    for _n in range(3):
        make_ticket(requester)
    desk = visit(agent)
    desk.goto("/queue/")

    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    assert desk.locator("[name=ticket]:checked").count() == 2
    desk.click("button[name=action][value=category]")
    desk.select_option("[name=category]", "sales")
    desk.click("button[name=confirmed]")
    desk.wait_for_url("**/queue/")

    assert desk.locator("[data-toast]").is_visible()
    assert in_category("sales") == 2


@pytest.mark.full
def test_a_whole_view_is_changed_by_the_worker_while_the_page_follows(
    visit, requester, agent, settings
):
    settings.TICKETS_PER_HOUR = 100
    for _n in range(30):
        make_ticket(requester)
    desk = visit(agent)
    desk.goto("/queue/")
    desk.check("thead [data-select-page]")
    assert desk.locator("[name=ticket]:checked").count() == 25
    desk.check("[name=whole]")
    desk.click("button[name=action][value=category]")
    desk.select_option("[name=category]", "sales")
    desk.click("button[name=confirmed]")
    desk.wait_for_url("**/queue/bulk/*/")
    assert desk.locator("[data-progress=running]").is_visible()

    services.run_bulk()

    desk.wait_for_selector("[data-progress=finished]")
    assert desk.locator(".bulk-progress progress").get_attribute("value") == "30"
    assert in_category("sales") == 30


@pytest.mark.full
def test_without_script_the_same_form_does_the_same(visit, requester, agent):
    ticket = make_ticket(requester)
    desk = visit(agent, script=False)
    desk.goto("/queue/")

    desk.check(f"[name=ticket][value={ticket.number}]")
    desk.click("button[name=action][value=category]")
    desk.select_option("[name=category]", "sales")
    desk.click("button[name=confirmed]")
    desk.wait_for_url("**/queue/")

    assert BulkRun.objects.get().counts == {"done": 1}
    assert in_category("sales") == 1
