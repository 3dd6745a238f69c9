"""When clocks counted is stored with what changes them, and filled where it is not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plans.models import Calendar
from tests.factories import NOW, again, make_content, make_promised_plan, make_ticket
from tickets import services, tasks
from tickets.due.reckoning import reckon
from tickets.models import Clock, ClockStretch
from tickets.services import stretches

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
BEFORE, AFTER = ("tickets", "0030_index_text"), ("tickets", "0033_fill_stretches")


@pytest.fixture
def plan(organization):
    """In working hours, with resolution targets."""
    organization.plan = make_promised_plan(
        organization,
        calendar=Calendar.objects.get(),
        normal=24 * HOUR,
        high=5 * HOUR,
        resolution={"normal": 30 * HOUR, "high": 12 * HOUR},
    )
    organization.save()
    return organization.plan


@pytest.fixture
def ticket(plan, requester, agent):
    """Raised and lowered, paused, closed in the pause, and reopened."""
    ticket = make_ticket(again(requester))

    def change_priority(priority, hours):
        services.change_priority(
            again(ticket), actor=agent, priority=priority, reason="مهم", now=NOW + hours * HOUR
        )

    change_priority("high", 1)
    change_priority("normal", 2)
    change_priority("high", 3)
    services.reply_as_agent(
        again(ticket), actor=agent, content=make_content(), then="wait", now=NOW + 4 * HOUR
    )
    services.close_by_customer(again(ticket), actor=again(requester), now=NOW + 5 * HOUR)
    services.reopen(again(ticket), actor=again(requester), now=NOW + 6 * HOUR)
    return again(ticket)


def stored(**of_clock):
    """The rows, and the columns of the clocks that belong to them."""
    rows = ClockStretch.objects.filter(**of_clock).order_by("clock", "started_at")
    names = ("clock", "started_at", "ended_at", "calendar_version", "ended_because")
    clocks = Clock.objects.order_by("pk").values_list("pk", "sum_from", "stretch_from")
    return list(rows.values_list(*names)), list(clocks)


def forget(clocks):
    """As the previous release leaves clocks that it starts."""
    ClockStretch.objects.filter(clock__in=clocks).delete()
    clocks.update(sum_from=None, stretch_from=None)


def test_a_clock_stores_each_stretch_that_it_counted_and_why_it_ended(ticket):
    rows = ClockStretch.objects.filter(clock__kind="resolution").order_by("started_at")

    assert list(rows.values_list("started_at", "ended_at", "ended_because")) == [
        (NOW, NOW + 3 * HOUR, "raised"),
        (NOW + 3 * HOUR, NOW + 4 * HOUR, "paused"),
        (NOW + 5 * HOUR, NOW + 5 * HOUR, "met"),
        (NOW + 6 * HOUR, None, ""),
    ]
    assert not Clock.objects.without_stretches().exists()


def test_storing_stretches_costs_a_write_one_statement_at_most(plan, requester, agent):
    ticket = make_ticket(again(requester))

    with CaptureQueriesContext(connection) as captured:
        services.change_priority(ticket, actor=agent, priority="high", reason="مهم", now=NOW + HOUR)
    with CaptureQueriesContext(connection) as untouched:
        services.change_category(again(ticket), actor=agent, category="sales", now=NOW + HOUR)

    of_rows = [each["sql"] for each in captured if "tickets_clockstretch" in each["sql"]]
    assert [each[:11] for each in of_rows] == ["INSERT INTO"]
    assert not [each for each in untouched if "tickets_clockstretch" in each["sql"]]


# Migrates back and forth.
@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_clocks_of_an_earlier_schema_get_the_stretches_that_they_counted(ticket):
    before = stored()
    targets = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate([BEFORE])
        assert "tickets_clockstretch" not in connection.introspection.table_names()
        MigrationExecutor(connection).migrate([AFTER])
    finally:
        MigrationExecutor(connection).migrate(targets)

    assert stored() == before


def test_a_fill_that_was_cut_off_goes_on_with_what_is_left(ticket, requester, monkeypatch):
    make_ticket(again(requester))
    before = stored()
    forget(Clock.objects.all())
    monkeypatch.setattr(stretches, "BATCH", 1)
    monkeypatch.setattr(stretches, "MOST_BATCHES", 1)

    assert services.fill_stretches() == 1
    monkeypatch.setattr(stretches, "MOST_BATCHES", 100)
    assert services.fill_stretches() == len(before[1]) - 1

    assert stored() == before
    assert services.fill_stretches() == 0


@pytest.mark.parametrize("has_rows", [False, True])
def test_what_the_previous_release_writes_is_filled_by_the_worker(ticket, agent, has_rows):
    """It starts a clock without rows, or ends one and leaves its open row open."""
    clocks = Clock.objects.filter(ticket=ticket, kind="resolution")
    if has_rows:
        rows = list(ClockStretch.objects.filter(clock__in=clocks).values())
        columns = clocks.values("sum_from", "stretch_from").get()
    services.reply_as_agent(
        ticket, actor=agent, content=make_content(), then="wait", now=NOW + 7 * HOUR
    )
    before = stored()
    forget(clocks)
    if has_rows:
        ClockStretch.objects.bulk_create(ClockStretch(**row) for row in rows)
        clocks.update(**columns)

    tasks.run_jobs()

    assert stored() == before


def test_what_changes_a_clock_without_rows_leaves_them_to_the_worker(ticket, agent):
    forget(Clock.objects.all())
    services.reply_as_agent(
        again(ticket), actor=agent, content=make_content(), then="wait", now=NOW + 7 * HOUR
    )

    assert not ClockStretch.objects.filter(clock__kind="resolution").exists()
    tasks.run_jobs()
    last = ClockStretch.objects.filter(clock__kind="resolution").latest("started_at")
    assert (last.ended_at, last.ended_because) == (NOW + 7 * HOUR, "paused")


def test_a_due_is_explained_in_one_stretch_until_its_rows_are_filled(ticket):
    forget(Clock.objects.all())

    for clock in Clock.objects.explained():
        found = reckon(
            clock, list(clock.stretches.all()), at=NOW, zone=timezone.get_fixed_timezone(0)
        )
        assert found.pieces[-1].ends_at == clock.due_at


def test_clocks_without_rows_are_found_by_their_index(ticket):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "clock_without_stretches" in Clock.objects.without_stretches().explain()
