"""The member's home and list in their hands: sorting, filtering, columns, closing, what is new."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_content, make_ticket
from tickets import services
from tickets.choices import Status
from tickets.models import ListPreference, Sighting, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/tickets/"


@pytest.fixture
def tickets(requester, agent):
    """Twelve, the eleventh before last answered by support."""
    now = timezone.now()
    made = [
        make_ticket(requester, title=f"تیکت {n:02}", now=now - timedelta(minutes=20 - n))
        for n in range(12)
    ]
    services.reply_as_agent(made[0], actor=agent, content=make_content(), now=now)
    return made


def titles(page):
    return page.locator(".ticket-table a.title").all_inner_texts()


def test_the_list_is_arranged_and_found_again_as_it_was_left(visit, tickets, requester):
    sara = visit(requester)

    sara.goto(LIST)
    sara.click("th a.head:has-text('شماره')")
    sara.wait_for_url("**sort=-number")
    sara.click(".filters summary >> nth=0")
    with sara.expect_request("**/view/") as kept:
        sara.click(".filters a:has-text('منتظر پاسخ')")
    sara.wait_for_url("**status=awaiting_response&sort=-number")
    assert "status%3Dawaiting_response%26sort%3D-number" in kept.value.post_data
    sara.click(".page-head summary:has-text('ستون')")
    sara.click("[data-keep-form] label:has([value=category])")
    sara.click("[data-keep-form] label:has([value='10'])")
    sara.click("[data-keep-form] .btn-primary")
    sara.wait_for_url("**hide=category")

    assert titles(sara) == [f"تیکت {n:02}" for n in range(11, 1, -1)]
    assert "۱ تا ۱۰ از ۱۱" in sara.inner_text(".pager")
    assert sara.locator("td.k-category").count() == 0
    sara.click("a[rel=next]")
    sara.wait_for_url("**&after=*")
    assert titles(sara) == ["تیکت 01"]
    sara.click("a[rel=prev]")
    sara.wait_for_url("**&before=*")
    assert len(titles(sara)) == 10
    sara.click(".rail a[href='/tickets/']")
    sara.wait_for_url("**status=awaiting_response&sort=-number&rows=10&hide=category")


def test_the_list_needs_no_script(visit, tickets, requester):
    sara = visit(requester, script=False)

    sara.goto(LIST)
    sara.click("th a.head:has-text('عنوان')")
    assert titles(sara)[0] == "تیکت 00"
    sara.fill("[name=q]", "۱۱")
    sara.press("[name=q]", "Enter")
    assert titles(sara) == ["تیکت 11"]
    assert "sort=title" in sara.url
    sara.click(".page-head summary:has-text('ستون')")
    sara.click("[data-keep-form] label:has([value='10'])")
    sara.click("[data-keep-form] .btn-primary")
    sara.click("tbody summary")
    sara.click("a[data-close-of]")
    assert "تیکت 11" in sara.inner_text("main")
    sara.click("main form .btn-primary")

    assert Ticket.objects.get(title="تیکت 11").is_closed
    assert "q=" in sara.url
    assert ListPreference.objects.get().query == "sort=title&rows=10"


def test_closing_from_a_row_asks_by_name_and_opening_undoes_it(visit, tickets, requester):
    sara, ticket = visit(requester), tickets[-1]

    sara.goto(f"{LIST}?rows=10&sort=-number")
    summary = sara.locator("tbody summary").first
    summary.click()
    sara.click(f"[data-close-of={ticket.number}]")
    dialog = sara.locator("#close-dialog")
    assert ticket.number in dialog.inner_text()
    assert ticket.title in dialog.inner_text()
    sara.keyboard.press("Escape")
    assert summary.evaluate("each => each === document.activeElement")
    summary.click()
    sara.click(f"[data-close-of={ticket.number}]")
    dialog.locator(".btn-primary").click()
    sara.wait_for_url("**sort=-number&rows=10")
    assert status_of(ticket) == Status.CLOSED

    sara.locator("tbody summary").first.click()
    with sara.expect_navigation():
        sara.click(f"[formaction='{reverse('tickets:reopen', args=[ticket])}']")
    assert status_of(ticket) == Status.AWAITING_RESPONSE


def status_of(ticket):
    return Ticket.objects.values_list("status", flat=True).get(pk=ticket.pk)


def test_what_is_new_is_marked_until_its_page_was_shown(visit, tickets, requester):
    sara, answered = visit(requester), tickets[0]

    sara.goto("/")
    assert "نوبت شماست" in sara.inner_text(".turn")
    assert sara.locator("tr.unread").count() == 1
    sara.goto(LIST)
    assert "جدید" in sara.inner_text("tr.unread")
    with sara.expect_response("**/seen/"):
        sara.click(f"tr.unread a.title[href='{answered.get_absolute_url()}']")
    sara.goto(LIST)

    assert sara.locator("tr.unread").count() == 0
    assert Sighting.objects.filter(ticket=answered, user=requester).exists()


@pytest.mark.full
def test_without_script_a_button_marks_what_was_read(visit, tickets, requester):
    sara = visit(requester, script=False)

    sara.goto(LIST)
    sara.click("tr.unread a.title")
    sara.click("[data-marks-seen] button")
    sara.goto(LIST)

    assert sara.locator("tr.unread").count() == 0


def test_on_a_phone_the_rows_are_cards_with_their_menus(visit, keep_picture, tickets, requester):
    sara = visit(requester, width=390)

    sara.goto(f"{LIST}?rows=10")
    keep_picture(sara, "cards")

    assert not sara.locator("thead").is_visible()
    sara.click(".sort-menu summary")
    sara.click(".sort-menu a:has-text('اولویت')")
    sara.wait_for_url("**sort=-priority**")
    sara.locator("tbody summary").first.click()
    assert sara.locator("tbody .menu-body").first.is_visible()
