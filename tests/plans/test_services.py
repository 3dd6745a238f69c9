"""Versions, promises, the one default, and what may be deleted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from organizations.models import Organization
from organizations.services import register
from plans import services
from plans.definitions import definition_of
from plans.errors import PlanError
from plans.models import Calendar, Holiday, Plan, ResponseTarget, WorkingHours
from plans.promises import current_promise, promise_of
from plans.signals import calendar_published, plan_published
from plans.working_time import AROUND_THE_CLOCK, NoWorkingTime
from tests.factories import NOW, make_ticket, make_user

pytestmark = pytest.mark.django_db

TEHRAN = ZoneInfo("Asia/Tehran")


@pytest.fixture
def sent():
    """The signals of this app that were sent, in order."""
    heard = []

    def listen(sender, version, actor, **kwargs):
        heard.append((sender, version, actor))

    plan_published.connect(listen)
    calendar_published.connect(listen)
    yield heard
    plan_published.disconnect(listen)
    calendar_published.disconnect(listen)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def change_cell(plan, of, **fields):
    ResponseTarget.objects.filter(plan=plan, priority=of).update(**fields)


# --- The shipped calendar ---------------------------------------------------------------------


def test_the_worked_example_holds_for_the_shipped_plan(developer):
    promise = current_promise(developer)
    opened = datetime(2026, 7, 8, 17, tzinfo=TEHRAN)  # a Wednesday

    due = promise.working_time.add(opened, promise.cell("normal").target)

    assert due == datetime(2026, 7, 13, 14, tzinfo=TEHRAN)


def test_the_shipped_calendar_is_open_saturday_to_wednesday_9_to_18(calendar):
    definition = definition_of(calendar)

    assert calendar.time_zone == "Asia/Tehran"
    assert definition["weekly"] == {
        **{day: [[540, 1080]] for day in "56012"},
        **{day: [] for day in "34"},
    }
    assert calendar.versions.get().definition == definition


def test_the_shipped_calendar_knows_the_holidays_of_two_persian_years(calendar):
    days = set(calendar.holidays.values_list("held_on", flat=True))

    assert {date(2026, 3, 21), date(2026, 4, 2), date(2027, 3, 21), date(2027, 4, 2)} <= days
    assert len([day for day in days if day < date(2027, 3, 21)]) >= 25
    assert len([day for day in days if day >= date(2027, 3, 21)]) >= 25
    assert calendar.holidays.filter(is_estimate=True, held_on__year=2027).exists()


# --- Promises ---------------------------------------------------------------------------------


def test_a_promise_is_read_in_one_query_once_its_calendar_is_known(
    developer, enterprise, django_assert_num_queries
):
    current_promise(developer)

    with django_assert_num_queries(1):
        current_promise(developer)
    with django_assert_num_queries(1):
        promise = current_promise(enterprise)

    assert promise.is_around_the_clock
    assert promise.working_time is AROUND_THE_CLOCK


def test_a_cell_holds_durations_or_nothing(enterprise, developer):
    critical = current_promise(enterprise).cell("critical")
    unpromised = current_promise(developer).cell("critical")

    assert (critical.target, critical.aim) == (timedelta(minutes=30), timedelta(minutes=10))
    assert (unpromised.target, unpromised.aim, unpromised.resolution) == (None, None, None)


# --- Versions ---------------------------------------------------------------------------------


def test_a_changed_cell_makes_a_new_version_and_signals_it_once(developer, admin, sent):
    old = current_promise(developer)
    change_cell(developer, "normal", target=timedelta(hours=20))

    version = services.publish_plan(developer, actor=admin, now=NOW)

    assert (version.number, version.created_by, version.created_at) == (2, admin, NOW)
    assert sent == [(Plan, version, admin)]
    assert current_promise(developer).cell("normal").target == timedelta(hours=20)
    kept = promise_of(old.plan_version, old.calendar_version)
    assert kept.cell("normal").target == timedelta(hours=24)


def test_nothing_changed_makes_no_version(developer, calendar, admin, sent):
    assert services.publish_plan(developer, actor=admin, now=NOW).number == 1
    assert services.publish_calendar(calendar, actor=admin, now=NOW).number == 1
    assert sent == []


def test_another_calendar_makes_a_new_version_of_the_plan(developer, admin):
    developer.calendar = None
    developer.save()

    services.publish_plan(developer, actor=admin, now=NOW)

    assert current_promise(developer).is_around_the_clock


def test_a_new_holiday_makes_a_new_version_of_the_calendar(developer, calendar, admin, sent):
    before = current_promise(developer)
    Holiday.objects.create(
        calendar=calendar, held_on=date(2026, 7, 12), name_fa="تعطیل", name_en="Holiday"
    )

    version = services.publish_calendar(calendar, actor=admin, now=NOW)

    start = datetime(2026, 7, 8, 17, tzinfo=TEHRAN)
    after = current_promise(developer)
    assert sent == [(Calendar, version, admin)]
    assert after.working_time.add(start, timedelta(hours=24)).date() == date(2026, 7, 14)
    assert before.working_time.add(start, timedelta(hours=24)).date() == date(2026, 7, 13)


def test_a_calendar_without_hours_is_not_published(calendar, admin):
    calendar.working_hours.all().delete()

    with pytest.raises(NoWorkingTime):
        services.publish_calendar(calendar, actor=admin, now=NOW)

    assert calendar.versions.count() == 1


# --- Default ----------------------------------------------------------------------------------


def test_the_shipped_default_is_developer():
    assert Plan.objects.default().key == "developer"


def test_a_second_default_is_refused_by_the_database(enterprise):
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=enterprise.pk).update(is_default=True)


def test_the_default_moves_in_one_step(developer, enterprise):
    services.make_default(enterprise)

    assert [plan.key for plan in Plan.objects.filter(is_default=True)] == ["enterprise"]


def test_a_new_organization_gets_the_default_of_the_moment(enterprise):
    services.make_default(enterprise)

    organization = register(make_user(), name="Pars Cloud", key="pars", now=NOW)

    assert organization.plan == enterprise


# --- Copies and deletion ----------------------------------------------------------------------


def test_a_copy_has_the_same_cells_and_is_no_default(developer, admin):
    copy = services.copy_plan(
        developer, key="custom", name_fa="سفارشی", name_en="Custom", actor=admin, now=NOW
    )

    assert not copy.is_default
    assert current_promise(copy).plan_version.targets == (
        current_promise(developer).plan_version.targets
    )


def test_an_unused_plan_is_deleted_with_its_versions(enterprise):
    services.delete(enterprise)

    assert not Plan.objects.filter(key="enterprise").exists()


def test_the_default_plan_stays(developer):
    with pytest.raises(PlanError, match="default"):
        services.delete(developer)


def test_a_plan_that_an_organization_has_stays(organization, enterprise):
    organization.plan = enterprise
    organization.save()

    with pytest.raises(PlanError, match="in use"):
        services.delete(enterprise)


def test_a_calendar_that_a_plan_counts_in_stays(calendar):
    with pytest.raises(PlanError, match="in use"):
        services.delete(calendar)


def test_whether_a_plan_may_be_deleted_is_asked_without_reading_its_clocks(
    organization, requester, enterprise
):
    """All clocks and changes of a plan were read, to say that there are some."""
    organization.plan = enterprise
    organization.save()
    for _n in range(3):
        make_ticket(requester)
    Organization.objects.update(plan=Plan.objects.get(is_default=True))

    with CaptureQueriesContext(connection) as queries, pytest.raises(PlanError, match="in use"):
        services.delete(enterprise)

    asked = [each["sql"] for each in queries if 'FROM "tickets_' in each["sql"]]
    assert asked
    assert all("LIMIT 1" in sql for sql in asked)


# --- Constraints ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"target": timedelta(0)},
        {"target": timedelta(hours=-1)},
        {"target": timedelta(days=367)},
        {"target": timedelta(minutes=30), "aim": timedelta(minutes=30)},
        {"target": None, "aim": timedelta(minutes=10)},
        {"resolution": timedelta(0)},
        {"priority": "immediate"},
    ],
    ids=["zero", "negative", "absurd", "aim", "aim alone", "no resolution", "unknown"],
)
def test_the_database_refuses_a_cell_that_cannot_be_kept(developer, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        change_cell(developer, "normal", **fields)


@pytest.mark.parametrize(
    "hours",
    [("12:00", None), (None, "12:00"), ("12:00", "09:00"), ("12:00", "12:00")],
)
def test_the_database_refuses_a_holiday_with_half_of_its_hours(calendar, hours):
    starts_at, ends_at = hours

    with pytest.raises(IntegrityError), transaction.atomic():
        Holiday.objects.create(
            calendar=calendar,
            held_on=date(2026, 7, 12),
            starts_at=starts_at,
            ends_at=ends_at,
            name_fa="تعطیل",
            name_en="Holiday",
        )


def test_the_database_refuses_hours_that_end_before_they_start(calendar):
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkingHours.objects.create(
            calendar=calendar, weekday=4, starts_at="18:00", ends_at="09:00"
        )


# --- Calendars that nobody gave holidays ------------------------------------------------------


def test_a_calendar_without_a_holiday_in_90_days_is_found(calendar):
    after_the_last = datetime(2028, 3, 20, tzinfo=UTC)

    assert calendar in Calendar.objects.without_coming_holidays(after_the_last)
    assert calendar not in Calendar.objects.without_coming_holidays(NOW)


def test_the_90_days_are_counted_to_the_next_holiday(calendar):
    calendar.holidays.all().delete()
    Holiday.objects.create(
        calendar=calendar, held_on=date(2026, 10, 1), name_fa="تعطیل", name_en="Holiday"
    )

    found = Calendar.objects.without_coming_holidays

    assert not found(datetime(2026, 7, 3, 12, tzinfo=UTC)).exists()
    assert found(datetime(2026, 7, 2, 12, tzinfo=UTC)).exists()


def test_a_calendar_that_no_plan_uses_needs_no_holidays():
    unused = Calendar.objects.create(name_fa="دیگر", name_en="Other")

    assert unused not in Calendar.objects.without_coming_holidays(NOW)
