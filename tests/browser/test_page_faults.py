"""Faults of pages that were seen in use; each test is named after what was wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organizations.models import User
from plans.models import Plan
from tests.browser.steps import press, write
from tests.browser.variations import first_of
from tests.factories import make_closed, make_content, make_ticket
from tickets import services
from tickets.services import Verdict

pytestmark = [pytest.mark.django_db(transaction=True)]

WIDTH = "() => document.documentElement.scrollWidth"
MENUS_OUTSIDE = """() => {
  const outside = [];
  for (const menu of document.querySelectorAll("details.menu")) {
    if (!menu.checkVisibility()) continue;
    menu.open = true;
    const { left, right, top } = menu.querySelector(".menu-body").getBoundingClientRect();
    if (left < 0 || right > innerWidth || top < 0) outside.push(menu.textContent.trim());
    menu.open = false;
  }
  return outside;
}"""
SMALL_FIELDS = """() => [...document.querySelectorAll("input, select, textarea")]
  .filter((field) => !field.hidden && !["hidden", "radio", "checkbox", "file"].includes(field.type))
  .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
  .map((field) => field.name)"""
STYLE = "(node, name) => getComputedStyle(node)[name]"


@pytest.mark.full
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


@pytest.mark.full
def test_figures_of_ratings_are_cards_of_one_height(visit, requester, agent, supervisor):
    now = timezone.now()
    closed = make_closed(requester, agent, now=now)
    services.rate(closed, actor=requester, verdict=Verdict(is_solved=True, score=4), now=now)
    page = visit(supervisor)

    page.goto("/reports/ratings/?year=1405")
    cards = page.locator(".rating-figures .figure").all()

    assert len(cards) == 3
    assert len({card.bounding_box()["height"] for card in cards}) == 1


@pytest.mark.parametrize("language", first_of("fa", "en"))
def test_a_long_figure_of_a_report_stays_in_its_card(language, visit, supervisor):
    page = visit(supervisor, language=language)
    page.goto("/reports/")

    figures = page.locator(".figure-value")
    figures.nth(2).evaluate("(node, text) => node.textContent = text", "۱ ساعت و ۵۸ دقیقه")

    for width in (1280, 390, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for figure in figures.all():
            assert figure.evaluate("(node) => node.scrollWidth <= node.clientWidth"), width


@pytest.mark.full
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


@pytest.mark.parametrize("language", first_of("fa", "en"))
def test_no_menu_opens_outside_the_screen_of_a_phone(language, visit, requester, supervisor):
    ticket = make_ticket(requester)
    User.objects.update(language=language)
    page = visit(supervisor, width=360, language=language)
    for path in ("/queue/", ticket.get_queue_url(), "/reports/"):
        page.goto(path)
        assert page.evaluate(MENUS_OUTSIDE) == [], path
        assert page.evaluate(SMALL_FIELDS) == [], f"phones zoom into small letters: {path}"

    page = visit(requester, width=360, language=language)
    for path in ("/tickets/", ticket.get_absolute_url(), "/tickets/new/"):
        page.goto(path)
        assert page.evaluate(MENUS_OUTSIDE) == [], path
        assert page.evaluate(SMALL_FIELDS) == [], f"phones zoom into small letters: {path}"


@pytest.mark.full
def test_a_menu_at_the_edge_of_the_window_opens_to_its_other_side(visit, requester):
    make_ticket(requester)
    page = visit(requester, width=768)
    page.goto("/tickets/")

    for menu in page.locator("details.menu").all():
        menu.locator("summary").click()
        box = menu.locator(".menu-body").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 768
        page.keyboard.press("Escape")


@pytest.mark.full
def test_a_long_word_in_the_search_does_not_widen_the_page(visit, requester, agent):
    word = "ی" * 90
    for user, path in ((requester, "/tickets/"), (agent, "/queue/")):
        page = visit(user, width=390)
        page.goto(f"{path}?q={word}")
        assert page.evaluate(WIDTH) == 390


@pytest.mark.full
def test_names_of_one_long_word_do_not_widen_any_page(
    visit, requester, colleague, organization, agent, supervisor
):
    """An e-mail address as a name made lists, teams, ratings and tickets scroll sideways."""
    name = "infrastructure.operations.department@subsidiary-company.example"
    User.objects.filter(pk__in=[colleague.pk, agent.pk]).update(name=name)
    type(organization).objects.filter(pk=organization.pk).update(name=name)
    ticket = make_ticket(colleague)
    services.accept(ticket, actor=agent)
    closed = make_closed(colleague, agent, now=timezone.now())
    services.rate(closed, actor=colleague, verdict=Verdict(is_solved=True, score=4))
    pages = {
        requester: ["/", "/tickets/", "/profile/", "/organization/", f"/tickets/{ticket.number}/"],
        supervisor: [
            *("/queue/", f"/queue/{ticket.number}/", "/queue/bulk/", "/queue/filter/"),
            *("/teams/new/", "/reports/ratings/", "/notifications/"),
        ],
    }
    wide = []
    for person, addresses in pages.items():
        page = visit(person, width=390)
        for address in addresses:
            page.goto(address)
            if page.evaluate(WIDTH) > 390:
                wide.append(address)

    assert wide == []


def test_tickets_of_the_list_begin_in_the_upper_part_of_a_phone(visit, requester, agent):
    for _number in range(3):
        ticket = make_ticket(requester)
        services.reply_as_agent(
            ticket, actor=agent, content=services.NewMessage("سلام"), then="wait"
        )
    page = visit(requester, width=390)

    page.goto("/tickets/")

    assert page.locator("tbody tr").first.bounding_box()["y"] < 300


def test_home_has_one_primary_button_whatever_waits(visit, requester, agent):
    page = visit(requester, width=390)
    page.goto("/")
    assert page.locator(".btn-primary:visible").count() == 1

    for _number in range(3):
        ticket = make_ticket(requester)
        services.reply_as_agent(
            ticket, actor=agent, content=services.NewMessage("سلام"), then="wait"
        )
    page.goto("/")
    assert page.locator(".btn-primary:visible").count() == 1


@pytest.mark.parametrize("width", first_of(390, 1280))
def test_a_new_ticket_is_sent_without_scrolling_and_read_in_its_order(width, visit, requester):
    page = visit(requester, width=width)
    page.goto("/tickets/new/")

    send = page.locator("form.filing .btn-primary").bounding_box()
    names = page.eval_on_selector_all("form.filing [name]", "(nodes) => nodes.map((n) => n.name)")
    shown = [n for n in dict.fromkeys(names) if n not in {"csrfmiddlewaretoken", "form_key"}]

    assert send["y"] + send["height"] < 900
    asked = ["title", "priority", "category", "description", "attachments"]
    assert [name for name in shown if name in asked] == asked


@pytest.mark.full
@pytest.mark.parametrize("side", ["customer", "agent"])
def test_the_search_stays_in_one_place_of_every_page(side, visit, requester, supervisor):
    ticket = make_ticket(requester)
    if side == "customer":
        page = visit(requester)
        paths = ["/", "/tickets/", ticket.get_absolute_url(), "/tickets/new/", "/organization/"]
    else:
        page = visit(supervisor)
        paths = ["/queue/", ticket.get_queue_url(), "/queue/new/", "/reports/"]
    places = []
    for path in [*paths, "/plans/", "/profile/"]:
        page.goto(path)
        places.append(page.locator(".topbar [role=search]").bounding_box())

    assert places == [places[0]] * len(places)


@pytest.mark.parametrize("script", first_of(True, False))
@pytest.mark.parametrize(("side", "width"), first_of(("agent", 1280), ("customer", 390)))
def test_after_a_post_the_newest_message_is_in_sight(
    side, width, script, visit, requester, agent, long_ticket
):
    is_agent = side == "agent"
    page = visit(agent if is_agent else requester, width=width, script=script)
    page.goto(long_ticket.get_queue_url() if is_agent else long_ticket.get_absolute_url())

    write(page, long_ticket, "این آخرین پیام است.")

    newest = page.locator(".message").last
    assert "این آخرین پیام است." in newest.inner_text()
    box, composer = newest.bounding_box(), page.locator("#composer").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= min(composer["y"], 900)
    if script:
        assert page.evaluate("document.activeElement.name") == "body"


@pytest.mark.full
def test_accepting_does_not_throw_the_page_to_its_top(visit, agent, long_ticket):
    page = visit(agent)
    page.goto(long_ticket.get_queue_url())

    press(page, long_ticket, "accept")

    newest = page.locator(".message").last.bounding_box()
    assert newest["y"] >= 0
    assert newest["y"] + newest["height"] <= page.locator("#composer").bounding_box()["y"]


@pytest.fixture
def long_ticket(requester):
    """A conversation that is longer than any window, whose last message waits."""
    ticket = make_ticket(requester, now=timezone.now())
    for number in range(12):
        content = make_content(f"پیام {number}\n\nسرور ما هنوز پاسخ نمی‌دهد.")
        services.reply_as_customer(ticket, actor=requester, content=content)
    return ticket


@pytest.mark.full
def test_a_message_that_begins_with_a_latin_word_shows_its_start(visit, requester, agent):
    ticket = make_ticket(requester)
    content = make_content(f"INV-20533 مبلغ فاکتور این ماه {'بسیار ' * 20}نادرست است")
    services.reply_as_customer(ticket, actor=requester, content=content)
    page = visit(agent)

    page.goto("/queue/")

    assert page.locator(".snippet .trunc").last.evaluate(STYLE, "direction") == "rtl"


@pytest.mark.full
def test_a_card_of_ones_turn_asks_before_closing_where_it_is(visit, requester, agent):
    ticket = make_ticket(requester)
    services.reply_as_agent(ticket, actor=agent, content=make_content("سلام"), then="wait")
    page = visit(requester)

    for path in ("/", "/tickets/"):
        page.goto(path)
        page.locator(".turn [data-close-of]").click()
        assert page.locator("dialog[open]").get_by_text(ticket.title).is_visible()


@pytest.mark.full
def test_the_columns_of_the_english_queue_hold_their_words(visit, requester, agent):
    make_ticket(requester, now=timezone.now())
    Plan.objects.update(name_en="Custom of an organization with a long name")
    User.objects.update(language="en")
    page = visit(agent, language="en")

    page.goto("/queue/")

    plan = page.locator("td.q-organization .plan-tag")
    organization = page.locator("td.q-organization")
    end = organization.bounding_box()["x"] + organization.bounding_box()["width"]
    assert plan.bounding_box()["x"] + plan.bounding_box()["width"] <= end
    nobody = page.locator("td.q-assignee .trunc, td.q-assignee .person > span").last
    assert nobody.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert page.locator(".waits").is_visible()


@pytest.mark.parametrize("language", first_of("fa", "en"))
def test_a_due_of_the_queue_does_not_run_into_the_number(language, visit, requester, agent):
    ticket = make_ticket(requester, now=timezone.now())
    services.reply_as_agent(ticket, actor=agent, content=make_content("سلام"), then="wait")
    agent.language = language
    agent.save()
    page = visit(agent, width=1280, language=language)
    page.goto("/queue/?status=any")

    due = page.locator(".queue-table tbody .due").first.bounding_box()
    cell = page.locator(".queue-table tbody td:has(.due)").first.bounding_box()

    assert cell["x"] <= due["x"]
    assert due["x"] + due["width"] <= cell["x"] + cell["width"]


def test_a_printed_ticket_has_the_conversation_in_light_and_nothing_to_press(visit, agent, ticket):
    page = visit(agent, theme="dark")
    page.goto(ticket.get_queue_url())

    page.emulate_media(media="print")

    assert page.locator(".message").first.is_visible()
    for pressed in (".topbar", ".rail", ".composer", ".ticket-head .btn"):
        assert not page.locator(pressed).first.is_visible(), pressed
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


# What of a row lies over its neighbour or out of its own cell, and buttons narrower than a word.
OVERLAPS = """() => {
  const found = [];
  const cross = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  for (const row of document.querySelectorAll(".data-table tr, .ticket-head .line")) {
    const cells = [...row.children].filter((one) => one.checkVisibility() && one.innerText.trim());
    for (const cell of cells) {
      const outer = cell.getBoundingClientRect();
      const inner = [...cell.querySelectorAll(".due, .pill, .priority, time, .id")];
      const others = cells.filter((each) => each !== cell);
      const isOver = others.some((each) => cross(outer, each.getBoundingClientRect()));
      const isOut = inner
        .map((each) => each.getBoundingClientRect())
        .some((box) => box.width && (box.left < outer.left - 1 || box.right > outer.right + 1));
      const isThin = cell.matches("a, button, form") && outer.width < 60;
      if (isOver || isOut || isThin) found.push(cell.textContent.trim());
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width", first_of(1280, 390))
def test_columns_do_not_lie_over_each_other_in_letters_of_twice_the_size(
    width, visit, requester, supervisor
):
    ticket = make_ticket(requester, title="گواهی SSL فروشگاه تمدید نمی‌شود")
    for person, paths in (
        (requester, ["/tickets/", "/", ticket.get_absolute_url()]),
        (supervisor, ["/queue/", ticket.get_queue_url()]),
    ):
        page = visit(person, width=width)
        for path in paths:
            page.goto(path)
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate(OVERLAPS) == [], path
            assert page.evaluate(WIDTH) == width, path
