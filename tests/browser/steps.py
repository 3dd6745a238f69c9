"""What people do with their hands, as steps that the walks are made of."""

from datetime import datetime

from django.db.models import Max
from django.urls import reverse

from plans.promises import current_promise
from tests.factories import PASSWORD
from tickets.models import Ticket


def sign_in(page, user):
    """By the form, as a person does, from the first page."""
    page.goto("/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("/queue/" if user.is_agent else "/")


def file_ticket(page, *, title="سرور پاسخ نمی‌دهد", picture=None, **fields):
    """Fill in the form of a new ticket and send it; gives the ticket."""
    page.goto(reverse("tickets:new"))
    page.fill("[name=title]", title)
    page.fill("[name=description]", fields.get("description", "از صبح همهٔ سرورها قطع‌اند."))
    page.check(f"[name=category][value={fields.get('category', 'technical')}]", force=True)
    page.check(f"[name=priority][value={fields.get('priority', 'normal')}]", force=True)
    if picture:
        page.set_input_files(
            "input[type=file]",
            {"name": "صفحه.png", "mimeType": "image/png", "buffer": picture},
        )
    page.click("form[action='/tickets/new/'] .btn-primary")
    page.wait_for_url("**/tickets/KT-*/")
    return latest()


def latest():
    return Ticket.objects.get(pk=Ticket.objects.aggregate(pk=Max("pk"))["pk"])


def promised_due(ticket):
    """When the plan says that a ticket opened then must be answered."""
    promise = current_promise(ticket.organization.plan)
    return promise.working_time.add(ticket.created_at, promise.cell(ticket.priority).target)


def shown_due(page):
    """The due moment that the page shows, exactly."""
    return datetime.fromisoformat(page.locator(".due time").first.get_attribute("datetime"))


def write(page, ticket, body, *, action="reply", button=None):
    """Write into the composer and send by the button."""
    url = reverse(f"{'queue' if '/queue/' in page.url else 'tickets'}:{action}", args=[ticket])
    if "/queue/" in page.url:
        mode = "note" if action == "note" else "public"
        page.check(f"[name=composer-mode][value={mode}]", force=True)
    form = page.locator(f"form[action^='{url}']")
    form.locator("[name=body]").fill(body)
    with page.expect_navigation():
        form.locator(button or "button.btn-primary, button.btn-note").first.click()


def press(page, ticket, action, *, space="queue"):
    """Press the one button of an action that needs nothing more."""
    with page.expect_navigation():
        page.click(f"form[action^='{reverse(f'{space}:{action}', args=[ticket])}'] button")


def status_of(ticket):
    return Ticket.objects.values_list("status", flat=True).get(pk=ticket.pk)


def forgive(visit, sentence):
    """A browser reports each refused request; those with `sentence` are what the test is about."""
    visit.complaints[:] = [each for each in visit.complaints if sentence not in each]


def forgive_refusals(visit):
    """Before rights are taken away: an open page goes on asking (live, seen, drafts) meanwhile."""
    visit.complaints.forgives_refusals = True
