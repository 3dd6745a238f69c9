"""Walks of the portal beside the course of a ticket: plans, watchers, rating."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.browser.steps import latest, sign_in
from tests.browser.test_pages import Reader
from tests.browser.variations import first_of
from tests.factories import make_closed, make_member
from tickets.models import Rating

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closed(requester, agent):
    return make_closed(requester, agent, now=timezone.now())


def watchers_of(ticket):
    return set(ticket.watchers.values_list("user__name", flat=True))


def panel(page):
    return page.locator("section[aria-labelledby=watchers]")


def send(page, form):
    with page.expect_navigation():
        form.locator("button.btn").click()


# --- Plans --------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", first_of(True, False))
def test_an_owner_asks_for_another_plan(visit, keep_picture, requester, script):
    sara = visit(script=script)
    sign_in(sara, requester)
    sara.click("nav a[href='/plans/']")
    keep_picture(sara, "plans")
    assert sara.locator(".plan-matrix .present-mark").count() == 1

    sara.click(".plan-matrix a[href='/tickets/new/?plan=sme']")
    title = sara.locator("[name=title]").input_value()
    with sara.expect_navigation():
        sara.click("form[action^='/tickets/new/'] .btn-primary")

    ticket = latest()
    assert (ticket.title, ticket.category) == (title, "sales")
    assert "پیشرفته" in title
    assert "Pars Cloud" in ticket.messages.get().body


def test_on_a_phone_the_plans_are_cards_with_the_own_one_first(visit, keep_picture, requester):
    sara = visit(requester, width=390)
    sara.goto("/plans/")
    keep_picture(sara, "plans")

    assert not sara.locator(".plan-matrix").is_visible()
    assert sara.locator(".plan-card").count() == 4
    assert sara.locator(".plan-card").first.locator(".present-mark").is_visible()


# --- Watchers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("script", first_of(True, False))
def test_a_colleague_is_added_and_taken_away_again(
    visit, keep_picture, organization, requester, colleague, ticket, script
):
    organization.is_restricted = True
    organization.save()
    sara, nima = visit(requester, script=script), visit(colleague, script=script)
    assert nima.goto(ticket.get_absolute_url()).status == 404

    sara.goto(ticket.get_absolute_url())
    panel(sara).locator("summary").click()
    panel(sara).get_by_label(colleague.name).check()
    keep_picture(sara, "adding")
    send(sara, panel(sara).locator("form[action$='/watch/']"))
    assert watchers_of(ticket) == {colleague.name}

    assert nima.goto(ticket.get_absolute_url()).status == 200
    with nima.expect_navigation():
        panel(nima).locator("form[action$='/unwatch/'] button").click()
    assert nima.url.endswith("/tickets/")
    assert watchers_of(ticket) == set()


def test_among_many_colleagues_one_is_found_by_typing(visit, keep_picture, requester, ticket):
    organization = ticket.organization
    for number in range(12):
        make_member(organization, f"p{number}@pars.example", name=f"همکار {number}", password=None)
    make_member(organization, "kimia@pars.example", name="کیمیا یزدانی", password=None)
    sara = visit(requester, width=390)
    sara.goto(ticket.get_absolute_url())
    panel(sara).locator("summary").click()

    # As an Arabic keyboard writes it.
    panel(sara).get_by_role("searchbox").fill("كيمي")
    keep_picture(sara, "searching")

    assert panel(sara).locator(".pick-list label:visible").all_inner_texts() == ["ک‌ی\nکیمیا یزدانی"]
    panel(sara).locator(".pick-list label:visible").click()
    send(sara, panel(sara).locator("form[action$='/watch/']"))
    assert watchers_of(ticket) == {"کیمیا یزدانی"}


@pytest.mark.full
def test_an_agent_adds_a_colleague_of_the_customer(visit, agent, colleague, ticket):
    desk = visit(agent)
    desk.goto(ticket.get_queue_url())

    panel(desk).locator("summary").click()
    panel(desk).get_by_label(colleague.name).check()
    send(desk, panel(desk).locator("form[action$='/watch/']"))

    assert watchers_of(ticket) == {colleague.name}


# --- Rating -------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", first_of(True, False))
def test_a_closed_ticket_is_rated_and_the_agent_reads_it(
    visit, keep_picture, requester, agent, closed, script
):
    sara, desk = visit(requester, script=script), visit(agent)
    sara.goto(closed.get_absolute_url())
    form = sara.locator(f"form[action='{reverse('tickets:rate', args=[closed])}']")

    form.locator("[name=solved][value=yes]").check(force=True)
    form.locator("[name=score][value='4']").check(force=True)
    form.locator("[name=words]").fill("سریع بود.")
    keep_picture(sara, "rating")
    send(sara, form)

    assert sara.locator("#rating .star.is-full").count() == 4
    desk.goto(closed.get_queue_url())
    keep_picture(desk, "rated")
    assert "سریع بود." in desk.locator("section[aria-labelledby=rating-heading]").inner_text()


@pytest.mark.full
def test_the_stars_are_chosen_by_keyboard_and_the_rating_is_changed(visit, requester, closed):
    sara = visit(requester)
    sara.goto(closed.get_absolute_url())
    sara.locator("[name=solved][value=no]").focus()
    sara.keyboard.press("Space")
    sara.locator("[name=score][value='1']").focus()
    sara.keyboard.press("Space")
    sara.keyboard.press("ArrowDown")
    send(sara, sara.locator(".rate-form"))
    assert list(Rating.objects.values_list("score", "is_solved")) == [(2, False)]

    sara.locator("#rating summary").click()
    sara.locator("[name=score][value='5']").check(force=True)
    send(sara, sara.locator(".rate-form"))

    assert list(Rating.objects.values_list("score", "is_solved")) == [(5, False)]


# --- How it is shown ----------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.parametrize("look", [("fa", "light", 1280), ("en", "dark", 390)])
def test_what_is_open_on_these_pages_has_no_fault(visit, requester, agent, ticket, closed, look):
    for number in range(9):
        make_member(ticket.organization, f"p{number}@pars.example", password=None)
    member, desk = (reader_of(visit, person, look) for person in (requester, agent))
    for reader, url in ((member, ticket.get_absolute_url()), (desk, ticket.get_queue_url())):
        reader.page.goto(url)
        panel(reader.page).locator("summary").click()
        reader.look("adding watchers")
    member.read(closed.get_absolute_url())
    member.page.locator("[name=solved][value=yes]").check(force=True)
    member.page.locator("[name=score][value='3']").check(force=True)
    send(member.page, member.page.locator(".rate-form"))
    member.page.locator("#rating summary").click()
    member.look("changing the rating")
    desk.read(closed.get_queue_url())

    assert member.faults + desk.faults == []


def reader_of(visit, person, look):
    language, theme, width = look
    person.language, person.theme = language, theme
    person.save()
    page = visit(person, language=language, theme=theme, width=width)
    return Reader(page, look, visit.complaints, is_full=True)
