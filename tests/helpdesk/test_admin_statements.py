"""How many statements pages of the admin make does not depend on the rows behind them."""

from datetime import date, time, timedelta

import pytest
from django.contrib import admin as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from api import services as keys
from notifications.models import AccountMail
from organizations.models import CustomPlan, StaffRole
from plans.models import Calendar, ExtraHours, Holiday, Plan
from plans.services import copy_plan, publish_calendar, publish_plan
from tests.factories import (
    NOW,
    make_agent,
    make_awaiting_customer,
    make_member,
    make_organization,
)
from tests.pages import read
from tickets import services
from tickets.models import LegalHold, PeriodicRun, Recalculation, ReportExport, TicketJob

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 6
# Opening a page, and saving it, which is done twice: once to preview it.
MOST_OF_A_PAGE, MOST_OF_A_SAVE = 30, 90


@pytest.fixture
def client(admin, client_of, settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    return client_of(admin)


@pytest.fixture
def calendar():
    calendar = Plan.objects.get(key="developer").calendar
    calendar.holidays.all().delete()
    return calendar


def statements(client, address, data=None):
    """How many statements a page makes; the first visit fills what a process keeps."""
    client.get(address)
    with CaptureQueriesContext(connection) as made:
        response = client.get(address) if data is None else client.post(address, data)
    return response, len(made)


def page_of(thing):
    names = thing._meta.app_label, thing._meta.model_name
    return reverse("admin:{}_{}_change".format(*names), args=[thing.pk])


def add_days(calendar, numbers):
    """A holiday, extra hours, a version and a plan more for each number."""
    for number in numbers:
        day = date(2027, 1, 2) + timedelta(days=number)
        Holiday.objects.create(calendar=calendar, held_on=day, name_fa="تعطیل", name_en="Off")
        ExtraHours.objects.create(
            calendar=calendar,
            opens_on=day + timedelta(days=100),
            starts_at=time(9),
            ends_at=time(10),
        )
        publish_calendar(calendar, actor=None, now=NOW)


def test_the_page_of_a_calendar_does_not_ask_for_each_of_its_holidays(client, calendar):
    counts = []
    for numbers in (range(FEW), range(FEW, 2 * MANY)):
        add_days(calendar, numbers)
        counts.append(statements(client, page_of(calendar))[1])

    assert counts[0] == counts[1] <= MOST_OF_A_PAGE


def test_saving_a_calendar_does_not_ask_for_each_of_its_holidays(client, calendar):
    counts = []
    for numbers in (range(FEW), range(FEW, 2 * MANY)):
        add_days(calendar, numbers)
        fields = read(client.get(page_of(calendar))).one("#calendar_form").fields()
        refused, count = statements(client, page_of(calendar), fields | {"name_fa": ""})
        saved, count_of_save = statements(client, page_of(calendar), fields)
        assert (refused.status_code, saved.status_code) == (200, 302)
        counts.append((count, count_of_save))

    assert counts[0] == counts[1]
    assert counts[0] <= (MOST_OF_A_PAGE, MOST_OF_A_SAVE)


def test_saving_a_plan_asks_a_few_times(client):
    plan = Plan.objects.get(key="developer")
    fields = read(client.get(page_of(plan))).one("#plan_form").fields()

    refused, count = statements(client, page_of(plan), fields | {"name_fa": ""})
    saved, count_of_save = statements(client, page_of(plan), fields)

    assert (refused.status_code, saved.status_code) == (200, 302)
    assert count <= MOST_OF_A_PAGE
    assert count_of_save <= MOST_OF_A_SAVE


def test_a_row_of_another_calendar_is_not_taken_for_one_of_this(client, calendar):
    add_days(calendar, range(1))
    other = Calendar.objects.create(name_fa="دیگر", name_en="Other")
    foreign = Holiday.objects.create(
        calendar=other, held_on=date(2027, 5, 1), name_fa="آن‌ها", name_en="Theirs"
    )
    fields = read(client.get(page_of(calendar))).one("#calendar_form").fields()

    answer = client.post(page_of(calendar), fields | {"holidays-0-id": str(foreign.pk)})

    assert answer.status_code == 200
    foreign.refresh_from_db()
    assert (foreign.calendar, foreign.name_fa) == (other, "آن‌ها")


class Rows:
    """Rows of each model that the admin shows, and of what hangs on the first of each."""

    def __init__(self, admin):
        self.admin, self.done = admin, 0
        self.organization = make_organization("Pars Cloud", key="pars")
        self.person = make_member(self.organization, "sara@pars.example")
        self.ticket = make_awaiting_customer(self.person, admin)

    def add(self, numbers):
        for number in numbers:
            other = make_organization(f"Company {number}")
            person = make_member(other, f"person{number}@company.example")
            make_member(self.organization, f"colleague{number}@pars.example")
            agent = make_agent(f"agent{number}@helpdesk.example", staff_role=StaffRole.AGENT)
            make_awaiting_customer(person, agent)
            self.write_on_the_first(number)
            plan = self.copy_plan(other, number)
            self.record_works(other, agent, plan, number)

    def write_on_the_first(self, number):
        words = services.NewMessage(f"پیام {number}")
        services.reply_as_customer(self.ticket, actor=self.person, content=words, now=NOW)
        services.reply_as_agent(self.ticket, actor=self.admin, content=words, now=NOW)

    def copy_plan(self, organization, number):
        names = {"key": f"copy-{number}", "name_fa": f"طرح {number}", "name_en": f"Plan {number}"}
        developer = Plan.objects.get(key="developer")
        plan = copy_plan(developer, **names, actor=self.admin, now=NOW)
        CustomPlan.objects.create(plan=plan, organization=organization)
        developer.targets.update(aim=None, target=timedelta(hours=number + 1))
        publish_plan(developer, actor=self.admin, now=NOW)
        return plan

    def record_works(self, organization, agent, plan, number):
        AccountMail.objects.create(recipient="a@b.example", subject=f"Hello {number}")
        PeriodicRun.objects.create(name=f"run {number}", finished_at=NOW)
        Recalculation.objects.create(
            plan=plan, scope="all", created_at=NOW, created_by=self.admin, finished_at=NOW
        )
        TicketJob.objects.create(
            kind=TicketJob.Kind.AGENT_CLEARED, agent=agent, created_at=NOW, finished_at=NOW
        )
        keys.create_key(agent, keys.KeyDraft("Zabbix", ("tickets:read",), 90), actor=agent, now=NOW)
        ReportExport.objects.create(actor=agent, content="table", format="csv", created_at=NOW)
        ended = {"set_by": agent, "set_at": NOW, "lifted_by": agent, "lifted_at": NOW}
        LegalHold.objects.create(organization=self.organization, reason="A claim", **ended)
        report = services.AlertReport("Zabbix", f"disk-{number}", True, "Disk", "97 %")
        where = {"actor": self.person, "organization": self.organization, "now": NOW}
        services.receive_alert(report, **where)


@pytest.mark.full
def test_no_page_of_the_admin_asks_for_each_of_its_rows(client, admin):
    """The list of each model, and the page and the history of the row with the most behind it."""
    rows = Rows(admin)
    rows.add(range(FEW))
    few = counts_of(client, rows)
    rows.add(range(FEW, MANY))
    many = counts_of(client, rows)

    assert few.keys() == many.keys()
    grown = {page: (few[page], many[page]) for page in few if many[page] > few[page]}
    assert grown == {}
    assert {page: count for page, count in many.items() if count > MOST_OF_A_PAGE} == {}


def counts_of(client, rows):
    counts = {}
    for model in site.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        chosen = {"organization": rows.organization, "ticket": rows.ticket, "user": rows.person}
        row = chosen.get(model._meta.model_name) or model.objects.order_by("pk").first()
        addresses = {
            "list": reverse(f"admin:{name}_changelist"),
            "page": reverse(f"admin:{name}_change", args=[row.pk]),
            "history": reverse(f"admin:{name}_history", args=[row.pk]),
        }
        for kind, address in addresses.items():
            answer, count = statements(client, address)
            assert answer.status_code in {200, 302, 403}, address
            counts[name, kind] = count
    return counts
