"""A new ticket and a ticket's page by hand: files, similar tickets, news, quotes, previews, and
what goes wrong while somebody types.
"""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from organizations import services as people
from tests.browser.steps import forgive, forgive_refusals, latest, sign_in
from tests.browser.variations import first_of
from tests.factories import (
    make_awaiting_customer,
    make_closed,
    make_content,
    make_member,
    make_pending_file,
    make_ticket,
)
from tickets import services
from tickets.choices import Status
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "هنوز همان خطا را می‌بینم."
LOG = {"name": "server.log", "mimeType": "text/plain", "buffer": b"line one\n" * 50}
# Hands a file to the page as a paste or a drop does; a large one is not read before it is refused.
HAND = """(target, [kind, name, type, size]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(size)], name, {type}));
  const event = kind === 'paste'
    ? new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true, cancelable: true})
    : new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
  target.dispatchEvent(event);
}"""


def new_form(page):
    return page.locator("form[action='/tickets/new/']")


def fill_new(page, *, title="سرور پاسخ نمی‌دهد"):
    page.goto(reverse("tickets:new"))
    page.fill("[name=title]", title)
    page.fill("[name=description]", TEXT)
    page.check("[name=category][value=technical]", force=True)


def reply_form(page, ticket):
    return page.locator(f"form[action='{reverse('tickets:reply', args=[ticket])}']")


def hand(page, kind, *, name="pasted.png", size=100, kind_of="image/png", to="[name=description]"):
    page.locator(to).evaluate(HAND, [kind, name, kind_of, size])


def states(page):
    return page.locator(".file-chosen .size").all_inner_texts()


def poll_now(page):
    """Come back to the page, upon which it asks for news at once."""
    with page.expect_response("**/live/**") as answer:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    return answer.value.status


# --- Files ----------------------------------------------------------------------------------------


def test_chosen_dropped_and_pasted_files_are_sent_at_once_and_removed(visit, requester):
    page = visit(requester)
    fill_new(page)

    page.set_input_files("input[type=file]", LOG)
    page.wait_for_selector("[name=kept]", state="attached")
    hand(page, "drop", name="dropped.png", to="body")
    hand(page, "paste", name="bad.png")
    page.wait_for_function("() => document.querySelectorAll('.file-refused').length === 2")
    assert Attachment.objects.get().name == "server.log"

    for _ in range(2):
        page.click(".file-refused button")
    picture = page.screenshot()
    page.set_input_files(
        "input[type=file]", {"name": "صفحه.png", "mimeType": "image/png", "buffer": picture}
    )
    page.wait_for_function("() => document.querySelectorAll('[name=kept]').length === 2")
    page.click("button[aria-label$='server.log']")
    page.wait_for_function("() => document.querySelectorAll('[name=kept]').length === 1")
    new_form(page).locator(".btn-primary").click()
    page.wait_for_url("**/tickets/KT-*/")

    assert Attachment.objects.get().name == "صفحه.png"
    assert page.locator(".message .thumb svg").count() == 1
    services.make_thumbnails()
    page.reload()
    page.wait_for_function(
        "() => document.querySelector('.message .thumb img').naturalWidth === 400"
    )
    assert page.locator(".side .thumb img").count() == 1
    forgive(visit, "/attachments/")


def test_a_large_image_is_refused_before_anything_is_sent(visit, keep_picture, requester):
    page, sent = visit(requester), []
    page.on("request", lambda request: sent.append(request.url))
    fill_new(page)

    hand(page, "paste", name="huge.png", size=50 * 1024 * 1024)
    page.wait_for_selector(".file-refused")

    assert "10" in states(page)[0] or "۱۰" in states(page)[0]
    assert not [url for url in sent if url.endswith("/attachments/")]
    assert page.input_value("[name=description]") == TEXT
    keep_picture(page, "refused")
    new_form(page).locator(".btn-primary").click()
    page.wait_for_url("**/tickets/KT-*/")
    assert Message.objects.get().body == TEXT


@pytest.mark.full
def test_a_name_that_turns_text_round_is_shown_as_it_is(visit, requester):
    page = visit(requester)
    fill_new(page)

    page.set_input_files("input[type=file]", LOG | {"name": "invoice\u202egpj.log"})
    page.wait_for_selector("[name=kept]", state="attached")

    assert page.locator(".file-chosen .name").inner_text() == "invoicegpj.log"
    assert Attachment.objects.get().name == "invoicegpj.log"


