"""The whole life of a ticket, by the hands of the people who live it, in both languages."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation

from plans.models import Plan
from tests.browser.steps import (
    file_ticket,
    latest,
    press,
    promised_due,
    shown_due,
    sign_in,
    status_of,
    write,
)
from tests.factories import again, make_awaiting_customer
from tickets.choices import Status
from tickets.models import Attachment, Message, Ticket
from ui.wording import format_moment

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = "مشتری نباید این یادداشت را ببیند."


# Every act once in Persian; in English too with the long tests.
@pytest.fixture(params=["fa", pytest.param("en", marks=pytest.mark.full)])
def language(request):
    return request.param


@pytest.fixture
def people(language, requester, agent, second_agent, admin):
    """Everybody of the walk reads the same language."""
    for person in (requester, agent, second_agent, admin):
        person.language = language
        person.save()


def queue_page(page, ticket):
    page.goto(ticket.get_queue_url())


def portal_page(page, ticket):
    page.goto(ticket.get_absolute_url())


def test_a_ticket_is_filed_accepted_and_answered(
    visit, keep_picture, language, people, requester, agent
):
    sara, desk = visit(language=language), visit(language=language)
    sign_in(sara, requester)
    keep_picture(sara, "01 home empty")
    picture = sara.screenshot()

    # Sara files a ticket with a screenshot; its due is the one the plan promises.
    ticket = file_ticket(sara, picture=picture)
    assert ticket.status == Status.AWAITING_RESPONSE
    assert ticket.due_at == promised_due(ticket) == shown_due(sara)
    with translation.override(language), timezone.override("Asia/Tehran"):
        promise = format_moment(ticket.due_at, timezone.now())
    assert promise in sara.locator("main").inner_text().replace("\u2068", "")
    keep_picture(sara, "02 filed")

    # The agent finds it in the queue with the same due, reads the screenshot, and accepts.
    sign_in(desk, agent)
    keep_picture(desk, "03 queue")
    assert shown_due(desk) == ticket.due_at
    desk.click(f"a.title[href^='{ticket.get_queue_url()}']")
    downloaded = desk.request.get(desk.locator("a.file").first.get_attribute("href"))
    assert downloaded.body() == picture
    assert Attachment.objects.get().content_type == "image/png"
    press(desk, ticket, "accept")
    assert again(ticket).assignee == agent
    assert shown_due(desk) == ticket.due_at
    portal_page(sara, ticket)
    assert shown_due(sara) == ticket.due_at
    keep_picture(desk, "04 accepted")

    # A note stays among colleagues; an answer reaches Sara, and her 48 hours run.
    write(desk, ticket, NOTE, action="note")
    write(desk, ticket, "سلام. علت را یافتیم؛ لطفاً دوباره بیازمایید.")
    assert NOTE in desk.content()
    keep_picture(desk, "05 answered, with a note")
    portal_page(sara, ticket)
    assert NOTE not in sara.content()
    assert status_of(ticket) == Status.AWAITING_CUSTOMER
    assert sara.locator(".countdown .bar").is_visible()
    keep_picture(sara, "06 countdown")


@pytest.mark.full
def test_a_ticket_goes_back_and_forth_and_to_another_agent(
    visit, keep_picture, people, requester, agent, second_agent
):
    ticket = make_awaiting_customer(requester, agent, now=timezone.now())
    sara, desk_two = visit(requester), visit(second_agent)
    portal_page(sara, ticket)

    # She writes back: it waits again, at the same agent.
    write(sara, ticket, "هنوز همان خطا را می‌بینم.")
    ticket = again(ticket)
    assert ticket.status == Status.AWAITING_RESPONSE
    assert ticket.assignee == agent
    assert not sara.locator(".countdown").is_visible()

    # Another agent takes over, answers, and keeps working.
    queue_page(desk_two, ticket)
    press(desk_two, ticket, "accept")
    assert again(ticket).assignee == second_agent
    form = f"form[action='{reverse('queue:reply', args=[ticket])}']"
    desk_two.fill(f"{form} [name=body]", "از مرکز داده پی‌گیری می‌کنم.")
    desk_two.click(f"{form} .menu summary")
    keep_picture(desk_two, "07 send options")
    with desk_two.expect_navigation():
        desk_two.click(f"{form} .menu [value=work]")
    assert status_of(ticket) == Status.IN_PROGRESS
    write(desk_two, ticket, "برطرف شد؛ لطفاً بررسی کنید.")

    assert again(ticket).assignee == second_agent


@pytest.mark.full
def test_a_ticket_is_closed_thanked_for_reopened_and_closes_by_itself(
    visit, keep_picture, people, requester, agent
):
    ticket = make_awaiting_customer(requester, agent, now=timezone.now())
    sara, desk = visit(requester), visit(agent)

    # Sara closes it, after a question; thanks, then finds that it is not solved.
    portal_page(sara, ticket)
    opener = sara.locator("[data-dialog=close-dialog]").first
    opener.click()
    assert sara.locator("#close-dialog").is_visible()
    keep_picture(sara, "08 asked before closing")
    sara.keyboard.press("Escape")
    assert not sara.locator("#close-dialog").is_visible()
    assert status_of(ticket) == Status.AWAITING_CUSTOMER
    opener.click()
    with sara.expect_navigation():
        sara.click("#close-dialog .btn-primary")
    assert status_of(ticket) == Status.CLOSED
    keep_picture(sara, "09 closed")
    write(sara, ticket, "سپاس از شما.", button="[value=thanks]")
    assert status_of(ticket) == Status.CLOSED
    press(sara, ticket, "reopen", space="tickets")
    assert status_of(ticket) == Status.AWAITING_RESPONSE

    # Answered once more and left alone for 48 hours, it closes by itself.
    queue_page(desk, ticket)
    write(desk, ticket, "تنظیمات را بازگرداندیم.")
    back = timezone.now() - timedelta(seconds=1)
    Ticket.objects.filter(pk=ticket.pk).update(auto_close_at=back)
    call_command("auto_close")
    assert status_of(ticket) == Status.CLOSED
    for page, name in ((sara, "portal"), (desk, "queue")):
        page.reload()
        keep_picture(page, f"10 closed by itself, {name}")
    sara.goto("/")
    keep_picture(sara, "11 home")
    sara.goto(reverse("tickets:list"))
    keep_picture(sara, "12 list")


@pytest.mark.full
def test_what_an_admin_writes_into_the_plan_is_promised_next(
    visit, keep_picture, language, people, requester, admin
):
    plan = Plan.objects.get(key="developer")
    row = [*plan.targets.by_priority().values_list("priority", flat=True)].index("normal")
    sara, office = visit(requester), visit(admin)
    before = file_ticket(sara)

    office.goto(reverse("admin:plans_plan_change", args=[plan.pk]))
    office.fill(f"[name=targets-{row}-target]", "۳ ساعت" if language == "fa" else "3 h")
    keep_picture(office, "plan")
    with office.expect_navigation():
        office.click("[name=_save]")
    # What runs is shown first, and keeps its due unless the admin chooses otherwise.
    assert before.number in office.locator("#content").inner_text()
    keep_picture(office, "what the change does")
    with office.expect_navigation():
        office.click("button[name=recalculate] >> nth=0")
    after = file_ticket(sara, title="پس از تغییر پلن")
    keep_picture(sara, "ticket under the new plan")

    assert again(before).due_at == before.due_at
    assert after.due_at == promised_due(after) == shown_due(sara)
    assert after.clocks.get().target == timedelta(hours=3)
    assert after.due_at < before.due_at


@pytest.mark.full
def test_an_agent_files_a_ticket_for_a_member(visit, people, requester, agent):
    desk, sara = visit(agent), visit(requester)
    desk.goto(reverse("queue:new"))
    desk.click("main .btn-primary")
    desk.fill("[name=title]", "تلفنی گفتند که ورود ممکن نیست")
    desk.fill("[name=description]", "با تلفن گزارش شد.")
    desk.check("[name=category][value=technical]", force=True)
    with desk.expect_navigation():
        desk.click("main form[method=post] .btn-primary")
    ticket = latest()
    portal_page(sara, ticket)

    assert ticket.requester == requester
    assert ticket.opened_by == agent
    assert ticket.assignee is None
    assert shown_due(sara) == ticket.due_at == promised_due(ticket)
    assert Message.objects.get().author == requester
