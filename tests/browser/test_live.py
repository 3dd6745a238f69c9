"""Pages that stay open: what was filed or written elsewhere arrives, and nothing jumps."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from helpdesk.settings import LIVE_SECONDS
from tests.browser.steps import file_ticket, forgive_refusals
from tests.factories import make_content, make_ticket
from tickets import services

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 30_000


@pytest.fixture(autouse=True)
def _ask_often(settings):
    settings.LIVE_SECONDS = 2


def keys(page):
    return page.locator("[data-rows] a.id").all_inner_texts()


def count_of_open(page):
    return page.locator(".views a[href='/queue/'] .count").inner_text()


def test_a_ticket_filed_in_one_browser_appears_in_the_open_queue_of_another(
    visit, keep_picture, requester, agent
):
    first = make_ticket(requester, now=timezone.now())
    desk = visit(agent)
    desk.goto("/queue/")
    assert keys(desk) == [first.number]
    assert desk.title().startswith("(۱) ")

    ticket = file_ticket(visit(requester), title="دیسک پر است")
    button = desk.locator(".news-button")
    button.wait_for(timeout=WITHIN)

    assert button.inner_text() == "۱ تیکت جدید – نمایش"
    assert count_of_open(desk) == "۲"
    assert keys(desk) == [first.number], "nothing moves under a reader"
    desk.locator("[data-bell-count]", has_text="۲").wait_for(timeout=WITHIN)
    assert desk.title().startswith("(۲) ")
    assert desk.locator("link[rel=icon]").get_attribute("href").startswith("data:image/svg+xml")
    keep_picture(desk, "waiting")
    button.click()
    assert set(keys(desk)) == {first.number, ticket.number}
    assert desk.evaluate("document.activeElement.textContent").startswith(ticket.title)
    assert button.count() == 0


@pytest.mark.full
def test_with_the_default_rhythm_a_filed_ticket_arrives_within_half_a_minute(
    visit, settings, requester, agent
):
    settings.LIVE_SECONDS = LIVE_SECONDS
    desk = visit(agent)
    desk.goto("/queue/")
    file_ticket(visit(requester), title="دیسک پر است")
    desk.locator(".news-button").wait_for(timeout=WITHIN)
    desk.locator("[data-bell-count]", has_text="۱").wait_for(timeout=WITHIN)
    assert desk.title().startswith("(۱) ")


@pytest.mark.full
def test_an_agent_who_writes_meanwhile_answers_what_was_shown(
    visit, keep_picture, requester, agent, ticket
):
    desk = visit(agent, language="en")
    desk.goto(ticket.get_queue_url())
    body = desk.locator("[data-mode=public] [name=body]")
    body.fill("We are looking into it.")
    services.reply_as_customer(ticket, actor=requester, content=make_content("هنوز قطع است."))

    desk.locator(".news-button").wait_for(timeout=WITHIN)
    assert desk.locator(".message").count() == 1
    assert body.input_value() == "We are looking into it."
    keep_picture(desk, "waiting")
    desk.click(".news-button")
    assert desk.locator(".message").count() == 2
    with desk.expect_navigation():
        desk.locator("[data-mode=public] .split > .btn-primary").click()

    assert desk.locator(".form-errors").count() == 0
    assert ticket.messages.count() == 3


def test_the_list_of_a_customer_says_what_changed_and_stops_at_sign_out(
    visit, keep_picture, requester, agent, ticket
):
    page = visit(requester, width=390)
    page.goto("/tickets/")
    services.reply_as_agent(ticket, actor=agent, content=make_content())

    page.locator(".news-button").wait_for(timeout=WITHIN)
    head, notice = page.locator("h1").bounding_box(), page.locator(".news-button").bounding_box()
    assert notice["y"] > head["y"] + head["height"], "it covers no head on a phone"
    keep_picture(page, "changed")
    page.click(".news-button")
    assert page.locator("[data-rows] .your-turn").count() == 1

    forgive_refusals(visit)
    page.context.clear_cookies()
    page.locator(".news .toast-note").wait_for(timeout=WITHIN)
    keep_picture(page, "signed out")


def test_the_board_of_a_supervisor_counts_a_ticket_by_itself(visit, supervisor, requester, ticket):
    page = visit(supervisor)
    page.goto("/reports/board/")
    count = page.locator("a.figure-value[href='/queue/']")
    before = count.inner_text()

    make_ticket(requester, now=timezone.now())

    expect(count).not_to_have_text(before, timeout=WITHIN)
    expect(page.locator(".news-button")).to_have_count(0)