@pytest.mark.full
def test_a_lost_connection_can_be_tried_again_and_keeps_the_text(visit, keep_picture, requester):
    page = visit(requester)
    fill_new(page)
    page.route("**/attachments/", lambda route: route.abort("connectionreset"))

    page.set_input_files("input[type=file]", LOG)
    page.wait_for_selector(".file-refused")
    keep_picture(page, "lost")
    new_form(page).locator(".btn-primary").click()
    assert page.evaluate("document.activeElement.closest('.file-refused') !== null")
    assert not Ticket.objects.exists()

    page.unroute("**/attachments/")
    page.locator(".file-refused button").first.click()
    page.wait_for_selector("[name=kept]", state="attached")
    new_form(page).locator(".btn-primary").click()
    page.wait_for_url("**/tickets/KT-*/")
    assert Attachment.objects.get().message.body == TEXT
    forgive(visit, "CONNECTION_RESET")


def test_a_form_that_is_sent_too_early_waits_for_its_files(visit, requester):
    page, waiting = visit(requester), []
    fill_new(page)
    page.route("**/attachments/", lambda route: waiting.append(route))  # noqa: PLW0108

    page.set_input_files("input[type=file]", LOG)
    new_form(page).locator(".btn-primary").click()
    page.wait_for_function("() => document.querySelector('[data-files-status]').textContent !== ''")
    assert not Ticket.objects.exists()
    while not waiting:
        page.wait_for_timeout(50)
    waiting[0].continue_()
    page.wait_for_url("**/tickets/KT-*/")

    assert Attachment.objects.get().message is not None


def test_files_and_text_come_back_after_a_reload(visit, requester, ticket):
    page = visit(requester)
    page.goto(ticket.get_absolute_url())
    reply_form(page, ticket).locator("[name=body]").fill(TEXT)
    page.set_input_files("input[type=file]", LOG)
    page.wait_for_selector("[name=kept]", state="attached")
    page.wait_for_function("() => document.querySelector('[data-draft-state]').textContent !== ''")

    page.reload()
    page.wait_for_selector("[name=kept]", state="attached")
    with page.expect_navigation():
        reply_form(page, ticket).locator("button.btn-primary").click()
    page.reload()

    assert Attachment.objects.get().message.body == TEXT
    assert page.locator("[name=kept]").count() == 0
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


# --- What goes wrong while somebody types ---------------------------------------------------------


@pytest.mark.full
def test_a_session_that_ended_keeps_the_draft_of_a_new_ticket(visit, requester):
    page = visit(requester)
    fill_new(page)
    page.wait_for_function("() => document.querySelector('[data-draft-state]').textContent !== ''")
    forgive_refusals(visit)
    Session.objects.all().delete()

    page.set_input_files("input[type=file]", LOG)
    page.wait_for_selector(".file-refused")
    page.locator(".file-refused button").last.click()
    with page.expect_navigation():
        new_form(page).locator(".btn-primary").click()
    assert page.locator("textarea").last.input_value() == TEXT
    sign_in(page, requester)
    page.goto(reverse("tickets:new"))

    assert page.input_value("[name=description]") == TEXT
    assert page.is_checked("[name=category][value=technical]")


@pytest.mark.full
def test_a_removed_member_gets_an_explanation_and_keeps_the_text(
    visit, keep_picture, requester, organization, admin, ticket
):
    leaver = make_member(organization, "omid@pars.example")
    page = visit(leaver)
    page.goto(ticket.get_absolute_url())
    reply_form(page, ticket).locator("[name=body]").fill(TEXT)
    forgive_refusals(visit)
    people.remove_member(organization, leaver, actor=admin, now=timezone.now())

    assert poll_now(page) == 404
    page.wait_for_selector(".news .toast-note")
    with page.expect_navigation():
        reply_form(page, ticket).locator("button.btn-primary").click()

    assert page.locator("textarea").input_value() == TEXT
    keep_picture(page, "removed")
    assert TEXT not in Message.objects.values_list("body", flat=True)


@pytest.mark.full
def test_drafts_are_ones_own_and_go_at_sign_out(visit, requester, colleague):
    page = visit()
    sign_in(page, requester)
    with page.expect_response("**/tickets/similar/"):
        fill_new(page)
    page.wait_for_function("() => document.querySelector('[data-draft-state]').textContent !== ''")
    names = "Object.keys(localStorage).filter(key => key.startsWith('draft:'))"
    assert page.evaluate(names) == [f"draft:{requester.pk}:/tickets/new/"]

    forgive_refusals(visit)
    page.context.clear_cookies(name="sessionid")
    sign_in(page, colleague)
    page.goto(reverse("tickets:new"))
    assert page.input_value("[name=description]") == ""
    page.click(".topbar details.menu > summary.who")
    page.click("[data-forget-drafts] button")
    page.wait_for_url("**/accounts/login/**")

    assert page.evaluate(names) == []


