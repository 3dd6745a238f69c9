"""A stored zone that this machine's zone database does not know stops no page and no letter."""

from datetime import timedelta

import pytest
from django.urls import reverse

from organizations.models import User
from plans.models import Calendar, CalendarVersion
from tests.factories import NOW, make_promised_plan, make_ticket
from ui.time_zones import known_zone


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc", "Asia", "Asia/Teh\0ran"])
def test_an_unknown_zone_is_the_sites_own(name, settings, caplog):
    assert str(known_zone(name)) == settings.TIME_ZONE
    assert "Unknown time zone" in caplog.text


@pytest.mark.django_db
def test_a_calendar_version_of_an_unknown_zone_counts_and_its_pages_show(
    organization, requester, client_of
):
    calendar = Calendar.objects.get()
    definition = calendar.versions.latest("number").definition | {"time_zone": "Mars/Olympus"}
    CalendarVersion.objects.create(
        calendar=calendar, number=99, definition=definition, created_at=NOW
    )
    organization.plan = make_promised_plan(
        organization, calendar=calendar, normal=timedelta(hours=12)
    )
    organization.save()
    requester = User.objects.get(pk=requester.pk)

    ticket = make_ticket(requester)

    assert ticket.due_at is not None
    assert client_of(requester).get(reverse("tickets:due", args=[ticket])).status_code == 200


@pytest.mark.django_db
def test_a_person_of_an_unknown_zone_reads_pages(requester, client_of):
    User.objects.filter(pk=requester.pk).update(time_zone="Mars/Olympus")

    response = client_of(User.objects.get(pk=requester.pk)).get(reverse("tickets:list"))

    assert response.status_code == 200
