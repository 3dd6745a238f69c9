"""What the network, the device and other people do to what is sent: rows of docs/sending.md."""

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organizations.models import Membership, Organization
from tests.browser import proxy as network
from tests.browser.sending import OTHER, TEXT, Composer, reply_of, written
from tests.browser.steps import forgive_refusals
from tests.browser.variations import first_of, later
from tickets import services
from tickets.choices import Status
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def fill_new_ticket(page, address="/tickets/new/", text=TEXT):
    """Fill in the form of a new ticket; gives what the page shows of it."""
    page.goto(address)
    page.fill("[name=title]", "سرور پاسخ نمی‌دهد")
    page.fill("[name=description]", text)
    page.check("[name=category][value=technical]", force=True)
    return Composer(page, address, address)


def log_in(page, user):
    """Another person signs in on the same browser, in another tab."""
    client = Client()
    client.force_login(user)
    # Signing in gives a new token for forms as well.
    page.context.clear_cookies(name="csrftoken")
    page.context.clear_cookies(name="sessionid")
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "domain": "localhost", "path": "/"}])


# --- What is lost or repeated on the way ----------------------------------------------------------


def test_a_message_whose_answer_was_lost_is_not_there_to_send_again(proxy, customer):
    customer.write().send_in_vain(proxy, network.lose_answer)

    customer.open()

    assert customer.page.locator(".message").last.inner_text().count(TEXT) == 1
    assert customer.text.input_value() == ""
    assert written() == 1


@pytest.mark.full
def test_a_page_that_breaks_off_after_sending_leaves_nothing_to_send_again(proxy, customer):
    page = proxy.once(network.cut_answer, customer.address, method="GET")
    customer.write().press()
    page.wait()
    customer.page.wait_for_url("**/#latest", wait_until="commit")

    customer.open()

    assert customer.text.input_value() == ""
    assert proxy.times_forwarded("/reply/") == written() == 1


@pytest.mark.full
@pytest.mark.parametrize("script", first_of(True, False))
def test_an_agents_reply_whose_answer_was_lost_is_sent_once(script, proxy, page_of, agent, ticket):
    desk = reply_of(page_of(agent, script=script), agent, ticket).write()
    desk.send_in_vain(proxy, network.lose_answer)

    desk.go_back()
    if desk.text.input_value():
        desk.send()

    assert written() == 1


def test_a_new_ticket_whose_answer_was_lost_is_opened_once(proxy, page_of, requester):
    page = page_of(requester)
    form = fill_new_ticket(page)
    form.send_in_vain(proxy, network.lose_answer)

    form.open()
    assert form.text.input_value() == TEXT
    form.send()

    assert Ticket.objects.count() == 1
    assert page.url.endswith(Ticket.objects.get().get_absolute_url())
    form.open()
    assert form.text.input_value() == ""


@pytest.mark.full
def test_a_text_changed_after_a_lost_answer_is_asked_about(proxy, customer):
    customer.write().send_in_vain(proxy, network.lose_answer)
    customer.go_back()

    customer.write(OTHER).send()

    if not written(OTHER):
        assert TEXT in customer.page.locator(".sent-before").inner_text()
        assert customer.text.input_value() == OTHER
        customer.send()
    assert (written(), written(OTHER)) == (1, 1)
    customer.open()
    assert customer.text.input_value() == ""


@pytest.mark.parametrize("way", first_of(network.lose_request, network.cut_request))
def test_a_request_that_never_arrived_is_sent_from_the_same_form(way, proxy, customer):
    key = customer.key
    customer.write().send_in_vain(proxy, way)
    assert written() == 0

    customer.open()

    assert (customer.text.input_value(), customer.key) == (TEXT, key)
    customer.send()
    assert written() == 1
    assert customer.text.input_value() == ""


@pytest.mark.full
def test_a_form_with_a_file_that_is_cut_without_script_is_sent_after_back(
    proxy, page_of, requester, ticket
):
    form = reply_of(page_of(requester, script=False), requester, ticket).write()
    log = {"name": "disk.log", "mimeType": "text/plain", "buffer": b"disk full\n" * 2000}
    form.form.locator("[type=file]").set_input_files(log)
    form.send_in_vain(proxy, network.cut_request)
    assert (written(), Attachment.objects.count()) == (0, 0)

    form.go_back()
    assert form.text.input_value() == TEXT
    # The browser keeps the text, and not what was chosen from the device.
    form.form.locator("[type=file]").set_input_files(log)
    form.send()

    assert written() == 1
    assert Attachment.objects.get().message.body == TEXT


