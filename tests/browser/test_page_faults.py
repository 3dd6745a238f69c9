"""Faults of pages that were seen in use; each test is named after what was wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_closed, make_ticket
from tickets import services
from tickets.services import Verdict

pytestmark = [pytest.mark.django_db(transaction=True)]

STYLE = "(node, name) => getComputedStyle(node)[name]"


def test_the_mark_of_late_figures_is_no_solid_blue_triangle(visit, requester, supervisor):
    ticket = make_ticket(requester, now=timezone.now() - timedelta(days=20))
    assert ticket.due_at < timezone.now()
    services.scan_clocks(now=timezone.now())
    services.mark_all_stale()
    services.refresh_totals()
    page = visit(supervisor)

    page.goto("/reports/?year=1405")
    figure = page.locator(".figure-value:has(.icon)").first
    mark = figure.locator(".icon")

    assert mark.evaluate(STYLE, "fill") == "none"
    assert mark.evaluate(STYLE, "color") == figure.evaluate(STYLE, "color")


def test_figures_of_ratings_are_cards_of_one_height(visit, requester, agent, supervisor):
    now = timezone.now()
    closed = make_closed(requester, agent, now=now)
    services.rate(closed, actor=requester, verdict=Verdict(is_solved=True, score=4), now=now)
    page = visit(supervisor)

    page.goto("/reports/ratings/?year=1405")
    cards = page.locator(".rating-figures .figure").all()

    assert len(cards) == 3
    assert len({card.bounding_box()["height"] for card in cards}) == 1


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_a_long_figure_of_a_report_stays_in_its_card(language, width, visit, supervisor):
    page = visit(supervisor, width=width, language=language)
    page.goto("/reports/")

    figures = page.locator(".figure-value")
    figures.nth(2).evaluate("(node, text) => node.textContent = text", "۱ ساعت و ۵۸ دقیقه")

    for figure in figures.all():
        assert figure.evaluate("(node) => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize("side", ["customer", "agent"])
def test_the_composer_of_a_closed_ticket_covers_no_conversation(side, visit, requester, agent):
    closed = make_closed(requester, agent)
    open_ticket = make_ticket(requester)
    page = visit(requester if side == "customer" else agent)
    positions = []

    for ticket in (open_ticket, closed):
        page.goto(ticket.get_absolute_url() if side == "customer" else ticket.get_queue_url())
        positions.append(page.locator("#composer").evaluate(STYLE, "position"))

    assert positions == ["sticky", "static"]