@pytest.mark.full
def test_a_title_of_half_spaces_is_refused_beside_the_field(visit, requester):
    page = visit(requester)
    fill_new(page, title="\u200c\u200c \u200c")

    with page.expect_navigation():
        new_form(page).locator(".btn-primary").click()

    assert page.get_attribute("[name=title]", "aria-invalid") == "true"
    assert page.input_value("[name=description]") == TEXT
    assert not Ticket.objects.exists()


# --- Filing ---------------------------------------------------------------------------------------


def test_tickets_alike_are_shown_while_the_title_is_typed(
    visit, keep_picture, requester, colleague
):
    now = timezone.now()
    there = [make_ticket(colleague, title=f"سرور {city} پاسخ نمی‌دهد", now=now) for city in "آب"]
    page = visit(requester)
    page.goto(reverse("tickets:new"))
    below = page.locator("[name=description]").bounding_box()["y"]

    page.locator("[name=title]").press_sequentially("سرور پاسخ نميدهد", delay=10)
    page.wait_for_selector(".alike")

    assert page.locator(".alike a").count() == len(there)
    assert page.locator("[name=description]").bounding_box()["y"] == below
    keep_picture(page, "alike")
    page.fill("[name=title]", "صورت‌حساب")
    page.wait_for_selector(".alike", state="detached")


@pytest.mark.full
def test_after_filing_the_page_says_what_happens_next(visit, requester):
    page = visit(requester, language="en")
    fill_new(page)

    new_form(page).locator(".btn-primary").dblclick(no_wait_after=True)
    page.wait_for_url("**/tickets/KT-*/")

    assert Ticket.objects.count() == 1
    assert page.locator(".next-step").is_visible()
    assert latest().number in page.locator("[data-toast]").inner_text()


# --- The page of a ticket -------------------------------------------------------------------------


def test_news_wait_behind_a_button_and_the_standing_is_shown_at_once(
    visit, keep_picture, requester, agent, ticket
):
    page = visit(requester)
    page.goto(ticket.get_absolute_url())
    assert poll_now(page) == 200
    assert poll_now(page) == 304
    reply_form(page, ticket).locator("[name=body]").fill(TEXT)
    top = page.locator(".composer").bounding_box()["y"]

    services.reply_as_agent(ticket, actor=agent, content=make_content("بررسی شد."))
    assert poll_now(page) == 200
    page.wait_for_selector(".news-button")

    assert page.locator(".message").count() == 1
    assert page.locator(".countdown").is_visible()
    assert abs(page.locator(".composer").bounding_box()["y"] - top) < 40
    keep_picture(page, "news")
    page.click(".news-button")
    assert page.locator(".message").count() == 2
    assert page.evaluate("document.activeElement.matches('.message, .event')")
    assert reply_form(page, ticket).locator("[name=body]").input_value() == TEXT
    assert poll_now(page) == 304


@pytest.mark.full
def test_a_ticket_that_closes_meanwhile_shows_what_a_closed_one_does(
    visit, requester, agent, ticket
):
    page = visit(requester)
    page.goto(ticket.get_absolute_url())
    reply_form(page, ticket).locator("[name=body]").fill(TEXT)
    services.reply_as_agent(ticket, actor=agent, content=make_content("درست شد."), then="close")

    poll_now(page)
    page.wait_for_selector("[name=intent][value=thanks]")
    with page.expect_navigation():
        page.click("[name=intent][value=thanks]")

    assert Ticket.objects.get().status == Status.CLOSED
    assert Message.objects.filter(is_just_thanks=True).get().body == TEXT


def test_a_message_is_quoted_previewed_and_sent_by_keyboard(visit, keep_picture, requester, agent):
    now = timezone.now()
    ticket = make_ticket(requester, now=now)
    content = make_content("این را اجرا کنید:\n\n```\nsystemctl status nginx\n```\n\n- یک\n- دو")
    services.reply_as_agent(ticket, actor=agent, content=content, now=now)
    page = visit(requester)
    page.goto(ticket.get_absolute_url())

    page.locator("[data-quote]").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("**اجرا شد.**")
    text = reply_form(page, ticket).locator("[name=body]").input_value()
    assert text.startswith("> این را اجرا کنید:\n>")
    assert "> systemctl status nginx" in text
    page.click("[data-preview]")
    page.wait_for_selector("[data-preview-panel] blockquote")
    assert page.locator("[data-preview-panel] strong").inner_text() == "اجرا شد."
    keep_picture(page, "preview")
    page.click("[data-preview]")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    sent = page.locator(".message").last
    assert sent.locator("blockquote").is_visible()
    assert sent.locator(".message-text > p strong").inner_text() == "اجرا شد."


