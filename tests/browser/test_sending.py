"""What happens between pressing Send and seeing the answer: the rows of docs/sending.md."""

import pytest

from tests.browser import proxy as network
from tests.browser.sending import OTHER, TEXT, reply_of, written
from tests.browser.variations import first_of

pytestmark = pytest.mark.django_db(transaction=True)
# Ten seconds of a page, without waiting for them; what the page says then goes to its console.
SOON = """const wait = window.setTimeout;
window.setTimeout = (act, time, ...more) => time === 10000
  ? wait(() => { act(); console.info(document.querySelector("[data-slow-text]").textContent); }, 50)
  : wait(act, time, ...more);"""


@pytest.mark.parametrize("script", first_of(True, False))
def test_an_agent_who_double_clicks_sends_once(script, page_of, agent, ticket):
    desk = reply_of(page_of(agent, script=script), agent, ticket).write()

    # Without script the second press gives up the first navigation, which a test cannot wait for.
    desk.form.locator("button.btn-primary").first.dblclick(no_wait_after=True)
    desk.page.locator(".message", has_text=TEXT).first.wait_for()
    desk.page.wait_for_load_state()
    desk.open()

    assert written() == 1


@pytest.mark.full
def test_ctrl_enter_twice_sends_once(proxy, customer):
    answer = proxy.once(network.hold_answer, "/reply/")
    customer.write().text.focus()
    customer.page.keyboard.press("Control+Enter")
    answer.wait()

    customer.page.keyboard.press("Control+Enter")
    with customer.page.expect_navigation():
        answer.release()

    assert written() == proxy.times_forwarded("/reply/") == 1


def test_who_waits_long_presses_again_and_sends_once(proxy, customer):
    customer.page.add_init_script(SOON)
    customer.open()
    proxy.once(network.hold_answer, "/reply/")
    customer.write().text.focus()
    with customer.page.expect_console_message(lambda message: "فقط یک بار" in message.text):
        customer.page.keyboard.press("Control+Enter")

    # The first request is given up for the second.
    with customer.page.expect_response("**/reply/"):
        customer.page.keyboard.press("Control+Enter")
    customer.page.locator("[data-toast]").wait_for()

    assert proxy.times_forwarded("/reply/") == 2
    assert written() == 1
    assert customer.text.input_value() == ""


@pytest.mark.full
def test_the_same_text_sent_twice_on_purpose_is_sent_twice(customer):
    customer.write().send()

    customer.write().send()

    assert written() == 2


# --- Reload, back and forward ---------------------------------------------------------------------


@pytest.mark.full
def test_reloading_the_page_after_sending_sends_nothing(proxy, customer):
    customer.write().send()

    customer.page.reload()

    assert proxy.times_forwarded("/reply/") == written() == 1
    assert customer.text.input_value() == ""


@pytest.mark.full
def test_reloading_the_form_while_it_is_sent_sends_once(proxy, customer):
    answer = proxy.once(network.hold_answer, "/reply/")
    customer.write().press()
    answer.wait()

    customer.open()

    # The page shows the message, and the form has nothing left to send.
    assert customer.page.locator(".message").last.inner_text().count(TEXT) == 1
    assert customer.text.input_value() == ""
    assert written() == 1


def test_reloading_the_form_before_it_arrived_keeps_text_and_key(proxy, customer):
    request = proxy.once(network.hold_request, "/reply/")
    key = customer.key
    customer.write().press()
    request.wait()

    customer.open()
    assert (customer.text.input_value(), customer.key) == (TEXT, key)
    request.release()
    customer.send()

    assert written() == 1


@pytest.mark.parametrize("script", first_of(True, False))
def test_going_back_and_sending_again_gives_the_first_result(script, page_of, requester, ticket):
    page = reply_of(page_of(requester, script=script), requester, ticket)
    page.write().send()

    page.page.go_back()
    assert page.text.input_value() in {TEXT, ""}
    if page.text.input_value():
        page.send()

    assert written() == 1


@pytest.mark.parametrize("script", first_of(True, False))
def test_going_back_and_sending_another_text_asks_first(script, page_of, requester, ticket):
    page = reply_of(page_of(requester, script=script), requester, ticket)
    page.write().send()

    page.page.go_back()
    page.write(OTHER).send()

    if written(OTHER) == 0:
        assert page.page.locator(".sent-before").inner_text().count(TEXT) == 1
        assert page.text.input_value() == OTHER
        page.send()
    assert (written(), written(OTHER)) == (1, 1)
    assert page.text.input_value() == ""


@pytest.mark.full
def test_going_back_and_forward_sends_nothing(proxy, customer):
    customer.write().send()

    customer.page.go_back()
    customer.page.go_forward()

    assert proxy.times_forwarded("/reply/") == written() == 1
    assert customer.text.input_value() == ""
