"""What the tests of sending share: the form of a page, and how often its text arrived."""

import pytest
from django.urls import reverse
from playwright.sync_api import Error

from tickets.models import Message

TEXT = "هنوز همان خطا را می‌بینم."
OTHER = "اکنون خطای دیگری می‌آید."


class Composer:
    """The form of a page that somebody writes into, found again on each page."""

    def __init__(self, page, address, action):
        self.page, self.address, self.action = page, address, action

    @property
    def form(self):
        return self.page.locator(f"form[action='{self.action}']")

    @property
    def text(self):
        return self.form.locator("textarea").first

    @property
    def key(self):
        return self.form.locator("[name=form_key]").input_value()

    def open(self):
        self.page.goto(self.address)
        return self

    def write(self, text=TEXT):
        self.text.fill(text)
        return self

    def press(self):
        """Press Send and wait for no answer."""
        self.form.locator("button.btn-primary, button.btn-note").first.click(no_wait_after=True)

    def send(self):
        """Press Send and wait for the next page."""
        with self.page.expect_navigation():
            self.press()

    def send_in_vain(self, proxy, way):
        """Press Send where `way` breaks the connection: the browser shows a page of its own."""
        with proxy.broken(way, self.action.partition("?")[0]):
            self.fail_to_send()

    def fail_to_send(self):
        """Press Send where there is no connection."""
        with pytest.raises(Error, match="net::ERR_"), self.page.expect_navigation():
            self.press()
        # The browser's own page comes after the failure.
        self.page.wait_for_url("chrome-error://**")

    def go_back(self):
        """Return to the form from the browser's own page, no sooner than a person would."""
        # The browser writes down what its fields hold up to a second after they changed.
        self.page.wait_for_timeout(1200)
        self.page.go_back()


def reply_of(page, user, ticket, action="reply"):
    """Where a member, or an agent, writes on a ticket."""
    if user.is_agent:
        url = reverse(f"queue:{action}", args=[ticket])
        return Composer(page, ticket.get_queue_url(), url).open()
    return Composer(page, ticket.get_absolute_url(), reverse("tickets:reply", args=[ticket])).open()


def written(text=TEXT):
    return Message.objects.filter(body=text).count()
