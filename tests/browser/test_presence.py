"""Two agents on one ticket: each sees the other, and neither answers what is out of date."""

import pytest

from tests.factories import make_content
from tickets import services
from tickets.models import MessageDraft

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 30_000


@pytest.fixture(autouse=True)
def _ask_often(settings):
    settings.LIVE_SECONDS = 2


def reply_of(page):
    return page.locator("#composer [data-mode=public] [name=body]")


@pytest.mark.full
def test_two_agents_see_each_other_write_and_leave(
    visit, keep_picture, agent, second_agent, ticket
):
    agent.name = "امیرحسین محمدی‌نژاد طباطبایی اصفهانی، پشتیبان ارشد زیرساخت ابری"
    agent.save()
    amir, sara = visit(agent), visit(second_agent, width=390)
    for page in (amir, sara):
        page.goto(ticket.get_queue_url())
    line = sara.locator("[data-presence-line=viewing]")
    line.wait_for(timeout=WITHIN)
    keep_picture(sara, "reading")

    reply_of(amir).fill("در حال بررسی هستیم.")
    writing = sara.locator("[data-presence-line=writing]")
    writing.wait_for(timeout=WITHIN)
    assert writing.inner_text().endswith("در حال نوشتن پاسخ است")
    assert writing.get_attribute("title") == writing.inner_text()
    assert sara.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep_picture(sara, "writing")

    amir.goto("/queue/")
    writing.wait_for(state="hidden", timeout=WITHIN)
    line.wait_for(state="hidden", timeout=WITHIN)


def test_a_message_that_arrives_meanwhile_is_shown_before_an_answer_is_sent(
    visit, keep_picture, requester, agent, ticket
):
    desk = visit(agent, language="en")
    desk.goto(ticket.get_queue_url())
    reply_of(desk).fill("We are looking into it.")
    services.reply_as_customer(ticket, actor=requester, content=make_content("It works again."))
    arrived = desk.locator("[data-arrived]")
    arrived.wait_for(timeout=WITHIN)
    assert "It works again." in arrived.inner_text()
    keep_picture(desk, "arrived")
    send = desk.locator("#composer [data-mode=public] .split > .btn-primary")

    send.click()
    assert desk.locator("[data-arrived-hint]").is_visible()
    assert ticket.messages.count() == 2
    with desk.expect_navigation():
        send.click()

    assert desk.locator(".form-errors").count() == 0
    assert ticket.messages.count() == 3


@pytest.mark.full
def test_a_draft_is_continued_on_another_device(visit, keep_picture, agent, ticket):
    desk, phone = visit(agent), visit(agent, width=390)
    desk.goto(ticket.get_queue_url())
    with desk.expect_response(f"**/drafts/{ticket.number}/"):
        reply_of(desk).fill("در حال بررسی")

    phone.goto(ticket.get_queue_url())
    assert reply_of(phone).input_value() == "در حال بررسی"
    keep_picture(phone, "restored")
    with phone.expect_response(f"**/drafts/{ticket.number}/"):
        reply_of(phone).fill("در حال بررسی هستیم")
    with desk.expect_response(f"**/drafts/{ticket.number}/"):
        reply_of(desk).fill("در حال بررسی‌ام")
    newer = desk.locator("#composer [data-mode=public] [data-draft-newer]")
    newer.wait_for()
    keep_picture(desk, "newer")
    newer.locator("[data-draft-take]").click()
    assert reply_of(desk).input_value() == "در حال بررسی هستیم"
    with desk.expect_navigation():
        desk.locator("#composer [data-mode=public] .split > .btn-primary").click()

    assert ticket.messages.latest("pk").body == "در حال بررسی هستیم"
    assert not MessageDraft.objects.exists()
    phone.reload()
    assert reply_of(phone).input_value() == ""
    assert not MessageDraft.objects.exists()
