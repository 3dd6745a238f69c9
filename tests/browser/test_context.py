"""An agent puts a ticket away by a key, follows one, and notes what a customer is like."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from organizations.models import User
from tests.factories import again, make_ticket
from tickets import services
from tickets.models import CustomerNote, Follower

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fresh(requester, agent):
    User.objects.filter(pk=agent.pk).update(language="en")
    ticket = make_ticket(requester, now=timezone.now())
    return services.accept(ticket, actor=agent)


def test_a_ticket_is_put_away_by_a_key_and_comes_back_to_the_top(visit, agent, fresh):
    page = visit(agent, language="en")
    page.goto(fresh.get_queue_url())
    page.keyboard.press("z")
    page.locator("details.menu[open] button[value=hour]").wait_for()
    assert page.evaluate("document.activeElement.value") == "hour"
    assert not Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    page.keyboard.press("Enter")
    page.locator("form.snooze-line").wait_for()
    assert again(fresh).is_snoozed

    page.goto("/queue/")
    assert page.locator("a.title").count() == 0
    services.return_snoozed(timezone.now() + timedelta(hours=2))
    page.goto("/queue/")
    assert "Returned" in page.locator("tr.group").first.inner_text()

    page.locator("a.title").first.click()
    page.locator("p.snooze-line").wait_for()
    page.goto("/queue/")
    assert "Returned" not in page.locator("tr.group").first.inner_text()


def test_a_snoozed_ticket_is_taken_out_by_the_same_key(visit, agent, fresh):
    services.snooze(fresh, actor=agent, until=None)
    page = visit(agent, language="en")
    page.goto(fresh.get_queue_url())
    with page.expect_navigation():
        page.keyboard.press("z")

    assert not again(fresh).is_snoozed


def test_a_note_is_written_from_the_ticket_and_the_card_is_fetched(visit, agent, fresh):
    page = visit(agent, language="en")
    page.goto(fresh.get_queue_url())
    page.get_by_role("link", name="Note on the organization").click()
    page.fill("textarea[name=body]", "Call before noon.")
    page.get_by_role("button", name="Save the note").click()
    page.locator(".customer-note", has_text="Call before noon.").wait_for()
    assert CustomerNote.objects.get().organization == fresh.organization

    page.get_by_text("Local time, ratings and overdue tickets").click()
    page.get_by_text("Asia/Tehran").wait_for()


def test_a_ticket_is_followed_by_a_key(visit, agent, fresh):
    page = visit(agent, language="en")
    page.goto(fresh.get_queue_url())
    with page.expect_navigation():
        page.keyboard.press("f")
    page.locator("button[name=stop]").wait_for()

    assert Follower.objects.filter(user=agent, ticket=fresh).exists()
