"""The command palette by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ticket_is_opened_by_typing_its_number(visit, keep_picture, agent, ticket):
    page = visit(agent)
    page.goto(reverse("queue:list"))

    page.keyboard.press("Control+KeyK")
    page.keyboard.type(ticket.number)
    page.wait_for_selector("#palette [data-found] [role=option]")
    keep_picture(page, "palette")
    assert Axe().run(page).response["violations"] == []
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.endswith(ticket.get_queue_url())
