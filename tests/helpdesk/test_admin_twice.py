"""A form of the admin that is sent twice, one after the other or at once, is saved once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.urls import reverse

from organizations.models import Organization, User
from plans.models import Calendar, Plan
from tests.pages import read
from tickets.models import LegalHold

SECONDS = 20
HOURS = {
    "working_hours-0-weekday": "5",
    "working_hours-0-starts_at": "09:00",
    "working_hours-0-ends_at": "18:00",
}
TARGETS = {f"targets-{row}-target": "5 h" for row in range(5)}
# By the name of the model: what is typed into its empty form.
ADDED = {
    "organizations_user": {"email": "nima@pars.example", "name": "نیما"},
    "organizations_organization": {"name": "Pars", "key": "pars", "memberships-0-role": "owner"},
    "plans_plan": {"name_fa": "نو", "name_en": "New", "key": "new", "position": "9"} | TARGETS,
    "plans_calendar": {"name_fa": "نو", "name_en": "New", "time_zone": "Asia/Tehran"} | HOURS,
    "tickets_legalhold": {"reason": "A claim"},
}
MODELS = [User, Organization, Plan, Calendar, LegalHold]


@pytest.fixture
def client(admin, client_of):
    User.objects.filter(pk=admin.pk).update(language="en")
    return client_of(admin)


@pytest.fixture
def developer():
    return Plan.objects.get(key="developer")


def filled_in(client, address, typed):
    form = read(client.get(address)).one("#content-main form[id]")
    return form.fields() | typed


def sentences(response):
    return [str(each) for each in get_messages(response.wsgi_request)]


def how_many():
    return [model.objects.count() for model in [*MODELS, LogEntry]]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ADDED)
def test_what_is_added_by_two_presses_is_one(client, make_typed, name):
    address = reverse(f"admin:{name}_add")
    form = filled_in(client, address, ADDED[name] | make_typed(name))

    first = client.post(address, form)
    counted = how_many()
    second = client.post(address, form)

    assert first.status_code == 302, read(first).texts(".errorlist")
    assert how_many() == counted
    assert second.url == first.url
    assert sentences(second)[-1] == sentences(first)[-1]


@pytest.fixture
def make_typed(requester, other_organization):
    def typed(name):
        if name == "organizations_organization":
            Organization.objects.filter(key="pars").update(key="older")
            return {"memberships-0-email": requester.email}
        if name == "tickets_legalhold":
            return {"organization": str(other_organization.pk)}
        return {}

    return typed


@pytest.mark.django_db
def test_a_plan_that_is_changed_by_two_presses_was_changed_by_nobody_else(client, developer):
    address = reverse("admin:plans_plan_change", args=[developer.pk])
    form = filled_in(client, address, {"name_en": "Starter"})

    answers = [client.post(address, form) for _press in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert LogEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_form_that_was_saved_before_another_change_is_refused(client, developer):
    address = reverse("admin:plans_plan_change", args=[developer.pk])
    form = filled_in(client, address, {"name_en": "Starter"})
    client.post(address, form)
    client.post(address, filled_in(client, address, {"name_en": "First"}))

    again = client.post(address, form)

    assert again.status_code == 200
    assert Plan.objects.get(pk=developer.pk).name_en == "First"


@pytest.mark.django_db
def test_the_log_shows_nothing_of_how_a_form_is_known_again(client, developer):
    address = reverse("admin:plans_plan_change", args=[developer.pk])
    client.post(address, filled_in(client, address, {"name_en": "Starter"}))

    assert "form" not in LogEntry.objects.get().get_change_message()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["organizations_user", "plans_calendar"])
def test_two_presses_at_once_save_one_and_break_nothing(client, client_of, admin, name):
    address = reverse(f"admin:{name}_add")
    form = filled_in(client, address, ADDED[name])
    counted, barrier = how_many(), Barrier(2)
    hands = [client, client_of(admin)]

    def press(hand):
        barrier.wait(SECONDS)
        try:
            return hand.post(address, form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, hands))

    assert answers == [302, 302]
    assert sum(how_many()) == sum(counted) + 2
