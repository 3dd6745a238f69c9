"""Before an edit of a plan or calendar is saved, its page shows what running clocks would do."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from organizations import services as organizations
from organizations.models import StaffRole
from plans import services as plans
from plans.models import Calendar, Plan
from plans.promises import current_promise
from tests.factories import NOW, again, make_agent, make_content, make_organization, make_ticket
from tests.pages import read
from tickets import services
from tickets.models import EditPreview, Recalculation

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NORMAL = "targets-1-target"


@pytest.fixture(autouse=True)
def _an_hour_later(settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    with override("en"), time_machine.travel(NOW + HOUR, tick=False):
        yield


@pytest.fixture
def client(admin, client_of):
    admin.language = "en"
    admin.save()
    return client_of(admin)


@pytest.fixture
def business(organization):
    organization.plan = Plan.objects.get(key="business")
    organization.save()
    return organization.plan


def page_of(thing):
    return reverse(f"admin:plans_{thing._meta.model_name}_change", args=[thing.pk])


def fill(client, thing, **values):
    form = read(client.get(page_of(thing))).one(f"#{thing._meta.model_name}_form").fields()
    return {name.replace("__", "-"): value for name, value in {**form, **values}.items()}


def target_of(plan, priority="normal"):
    return current_promise(plan).cell(priority).target


def test_an_edit_that_moves_clocks_is_shown_first_and_not_saved(client, business, requester):
    ticket = make_ticket(requester)

    response = client.post(page_of(business), fill(client, business, **{NORMAL: "4 h"}))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing has been saved yet" in page
    assert "1 open ticket" in page
    assert ticket.number in page
    assert "due earlier" in page
    assert target_of(business) == 12 * HOUR
    assert business.versions.count() == 1
    assert "was changed successfully" not in client.get(page_of(business)).content.decode()


@pytest.mark.parametrize(("scope", "due"), [("new", 12), ("helping", 4), ("all", 4)])
def test_the_admin_chooses_which_clocks_follow(scope, due, client, admin, business, requester):
    ticket = make_ticket(requester)
    preview = client.post(page_of(business), fill(client, business, **{NORMAL: "4 h"}))
    sent = hidden_fields(preview) | {"recalculate": scope}

    response = client.post(page_of(business), sent)
    services.run_recalculations()

    assert response.status_code == 302
    assert target_of(business) == 4 * HOUR
    assert again(ticket).due_at == NOW + due * HOUR
    assert Recalculation.objects.count() == (scope != "new")
    if scope != "new":
        assert Recalculation.objects.get().created_by == admin


def test_the_preview_shows_what_was_changed_and_each_button_what_saving_does(
    client, business, requester
):
    make_ticket(requester)

    preview = client.post(page_of(business), fill(client, business, **{NORMAL: "4 h"}))

    (edit,) = read(preview).all(".recalculation-edits tbody tr")
    assert "normal" in edit.one("th").text.lower()
    assert edit.texts("td") == ["12 h", "4 h"]
    buttons = re.findall(r'name="recalculate" value="(\w+)">([^<]+)<', preview.content.decode())
    assert buttons == [
        ("new", "Save, no SLA clock moves"),
        ("helping", "Save and move 1 SLA clock"),
        ("all", "Save and move 1 SLA clock"),
    ]


def test_no_page_writes_working_hours_as_hours(client, client_of, organization, requester, agent):
    plan = organization.plan
    plan.targets.filter(priority="normal").update(aim=2 * HOUR, resolution=30 * HOUR)
    plans.publish_plan(plan, actor=None, now=NOW - HOUR)
    ticket = make_ticket(again(requester))
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)
    type(agent).objects.update(language="en")

    form = fill(client, plan, **{NORMAL: "8 h", "targets-1-resolution": "20 h"})
    preview = read(client.post(page_of(plan), form))
    portal = client_of(again(requester))
    desk = client_of(again(agent)).get(ticket.get_queue_url())
    pages = [
        client.get(reverse("admin:plans_plan_changelist")),
        client.get(reverse("admin:tickets_ticket_change", args=[ticket.pk])),
        portal.get(reverse("plans")),
        portal.get(reverse("tickets:new")),
    ]

    edits = list(filter(None, preview.texts(".recalculation-edits td")))
    assert edits == ["24 working hours", "8 working hours", "30 working hours", "20 working hours"]
    assert "20 working hours left" in preview.text
    assert "Paused, 30 working hours left" in read(desk).text
    own = re.compile(r"\b(?:2|8|20|24|30) h\b")
    for page in pages:
        [main] = read(page).all("main") or [read(page)]
        rows = [each.text for each in main.all("tr") if "Developer" in each.text] or [main.text]
        assert [text for text in rows if own.search(text)] == []


def test_clocks_that_an_edit_does_not_reach_are_counted_apart(
    client, admin, business, organization, requester
):
    stays = make_ticket(requester, priority="urgent")
    developer = Plan.objects.get(key="developer")
    organizations.change_plan(again(organization), developer, actor=admin, now=NOW + HOUR / 2)
    make_ticket(again(requester))

    preview = client.post(page_of(developer), fill(client, developer, **{NORMAL: "4 h"}))

    assert stays.clocks.get().plan_version.plan == business
    assert "1 running SLA clock still counts by the organization" in preview.content.decode()


def hidden_fields(response):
    return read(response).one("#content-main form").fields()


def test_going_back_shows_the_form_as_it_was_typed(client, business, requester):
    make_ticket(requester)
    preview = client.post(page_of(business), fill(client, business, **{NORMAL: "4 h"}))

    response = client.post(page_of(business), hidden_fields(preview) | {"_back": "1"})

    assert read(response).one("#plan_form").fields()[NORMAL] == "4 h"
    assert "Nothing is saved yet." in response.content.decode()
    assert target_of(business) == 12 * HOUR


def test_an_edit_that_moves_no_clock_is_saved_at_once(client, business, requester):
    make_ticket(requester)

    renamed = client.post(page_of(business), fill(client, business, name_en="Business+"))
    untouched = client.post(
        page_of(business), fill(client, business, **{"targets-4-target": "9 h"})
    )

    assert (renamed.status_code, untouched.status_code) == (302, 302)
    assert target_of(business, "critical") == 9 * HOUR


def test_what_is_refused_is_refused_before_the_preview(client, business, requester):
    make_ticket(requester)

    response = client.post(page_of(business), fill(client, business, **{NORMAL: "12x"}))

    assert "Enter a number and a unit" in response.content.decode()
    assert "Nothing has been saved yet" not in response.content.decode()


def test_somebody_elses_edit_meanwhile_is_not_overwritten(client, business, requester):
    make_ticket(requester)
    preview = client.post(page_of(business), fill(client, business, **{NORMAL: "4 h"}))
    Plan.objects.filter(pk=business.pk).update(name_en="Renamed")

    response = client.post(page_of(business), hidden_fields(preview) | {"recalculate": "all"})

    assert "Somebody else changed this in the meantime" in response.content.decode()
    assert (target_of(business), Recalculation.objects.count()) == (12 * HOUR, 0)


def test_a_holiday_is_previewed_like_a_cell(client, requester):
    ticket = make_ticket(requester)  # Developer: 24 working hours from Saturday 10:00
    calendar = Calendar.objects.get()
    before = ticket.due_at
    form = fill(client, calendar)
    number = form["holidays-TOTAL_FORMS"]
    form |= {
        "holidays-TOTAL_FORMS": str(int(number) + 1),
        f"holidays-{int(number) - 1}-held_on": "2026-05-03",
        f"holidays-{int(number) - 1}-name_fa": "جشن",
        f"holidays-{int(number) - 1}-name_en": "Feast",
    }

    preview = client.post(page_of(calendar), form)
    client.post(page_of(calendar), hidden_fields(preview) | {"recalculate": "all"})
    services.run_recalculations()

    assert "due later" in preview.content.decode()
    assert again(ticket).due_at == before + 24 * HOUR


def test_the_progress_is_shown_and_shows_itself_again(client, business, requester, admin):
    make_ticket(requester)
    row = services.ask_for_recalculation(plan=business, scope="all", actor=admin, now=NOW)
    address = reverse("admin:tickets_recalculation_change", args=[row.pk])

    running = client.get(address)
    services.run_recalculations()
    done = client.get(address)

    assert running["Refresh"] == "5"
    assert "Refresh" not in done
    assert "1 tickets checked" in done.content.decode()


def test_what_a_recalculation_counts_is_in_the_readers_digits(client, business, requester, admin):
    make_ticket(requester)
    row = services.ask_for_recalculation(plan=business, scope="all", actor=admin, now=NOW)
    admin.language = "fa"
    admin.save()

    page = client.get(reverse("admin:tickets_recalculation_change", args=[row.pk]))

    shown = [each.text for each in read(page).all("fieldset div.readonly")]
    assert "۰" in shown
    assert not [text for text in shown if re.search("[0-9]", text)]


def test_the_outlook_asks_no_more_for_more_tickets(client, business, requester):
    make_organization("Other")
    make_ticket(requester)
    form = fill(client, business, **{NORMAL: "4 h"})
    # What a process asks for once, such as kinds of content, is not counted.
    client.post(page_of(business), form)

    with CaptureQueriesContext(connection) as of_one:
        client.post(page_of(business), form)
    for _ in range(24):
        make_ticket(requester)
    with CaptureQueriesContext(connection) as of_many:
        client.post(page_of(business), form)

    assert len(of_many) == len(of_one) <= 92


# --- Counted by a worker --------------------------------------------------------------------------


@pytest.fixture
def many(monkeypatch, requester):
    """More tickets than are counted in a request, and more than one batch."""
    monkeypatch.setattr("tickets.services.previewing.MOST_AT_ONCE", 2)
    monkeypatch.setattr("tickets.services.previewing.BATCH", 2)
    return [make_ticket(requester) for _n in range(5)]


def send(client, plan, target="4 h"):
    return client.post(page_of(plan), fill(client, plan, **{NORMAL: target}))


def test_a_preview_of_many_clocks_is_counted_by_a_worker(client, business, many):
    sent = send(client, business)

    waiting = client.get(sent.url)
    services.run_previews(now=NOW + HOUR)
    ready = client.get(sent.url)

    assert sent.status_code == 302
    assert "0 of 5 tickets checked" in waiting.content.decode()
    assert waiting["Refresh"] == "3"
    page = ready.content.decode()
    assert "5 open tickets" in page
    assert "due earlier" in page
    assert many[0].number in page
    assert "Refresh" not in ready
    assert business.versions.count() == 1
    assert target_of(business) == 12 * HOUR


def test_a_preview_that_was_asked_for_in_english_is_read_in_persian(client, business, many, admin):
    address = send(client, business).url
    services.run_previews(now=NOW + HOUR)
    admin.language = "fa"
    admin.save()

    page = client.get(address).content.decode()

    assert "زمان پاسخ‌گویی" in page
    assert "Response target" not in page


def test_a_worker_and_the_request_preview_the_same(client, business, many, monkeypatch):
    address = send(client, business).url
    services.run_previews(now=NOW + HOUR)
    counted = client.get(address).content.decode()
    monkeypatch.setattr("tickets.services.previewing.MOST_AT_ONCE", 100)

    at_once = send(client, business).content.decode()

    assert main_part(counted) == main_part(at_once)


def main_part(page):
    part = page[page.index('id="content-main"') :]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", part)


def test_what_a_worker_counts_is_not_counted_in_the_request(client, business, many):
    form = fill(client, business, **{NORMAL: "4 h"})

    with CaptureQueriesContext(connection) as captured:
        client.post(page_of(business), form)

    clocks = [each["sql"] for each in captured if '"tickets_clock"' in each["sql"]]
    assert clocks == []


def test_a_preview_by_a_worker_can_be_saved(client, business, many):
    address = send(client, business).url
    services.run_previews(now=NOW + HOUR)
    sent = hidden_fields(client.get(address)) | {"recalculate": "all"}

    saved = client.post(page_of(business), sent)

    assert saved.status_code == 302
    assert target_of(business) == 4 * HOUR
    assert Recalculation.objects.get().scope == "all"


def test_the_same_edit_has_one_preview_and_another_edit_its_own(client, business, many):
    first, again_, other = (
        send(client, business),
        send(client, business),
        send(client, business, "2 h"),
    )

    assert first.url == again_.url != other.url
    # What was asked for before is not counted any more.
    assert "no longer available" in client.get(first.url, follow=True).content.decode()
    assert EditPreview.objects.count() == 1


def test_a_preview_is_out_of_date_when_somebody_saved_meanwhile(client, admin, business, many):
    address = send(client, business).url
    business.targets.filter(priority="normal").update(target=3 * HOUR)
    plans.publish_plan(business, actor=admin, now=NOW + HOUR)

    services.run_previews(now=NOW + HOUR)
    page = client.get(address)

    assert "this preview is out of date" in page.content.decode()
    assert "Refresh" not in page
    assert not EditPreview.objects.filter(finished_at=None).exists()


def test_a_preview_is_nobody_elses(client, business, many, client_of):
    address = send(client, business).url
    other = make_agent("admin2@helpdesk.example", staff_role=StaffRole.ADMIN, language="en")

    page = client_of(other).get(address, follow=True)

    assert "no longer available" in page.content.decode()


@pytest.mark.parametrize("key", ["0", "x", "-1", "9" * 30])
def test_an_unknown_preview_leads_back_to_editing(client, business, key):
    response = client.get(f"{page_of(business)}?preview={key}")

    assert (response.status_code, response.url) == (302, page_of(business))


def test_a_worker_that_is_killed_goes_on_with_the_preview(client, business, many, monkeypatch):
    address = send(client, business).url
    monkeypatch.setattr("tickets.services.previewing.MOST_BATCHES", 1)

    looked_at = [services.run_previews(now=NOW + HOUR) for _run in range(5)]

    assert looked_at == [2, 2, 1, 0, 0]
    assert "5 open tickets" in client.get(address).content.decode()


def test_a_preview_that_always_times_out_says_so(client, business, many, monkeypatch):
    address = send(client, business).url

    def stop(row, tickets):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("tickets.services.previewing._count", stop)
    for _run in range(5):
        services.run_previews(now=NOW + HOUR)

    page = client.get(address).content.decode()
    assert "The preview could not be made" in page
    assert "canceling statement due to statement timeout" in page


def test_a_calendar_with_many_clocks_is_previewed_by_a_worker(client, many):
    calendar = Calendar.objects.get()
    form = fill(client, calendar)
    number = form["holidays-TOTAL_FORMS"]
    form |= {
        "holidays-TOTAL_FORMS": str(int(number) + 1),
        f"holidays-{int(number) - 1}-held_on": "2026-05-03",
        f"holidays-{int(number) - 1}-name_fa": "جشن",
        f"holidays-{int(number) - 1}-name_en": "Feast",
    }
    sent = client.post(page_of(calendar), form)

    services.run_previews(now=NOW + HOUR)

    page = client.get(sent.url).content.decode()
    assert "5 open tickets" in page
    assert "due later" in page
