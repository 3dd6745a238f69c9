"""The history of plans and calendars: who, when, from what, to what."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from plans import services
from plans.models import Plan, ResponseTarget
from tests.factories import NOW
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_admin_pages")]

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(admin, client_of):
    admin.language = "en"
    admin.save()
    return client_of(admin)


def lines_of(desk, thing):
    """The lines of the page, each (who, kind, changes)."""
    page = desk.get(reverse(f"admin:plans_{thing._meta.model_name}_history", args=[thing.pk]))
    return [
        (who.text, what.text.rpartition(": ")[2], "\n".join(changes.texts("div")))
        for who, what, changes in (
            row.all("td") for row in read(page).all("#change-history tbody tr")
        )
    ]


def test_changed_cells_and_another_calendar_are_shown_from_and_to(desk, developer, admin):
    cells = ResponseTarget.objects.filter(plan=developer)
    cells.filter(priority="normal").update(target=20 * HOUR, aim=2 * HOUR)
    cells.filter(priority="low").update(target=None)
    developer.calendar = None
    developer.save()

    services.publish_plan(developer, actor=admin, now=NOW)

    who, kind, changes = next(line for line in lines_of(desk, developer) if line[1] == "Version 2")
    assert (who, kind) == (str(admin), "Version 2")
    assert changes.split("\n") == [
        "Low, Response target: 48 working hours → –",
        "Normal, Response target: 24 working hours → 20 h",
        "Normal, Aim: – → 2 h",
        "Calendar: Iran working hours → 24/7",
    ]


def test_names_and_the_default_are_shown_too_and_an_idle_save_is_not(desk, developer):
    enterprise = Plan.objects.get(key="enterprise")
    enterprise.name_en = "Corporate"
    enterprise.save()
    enterprise.save()
    services.make_default(enterprise)

    changes = [line[2] for line in lines_of(desk, enterprise) if line[1] == "Changed"]

    assert changes == [
        "default for new organizations: no → yes",
        "English name: Enterprise → Corporate",
    ]


def test_all_changes_of_a_calendar_are_shown_from_and_to(desk, calendar, admin):
    calendar.time_zone = "Asia/Dubai"
    calendar.save()
    hours = calendar.working_hours.get(weekday=2)
    hours.ends_at = time(13)
    hours.save()
    calendar.working_hours.create(weekday=2, starts_at=time(14), ends_at=time(18))
    calendar.holidays.filter(held_on=date(2027, 4, 2)).delete()
    calendar.holidays.create(
        held_on=date(2027, 5, 2),
        starts_at=time(9),
        ends_at=time(12),
        name_fa="صبح",
        name_en="Morning",
    )
    calendar.extra_hours.create(opens_on=date(2027, 5, 7), starts_at=time(10), ends_at=time(0))

    services.publish_calendar(calendar, actor=admin, now=NOW)

    (changes,) = (line[2] for line in lines_of(desk, calendar) if line[1] == "Version 2")
    assert changes.split("\n") == [
        "Time zone: Asia/Tehran → Asia/Dubai",
        "Wednesday: 09:00–18:00 → 09:00–13:00, 14:00–18:00",
        "Holiday on 2 Apr 2027: Nature Day (Sizdah Bedar) → –",
        "Holiday on 2 May 2027: – → Morning (09:00–12:00)",
        "Extra hours on 7 May 2027: – → 10:00–24:00",
    ]


def test_closures_are_shown_from_and_to(desk, calendar, admin):
    texts = {"reason_fa": "قطع برق", "reason_en": "Power cut"}
    services.declare_closure(calendar, until=NOW + 4 * HOUR, **texts, actor=admin, now=NOW)
    services.end_closure(calendar, actor=admin, now=NOW + HOUR)
    services.amended_version(calendar.versions.get(number=1), now=NOW + HOUR)

    ended, declared = [line[2] for line in lines_of(desk, calendar) if line[2]]

    assert declared.startswith("Closure from ")
    assert ": – → until " in declared
    assert declared.endswith(": Power cut")
    assert ended.count(": Power cut") == 2


def test_a_persian_reader_gets_the_arrow_the_right_way_round(desk, developer, admin):
    admin.language = "fa"
    admin.save()
    ResponseTarget.objects.filter(plan=developer, priority="normal").update(target=20 * HOUR)
    services.publish_plan(developer, actor=admin, now=NOW)

    page = desk.get(reverse("admin:plans_plan_history", args=[developer.pk])).content.decode()

    assert "<bdi>۲۴ ساعت کاری</bdi> ← <bdi>۲۰ ساعت کاری</bdi>" in page


def test_many_versions_ask_as_many_queries_as_few(
    desk, developer, admin, django_assert_max_num_queries
):
    for hours in range(20, 50):
        ResponseTarget.objects.filter(plan=developer, priority="normal").update(target=hours * HOUR)
        developer.position = hours
        developer.save()
        services.publish_plan(developer, actor=admin, now=NOW + hours * HOUR)

    with django_assert_max_num_queries(12):
        desk.get(reverse("admin:plans_plan_history", args=[developer.pk]))