@pytest.mark.full
def test_a_request_that_arrives_twice_at_once_is_one_message(proxy, customer):
    proxy.once(network.repeat, "/reply/")

    customer.write().send()

    assert proxy.times_forwarded("/reply/") == 2
    assert written() == 1
    assert customer.text.input_value() == ""


@pytest.mark.full
def test_a_browser_that_repeats_a_request_by_itself_sends_once(proxy, customer):
    proxy.keeps_alive = True
    customer.open()
    proxy.once(network.lose_answer, "/reply/")
    customer.write()
    # It repeats only what it sent on a connection that it had: one must be free.
    customer.page.wait_for_load_state("networkidle")

    customer.send()

    assert proxy.times_forwarded("/reply/") == 2
    assert written() == 1


@pytest.mark.full
def test_a_gateway_error_keeps_text_and_key(proxy, customer):
    key = customer.key
    proxy.once(network.answer_502, "/reply/")
    customer.write().send()
    assert "502" in customer.page.locator("h1").inner_text()

    customer.open()

    assert (customer.text.input_value(), customer.key) == (TEXT, key)
    customer.send()
    assert written() == 1


@pytest.mark.full
@pytest.mark.parametrize("script", [True, False])
def test_a_ticket_that_stays_locked_gives_the_text_back(script, page_of, requester, ticket):
    page = reply_of(page_of(requester, script=script), requester, ticket).write()
    page.page.set_default_timeout(40_000)

    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        page.send()
        assert page.page.locator("textarea").input_value() == TEXT
    assert written() == 0

    page.page.go_back()
    page.write().send()
    assert written() == 1


def test_a_device_that_was_offline_keeps_text_and_key(customer):
    key = customer.key
    customer.write()
    customer.page.context.set_offline(True)
    customer.fail_to_send()

    customer.page.context.set_offline(False)
    customer.open()

    assert (customer.text.input_value(), customer.key) == (TEXT, key)
    customer.send()
    assert written() == 1


@pytest.mark.full
def test_the_address_of_a_form_leads_to_its_page(customer):
    customer.page.goto(customer.action)

    customer.page.click("main .btn-primary")

    customer.page.wait_for_url(f"**{customer.address}")


# --- Other tabs and other forms -------------------------------------------------------------------


@pytest.mark.full
def test_a_duplicated_tab_holds_the_same_form(page_of, customer):
    customer.write()
    customer.page.wait_for_function("() => Object.keys(localStorage).length > 0")
    twin = Composer(customer.page.context.new_page(), customer.address, customer.action).open()
    assert (twin.text.input_value(), twin.key) == (TEXT, customer.key)

    customer.send()
    twin.send()

    assert written() == 1
    assert twin.text.input_value() == ""


def test_two_tabs_with_different_texts_send_both(customer):
    other = Composer(customer.page.context.new_page(), customer.address, customer.action).open()
    customer.write()
    other.write(OTHER)
    assert customer.key != other.key

    customer.send()
    assert customer.text.input_value() in {"", OTHER}
    other.send()

    assert (written(), written(OTHER)) == (1, 1)
    assert customer.open().text.input_value() == ""


@pytest.mark.full
def test_a_tab_that_was_closed_leaves_text_and_key_to_the_next(proxy, customer):
    key = customer.key
    customer.write().send_in_vain(proxy, network.lose_request)
    page = customer.page.context.new_page()
    customer.page.close()

    again = Composer(page, customer.address, customer.action).open()

    assert (again.text.input_value(), again.key) == (TEXT, key)
    again.send()
    assert written() == 1


def test_a_reply_and_a_note_on_one_page_are_two_drafts(page_of, agent, ticket):
    page = page_of(agent)
    reply = reply_of(page, agent, ticket)
    note = Composer(page, ticket.get_queue_url(), reverse("queue:note", args=[ticket]))
    reply.write()
    page.check("[name=composer-mode][value=note]", force=True)
    note.write(OTHER).send()

    assert (written(), written(OTHER)) == (0, 1)
    assert (reply.text.input_value(), note.text.input_value()) == (TEXT, "")
    page.check("[name=composer-mode][value=public]", force=True)
    reply.send()
    assert written() == 1


@pytest.mark.full
def test_a_plan_request_leaves_the_ordinary_draft_alone(page_of, requester):
    page = page_of(requester)
    fill_new_ticket(page)
    page.wait_for_function("() => Object.keys(localStorage).length > 0")
    asked = "/tickets/new/?plan=enterprise"
    form = Composer(page, asked, asked).open()
    assert TEXT not in form.text.input_value()

    form.text.fill(OTHER)
    page.reload()
    assert form.text.input_value() == OTHER
    form.send()

    assert (written(), written(OTHER)) == (0, 1)
    page.goto("/tickets/new/")
    assert page.locator("[name=description]").input_value() == TEXT


