"""An agent replies, the customer answers from the mail, the agent sees it in the bell."""

import pytest
from django.urls import reverse

from intake import tasks
from tests.browser.steps import write
from tests.local_mail import send_mail_about

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.full
@pytest.mark.usefixtures("local_mail")
@pytest.mark.parametrize(("language", "width"), [("fa", 1280), ("en", 390)])
def test_a_customer_answers_from_the_mail(
    visit, keep_picture, requester, agent, ticket, language, width
):
    for person in (requester, agent):
        person.language = language
        person.save()
    desk = visit(agent, language=language, width=width)
    desk.goto(ticket.get_queue_url())
    write(desk, ticket, "سرور را دوباره راه انداختیم. حالا درست است؟")
    mail = send_mail_about(ticket, requester)

    # The mail program of the customer: the page of sent mails, without JavaScript.
    inbox = visit(language=language, width=width, script=False)
    inbox.goto("/sent-mail/")
    inbox.get_by_role("link", name=mail.subject).first.click()
    keep_picture(inbox, "mail")
    inbox.click("main form .btn-primary")
    assert inbox.locator("textarea.is-invalid").count() == 1
    keep_picture(inbox, "empty")
    inbox.fill("[name=text]", "هنوز نه؛ همان خطا را می‌دهد.")
    inbox.click("main form .btn-primary")
    inbox.wait_for_url("**/sent-mail/*/")
    keep_picture(inbox, "sent")
    tasks.receive_mail()

    page = visit(requester, language=language)
    page.goto(ticket.get_absolute_url())
    assert "هنوز نه؛ همان خطا را می‌دهد." in page.locator("main").inner_text()
    desk.goto(reverse("bell"))
    assert ticket.number in desk.locator(".bell-group.is-unread").first.inner_text()
    keep_picture(desk, "bell")
