"""Tickets in Django admin: for admins' eyes, and for nobody's hands."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intake.choices import State as MailState
from intake.fetching import Fetched
from organizations import services as organizations
from tests.factories import NOW, again, make_awaiting_customer, make_content, make_ticket
from tests.pages import read
from tickets import services
from tickets.choices import Counted
from tickets.models import PeriodicRun, Ticket, TicketJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

ROOT = Path(__file__).resolve().parents[2]
LIST = "/admin/tickets/ticket/"


@pytest.fixture
def ticket(requester, agent):
    ticket = make_awaiting_customer(requester, agent, title="دیسک پر است")
    services.add_note(ticket, actor=agent, content=make_content("فقط <b>ما</b>"), now=NOW)
    return again(ticket)


def address_of(ticket, action="change"):
    return f"{LIST}{ticket.pk}/{action}/"


@pytest.mark.parametrize("who", ["agent", "supervisor", "requester"])
def test_only_admins_find_anything_in_the_admin(client_of, request, ticket, who):
    client = client_of(request.getfixturevalue(who))

    for path in ("/admin/", LIST, address_of(ticket)):
        assert client.get(path, follow=True).status_code == 404
        assert client.post(path, follow=True).status_code == 404


def test_an_admin_reads_the_ticket_its_notes_clocks_and_history(client_of, admin, ticket):
    page = client_of(admin).get(address_of(ticket)).content.decode()

    assert "دیسک پر است" in page
    assert "فقط &lt;b&gt;ما&lt;/b&gt;" in page
    assert "۱۲ اردیبهشت ۱۴۰۵" in page
    assert ticket.get_queue_url() in page
    assert "<select" not in page
    assert 'name="_save"' not in page


@pytest.mark.parametrize(
    ("title", "direction"),
    [("Expected downtime?", "ltr"), ("ssh به سرور وصل نمی‌شود", "rtl")],
)
def test_a_title_is_laid_out_as_it_is_read(client_of, admin, requester, title, direction):
    titled = make_ticket(requester, title=title)

    for path in (LIST, address_of(titled)):
        shown = client_of(admin).get(path).content.decode()
        assert f'<bdi dir="{direction}">{title}</bdi>' in shown


@pytest.mark.parametrize("action", ["change", "delete"])
def test_posts_change_nothing(client_of, admin, ticket, action):
    fields = {"title": "x", "status": "closed", "due_at": "2030-01-01", "post": "yes"}

    response = client_of(admin).post(address_of(ticket, action), fields)

    assert response.status_code == 403
    assert again(ticket).version == ticket.version


def test_nobody_adds_and_nobody_deletes_in_bulk(client_of, admin, ticket):
    client = client_of(admin)

    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}add/", {"title": "x"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": ticket.pk, "post": "yes"})
    assert Ticket.objects.get() == ticket


@pytest.mark.parametrize("model", ["message", "event", "clock", "clockchange", "attachment"])
def test_the_parts_of_a_ticket_have_no_pages_of_their_own(client_of, admin, ticket, model):
    assert client_of(admin).get(f"/admin/tickets/{model}/").status_code == 404


def test_the_search_is_that_of_the_product(client_of, admin, requester, ticket):
    other = make_ticket(requester, title="چیز دیگر")
    client = client_of(admin)

    for typed in ("ديسك", ticket.number, "فقط", str(ticket.pk)):
        page = read(client.get(LIST, {"q": typed}))
        found = [each["href"].partition("?")[0] for each in page.all("#result_list th a")]
        assert address_of(ticket) in found
        assert address_of(other) not in found or typed == str(ticket.pk)
    assert client.get(LIST, {"q": "\0"}).status_code == 200


def test_a_list_of_thirty_costs_as_much_as_one_of_one(client_of, admin, requester, agent, ticket):
    client = client_of(admin)

    def cost(path):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    of_one, of_short = cost(LIST), cost(address_of(ticket))
    for _ in range(29):
        services.accept(make_ticket(requester), actor=agent, now=NOW)
    for _ in range(10):
        services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)
        services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)

    assert cost(LIST) == of_one
    assert cost(address_of(ticket)) == of_short


def test_a_background_change_shows_how_far_it_has_come(
    client_of, requester, organization, admin, monkeypatch
):
    monkeypatch.setattr("tickets.services.following.AT_ONCE", 0)
    make_ticket(requester)
    organizations.suspend(organization, actor=admin, now=NOW)
    client = client_of(admin)
    address = f"/admin/tickets/ticketjob/{TicketJob.objects.get().pk}/change/"
    organization_page = f"/admin/organizations/organization/{organization.pk}/change/"

    running, of_organization = client.get(address), client.get(organization_page)
    services.run_jobs()
    done = client.get(address)

    assert (running["Refresh"], "Refresh" in done) == ("5", False)
    assert "۰ از ۱ تیکت" in running.content.decode()
    assert address in of_organization.content.decode()
    assert address not in client.get(organization_page).content.decode()
    assert "۱ از ۱ تیکت" in done.content.decode()
    assert client.get("/admin/tickets/ticketjob/").status_code == 200


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "tickets due soon: 2, tickets overdue: 1"), ("fa", "تیکت‌های با سررسید نزدیک: ۲")],
)
def test_a_persian_admin_does_not_read_english_what_a_periodic_task_did(
    admin, client_of, language, text
):
    PeriodicRun.objects.create(name="scan_clocks", finished_at=NOW, outcome="due soon 2, overdue 1")
    admin.language = language
    admin.save()

    page = client_of(admin).get(reverse("admin:tickets_periodicrun_changelist"))

    assert text in page.content.decode()


@pytest.mark.parametrize(
    ("address", "heads"),
    [
        (LIST + "{pk}/change/", ".clocks th"),
        ("/admin/tickets/periodicrun/", "#result_list thead th"),
        ("/admin/notifications/notification/", "#changelist-filter summary"),
    ],
)
def test_a_persian_admin_reads_no_english_column_or_filter(
    client_of, admin, ticket, address, heads
):
    PeriodicRun.objects.create(name="auto_close", finished_at=NOW)

    page = read(client_of(admin).get(address.format(pk=ticket.pk)))

    words = page.texts(heads)
    assert words
    assert not [text for text in words if re.search("[A-Za-z]", text)]


def test_a_list_of_all_tickets_is_not_counted_to_its_end_nor_sorted_by_all(
    admin, client_of, ticket, requester, monkeypatch
):
    other = make_ticket(requester, title="آرشیو")
    monkeypatch.setattr("ui.admin_lookups.CountsToLimit.MOST", 2)

    with CaptureQueriesContext(connection) as captured:
        page = read(client_of(admin).get(LIST, {"o": "2"}))

    assert page.texts("#result_list .field-numbered") == [other.number, ticket.number]
    assert "۲ یا بیشتر" in page.one(".paginator").text
    counts = [each["sql"] for each in captured if "COUNT(*)" in each["sql"]]
    assert len(counts) == 1
    assert "LIMIT 2" in counts[0]


def test_all_that_periodic_tasks_count_has_its_words():
    files = [*ROOT.glob("*/tasks.py"), ROOT / "tickets" / "services" / "totals.py"]
    sources = [file.read_text("utf-8") for file in files]
    counted = {
        part.strip()
        for text in re.findall(r'(?:outcome ?= ?|_done\("\w+", )f"([^"]+)"', "\n".join(sources))
        for part in re.sub(r"\{.*?\}", "", text).split(",")
    }

    counted |= set(re.findall(r"[a-z][a-z ]+(?= \d)", str(Fetched())))
    counted |= {state.value for state in MailState} - {MailState.RECEIVED, MailState.DISCARDED}
    assert len(counted - {""}) > 20
    assert counted - {"", *Counted.values} == set()
