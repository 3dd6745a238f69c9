"""From a due time to its sum and back; and badges that stay true in a page that stays open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.variations import first_of
from tests.factories import make_promised_plan, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(requester, organization):
    """Promised in 2 hours around the clock, of which the first is over."""
    organization.plan = make_promised_plan(organization, normal=2 * HOUR)
    organization.save()
    return make_ticket(requester, now=timezone.now() - HOUR)


@pytest.mark.parametrize(
    ("who", "start"),
    first_of(("requester", "/tickets/"), ("agent", "/queue/")),
    ids=["customer", "agent"],
)
def test_a_due_leads_to_its_sum_and_back(who, start, visit, ticket, request):
    page = visit(request.getfixturevalue(who), language="en", width=390)
    page.goto(start)

    with page.expect_navigation():
        page.locator("main a.due").first.click()

    assert page.url.endswith(f"{start}{ticket.number}/due/")
    assert page.locator(".steps tbody tr").count() >= 3
    assert page.locator("svg.hours-narrow").is_visible()
    assert not page.locator("svg.hours-wide").is_visible()
    with page.expect_navigation():
        page.locator(".page-head .icon-btn").click()
    assert page.url.endswith(f"{start}{ticket.number}/")


def test_a_badge_turns_amber_and_red_at_the_right_instants(visit, ticket, agent):
    agent.language = "en"
    agent.save()
    page = visit(agent, language="en")
    page.clock.install()
    page.goto("/queue/")
    badge = page.locator("main a.due").first
    seen = [(badge.get_attribute("class"), badge.locator("time").inner_text())]

    # Amber after 30 minutes, red after 60; a slow machine may need some of its own.
    for minutes in (20, 20, 30):
        page.clock.fast_forward(minutes * 60_000)
        seen.append((badge.get_attribute("class"), badge.locator("time").inner_text()))

    kinds, texts = zip(*seen, strict=True)
    assert kinds == ("due due-in_time", "due due-in_time", "due due-soon", "due due-over")
    assert len(set(texts)) == 4
    assert texts[3].endswith("min overdue")
    assert badge.locator("use").get_attribute("href").endswith("#alert")
    assert badge.locator(".visually-hidden").inner_text().strip() == "Overdue:"


def test_a_wrong_clock_of_the_computer_makes_no_badge_wrong(visit, ticket, agent):
    page = visit(agent, language="en")
    page.clock.install(time=timezone.now() + 5 * HOUR)
    page.goto("/queue/")

    page.clock.run_for(60_000)

    assert page.locator("main a.due-in_time").count() == 1


def test_a_badge_rests_while_the_calendar_is_shut_and_goes_on_when_it_opens(visit, ticket, agent):
    page = visit(agent, language="en")
    page.clock.install()
    page.goto("/queue/")
    # As the server says it of a calendar that shuts in two minutes, for two minutes.
    page.evaluate(
        """() => {
          const { dataset } = document.querySelector("main time[data-due]");
          dataset.shutsAt = new Date(Date.now() + 120_000).toISOString();
          dataset.opensAt = new Date(Date.now() + 240_000).toISOString();
          dataset.opens = "opens Sat 09:00";
        }"""
    )
    badge = page.locator("main a.due").first

    page.clock.fast_forward(150_000)
    shut = badge.get_attribute("class"), badge.locator("time").inner_text()
    page.clock.fast_forward(120_000)

    assert shut == ("due due-closed_calendar", "opens Sat 09:00")
    assert badge.get_attribute("class") == "due due-in_time"