# --- Who sends, and what became of the ticket -----------------------------------------------------


@pytest.mark.full
def test_somebody_who_signed_in_again_finds_their_text_in_the_form(visit, customer, requester):
    key = customer.key
    forgive_refusals(visit)
    customer.write()
    Session.objects.all().delete()
    customer.send()
    assert customer.page.locator("textarea").input_value() == TEXT

    log_in(customer.page, requester)
    customer.open()

    assert (customer.text.input_value(), customer.key) == (TEXT, key)
    customer.send()
    assert written() == 1


def test_a_form_of_one_person_is_not_sent_by_another(visit, customer, colleague):
    customer.write()
    forgive_refusals(visit)
    log_in(customer.page, colleague)

    customer.send()

    assert written() == 0
    assert customer.page.locator("textarea").input_value() == TEXT
    customer.open()
    assert customer.text.input_value() == "", "the draft is the other person's"


@pytest.mark.parametrize("lost", first_of("membership", "organization"))
def test_who_may_not_write_any_more_keeps_the_text(lost, visit, customer, ticket):
    customer.write()
    forgive_refusals(visit)
    if lost == "membership":
        Membership.objects.all().delete()
    else:
        now = ticket.created_at
        Organization.objects.filter(pk=ticket.organization_id).update(suspended_at=now)

    customer.send()

    assert written() == 0
    assert TEXT in customer.page.locator("textarea, .kept-text").first.input_value()


def test_a_ticket_that_closed_meanwhile_asks_with_the_text(customer, ticket, requester):
    customer.write()
    services.close_by_customer(ticket, actor=requester)

    customer.send()

    assert customer.text.input_value() == TEXT
    customer.form.locator("button[value=problem]").click()
    customer.page.locator("[data-toast]").wait_for()
    assert written() == 1
    assert Ticket.objects.get(pk=ticket.pk).status == Status.AWAITING_RESPONSE


# --- What the browser keeps -----------------------------------------------------------------------

FORBID = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden') } })"
FILL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


@pytest.mark.parametrize(
    ("script", "language", "width"),
    [
        (FORBID, "fa", 390),
        *map(later, [(FILL, "en", 1280), (FORBID, "en", 1280), (FILL, "fa", 390)]),
    ],
    ids=["forbidden fa", "full en", "forbidden en", "full fa"],
)
def test_a_browser_that_keeps_no_draft_says_so(
    script, language, width, page_of, keep_picture, requester, ticket
):
    requester.language = language
    requester.save()
    page = page_of(requester, language=language, width=width)
    page.add_init_script(script)
    form = reply_of(page, requester, ticket).write()

    state = form.form.locator("[data-draft-state].is-unsaved")
    state.wait_for()
    keep_picture(page, f"{language} {width}")

    box = state.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    form.send()
    assert written() == 1


@pytest.mark.full
def test_without_a_draft_the_browser_keeps_the_key_of_the_text(proxy, page_of, requester, ticket):
    page = page_of(requester)
    page.add_init_script(FORBID)
    form = reply_of(page, requester, ticket).write()
    form.send_in_vain(proxy, network.lose_answer)

    form.go_back()
    if form.text.input_value():
        form.send()

    assert written() == 1


# --- Files ----------------------------------------------------------------------------------------

FILE = {"name": "گزارش.txt", "mimeType": "text/plain", "buffer": b"one line\n" * 2000}
PROGRAM = {"name": "run.exe", "mimeType": "text/plain", "buffer": b"MZ" + b"\0" * 2000}


def test_an_upload_that_is_cut_is_sent_again_by_hand(proxy, customer):
    row = customer.form.locator(".file-refused")
    with proxy.broken(network.cut_request, "/attachments/"):
        customer.write().form.locator("[type=file]").set_input_files(FILE)
        row.wait_for()

    row.locator("button").first.click()
    customer.form.locator("[name=kept]").wait_for(state="attached")
    customer.send()

    assert Message.objects.get(body=TEXT).attachments.count() == 1


@pytest.mark.parametrize("script", first_of(True, False))
def test_a_refused_file_leaves_the_text(script, page_of, requester, ticket):
    form = reply_of(page_of(requester, script=script), requester, ticket).write()
    form.form.locator("[type=file]").set_input_files(PROGRAM)
    if script:
        form.form.locator(".file-refused").wait_for()
    else:
        form.send()
        assert form.text.input_value() == TEXT
        assert "run.exe" in form.form.inner_text()
        assert written() == 0

    form.send()

    assert written() == 1
    assert not Attachment.objects.exists()