@pytest.mark.full
def test_code_is_left_to_right_and_copied(visit, requester):
    ticket = make_ticket(requester, now=timezone.now(), description="خطا:\n```\nls -la\n```")
    page = visit(requester)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ticket.get_absolute_url())

    page.click("[data-copy]")
    page.wait_for_selector("[data-copy] use[href$='#check']", state="attached")

    assert page.evaluate("navigator.clipboard.readText()") == "ls -la"
    assert page.locator("pre").evaluate("pre => getComputedStyle(pre).direction") == "ltr"


@pytest.mark.full
@pytest.mark.parametrize("width", first_of(1280, 390))
def test_closing_and_reopening_by_click_and_by_words(visit, requester, agent, width):
    now = timezone.now()
    ticket = make_awaiting_customer(requester, agent, now=now)
    page = visit(requester, width=width)
    page.goto(ticket.get_absolute_url())

    page.click(".countdown [data-dialog]")
    assert ticket.number in page.locator("#close-dialog h2").inner_text()
    with page.expect_navigation():
        page.click("#close-dialog .btn-primary")
    assert Ticket.objects.get().status == Status.CLOSED
    with page.expect_navigation():
        page.click(f"form[action='{reverse('tickets:reopen', args=[ticket])}'] button")
    assert Ticket.objects.get().status == Status.AWAITING_RESPONSE

    closed = make_closed(requester, agent, now=now + timedelta(seconds=1))
    page.goto(closed.get_absolute_url())
    reply_form(page, closed).locator("[name=body]").fill(TEXT)
    with page.expect_navigation():
        page.click("[name=intent][value=problem]")
    assert Ticket.objects.get(pk=closed.pk).status == Status.AWAITING_RESPONSE


@pytest.mark.full
@pytest.mark.parametrize(
    ("language", "theme", "width"), first_of(("fa", "light", 1280), ("en", "dark", 390))
)
def test_the_parts_that_scripts_draw_are_usable_by_everybody(
    visit, keep_picture, requester, agent, language, theme, width
):
    now = timezone.now()
    requester.language, requester.theme = language, theme
    requester.save()
    picture = visit().screenshot()
    files = [make_pending_file(requester, name="screen.png", content=picture)]
    ticket = make_ticket(requester, now=now, files=files, description="> نقل\n\n1. یک\n2. دو")
    page = visit(requester, width=width, theme=theme, language=language)

    page.goto(reverse("tickets:new"))
    page.fill("[name=title]", ticket.title)
    page.wait_for_selector(".alike")
    page.set_input_files("input[type=file]", LOG)
    page.set_input_files("input[type=file]", LOG | {"name": "bad.exe"})
    page.wait_for_selector("[name=kept]", state="attached")
    page.fill("[name=description]", "**a**")
    page.click("[data-preview]")
    page.wait_for_selector("[data-preview-panel] strong")
    keep_picture(page, "new")
    faults = [each["id"] for each in Axe().run(page).response["violations"]]
    page.goto(ticket.get_absolute_url())
    services.reply_as_agent(ticket, actor=agent, content=make_content())
    poll_now(page)
    page.wait_for_selector(".news-button")
    keep_picture(page, "ticket")
    faults += [each["id"] for each in Axe().run(page).response["violations"]]
    forgive(visit, "style")
    forgive(visit, "/attachments/")

    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.full
def test_agents_quote_preview_and_attach_in_the_form_that_is_shown(
    visit, keep_picture, requester, agent
):
    now = timezone.now()
    words = "> نقل\n\n1. `curl`\n2. **دو**\n\n```\nls\n```"
    ticket = make_ticket(requester, now=now, description=words)
    desk = visit(agent)
    desk.goto(ticket.get_queue_url())
    desk.check("[name=composer-mode][value=note]", force=True)
    note = desk.locator("form[data-mode=note]")

    desk.click("[data-quote]")
    note.locator("input[type=file]").set_input_files(LOG)
    note.locator("[name=kept]").wait_for(state="attached")
    quoted = note.locator("[name=body]").input_value()
    note.locator("[data-preview]").click()
    note.locator("[data-preview-panel] ol").wait_for()
    keep_picture(desk, "note")
    with desk.expect_navigation():
        note.locator(".btn-note").click()

    assert "> > نقل" in quoted
    assert "> 1. curl\n> 2. دو" in quoted
    assert "> ```\n> ls\n> ```" in quoted
    assert Message.objects.last().is_note
    assert Attachment.objects.get().message.is_note
    keep_picture(desk, "sent")
