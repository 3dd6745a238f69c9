"""Hands that do otherwise: without script, by keyboard alone, twice, too late, after a reload."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from notifications.models import AccountMail
from tests.browser.steps import file_ticket, forgive_refusals, press, sign_in, status_of, write
from tests.browser.variations import first_of
from tests.factories import make_awaiting_customer, make_ticket
from tickets.choices import Status
from tickets.models import Attachment, Message

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "هنوز همان خطا را می‌بینم."


def reply_form(page, ticket):
    return page.locator(f"form[action='{reverse('tickets:reply', args=[ticket])}']")


def bodies():
    return list(Message.objects.order_by("pk").values_list("body", flat=True))


@pytest.mark.full
def test_everything_works_without_script(visit, keep_picture, requester, agent):
    sara, desk = visit(script=False), visit(script=False)
    picture = visit().screenshot()

    sign_in(sara, requester)
    ticket = file_ticket(sara, picture=picture)
    keep_picture(sara, "filed")
    sign_in(desk, agent)
    desk.click(f"a.title[href^='{ticket.get_queue_url()}']")
    press(desk, ticket, "accept")
    write(desk, ticket, "با تلفن پرسیدم.", action="note")
    write(desk, ticket, "سلام. بررسی شد.")
    keep_picture(desk, "answered")
    sara.goto(ticket.get_absolute_url())
    write(sara, ticket, TEXT)
    desk.reload()
    write(desk, ticket, "اکنون درست است.")
    sara.goto(reverse("tickets:list"))
    sara.click(f"a[href='{reverse('tickets:close', args=[ticket])}?next=list']")
    press(sara, ticket, "close", space="tickets")

    assert Attachment.objects.get().message is not None
    assert len(bodies()) == 5
    assert status_of(ticket) == Status.CLOSED
    assert sara.url.endswith("/tickets/")


@pytest.mark.full
def test_an_agent_closes_after_a_question_without_script(visit, requester, agent):
    ticket = make_awaiting_customer(requester, agent, now=timezone.now())
    desk = visit(agent, script=False)

    desk.goto(ticket.get_queue_url())
    desk.click("[popovertarget=close-ticket]:not([popovertargetaction])")
    with desk.expect_navigation():
        desk.click("#close-ticket .btn-primary")

    assert status_of(ticket) == Status.CLOSED


def tab_to(page, selector, *, most=80):
    """Press Tab until the focus is on what the selector means."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_a_customer_needs_no_mouse(visit, requester, agent):
    ticket = make_awaiting_customer(requester, agent, now=timezone.now())
    page = visit()
    page.goto("/")
    tab_to(page, "[name=login]")
    page.keyboard.type(requester.email)
    tab_to(page, "[name=password]")
    page.keyboard.type("a long road to Tabriz")
    page.keyboard.press("Enter")
    page.wait_for_url("/")
    page.locator("h1").wait_for()

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')")
    page.keyboard.press("Enter")
    tab_to(page, f"main a[href^='{ticket.get_absolute_url()}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ticket.get_absolute_url()}**")
    tab_to(page, "[name=body]")
    page.keyboard.type(TEXT)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert bodies()[-1] == TEXT

    tab_to(page, "[data-dialog=close-dialog]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('#close-dialog [data-dialog-close]')")
    tab_to(page, "#close-dialog .btn-primary", most=3)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert status_of(ticket) == Status.CLOSED


@pytest.mark.full
def test_a_double_click_on_send_sends_once(visit, requester, ticket):
    for script in (True, False):
        page = visit(requester, script=script)
        page.goto(ticket.get_absolute_url())
        form = reply_form(page, ticket)
        form.locator("[name=body]").fill(f"{TEXT} {script}")
        # Without script the second press gives up the navigation of the first.
        form.locator("button.btn-primary").dblclick(no_wait_after=True)
        page.locator(".message", has_text=f"{TEXT} {script}").first.wait_for()
        page.wait_for_load_state()
        page.goto(ticket.get_absolute_url())

        assert bodies().count(f"{TEXT} {script}") == 1


@pytest.mark.full
def test_what_is_typed_survives_a_reload_and_goes_when_it_is_sent(visit, requester, ticket):
    page = visit(requester)
    page.goto(ticket.get_absolute_url())
    reply_form(page, ticket).locator("[name=body]").fill(TEXT)
    state = reply_form(page, ticket).locator("[data-draft-state]")
    page.wait_for_function("element => element.textContent", arg=state.element_handle())

    page.reload()
    assert reply_form(page, ticket).locator("[name=body]").input_value() == TEXT
    with page.expect_navigation():
        reply_form(page, ticket).locator("button.btn-primary").click()
    page.reload()

    assert reply_form(page, ticket).locator("[name=body]").input_value() == ""
    assert bodies()[-1] == TEXT


@pytest.mark.parametrize("lost", first_of("csrftoken", "sessionid"))
def test_an_expired_form_or_session_gives_the_text_back(
    visit, keep_picture, requester, ticket, lost
):
    page = visit(requester)
    page.goto(ticket.get_absolute_url())
    reply_form(page, ticket).locator("[name=body]").fill(TEXT)
    forgive_refusals(visit)
    if lost == "sessionid":
        Session.objects.all().delete()
    else:
        page.context.clear_cookies(name=lost)

    with page.expect_navigation():
        reply_form(page, ticket).locator("button.btn-primary").click()

    assert page.locator("textarea").input_value() == TEXT
    assert TEXT not in bodies()
    keep_picture(page, "typed text")
    page.click("main a.btn-primary")
    if lost == "sessionid":
        page.fill("[name=login]", requester.email)
        page.fill("[name=password]", "a long road to Tabriz")
        page.click("main button[type=submit]")
    page.wait_for_url(f"**{ticket.get_absolute_url()}")
    assert reply_form(page, ticket).locator("[name=body]").input_value() == TEXT


@pytest.mark.full
def test_a_forgotten_password_is_replaced(visit, keep_picture, requester):
    page = visit()
    page.goto(reverse("account_login"))
    page.click(f"a[href='{reverse('account_reset_password')}']")
    page.fill("[name=email]", requester.email)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{reverse('account_reset_password_done')}")
    mail = AccountMail.objects.get()
    assert mail.recipient == requester.email
    link = next(word for word in mail.body.split() if "/password/reset/key/" in word)

    page.goto(link.removeprefix("http://testserver"))
    page.fill("[name=password1]", "another road to Shiraz")
    page.fill("[name=password2]", "another road to Shiraz")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{reverse('account_reset_password_from_key_done')}")
    keep_picture(page, "chosen")
    page.goto(reverse("account_login"))
    page.fill("[name=login]", requester.email)
    page.fill("[name=password]", "another road to Shiraz")
    page.click("main button[type=submit]")

    page.wait_for_url("/")
    assert page.locator("[data-forget-drafts]").count() == 1


def test_an_agent_who_goes_on_after_a_note_does_not_write_to_the_customer(visit, requester, agent):
    desk = visit(agent)
    desk.goto(make_ticket(requester).get_queue_url())
    desk.keyboard.press("n")
    desk.keyboard.type("با شبکه هماهنگ شد.")
    for act in [
        lambda: desk.keyboard.press("Control+Enter"),
        desk.locator("form[action*='/accept/'] button").first.click,
    ]:
        with desk.expect_navigation():
            act()
        desk.wait_for_load_state()

        desk.keyboard.type("این را مشتری نبیند")

        assert desk.input_value("form[data-mode=note] [name=body]")
        assert not desk.input_value("form[data-mode=public] [name=body]")
