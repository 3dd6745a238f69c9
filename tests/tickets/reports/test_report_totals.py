"""What counts how: each rule by an example, and all of them against a count of the raw clocks."""

from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from plans.models import PlanVersion
from plans.services import publish_plan
from tests.factories import NOW, make_content, make_ticket
from tests.tickets.promises import HOUR, MINUTE, TEHRAN, clear, count_all, make_clock, make_many
from tickets import services
from tickets.models import Clock, DayTotal, PeriodicRun, StaleDay, Ticket
from tickets.querysets.results import SUMS, class_of, middle_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOTHING = dict.fromkeys(SUMS, 0)


@pytest.fixture
def enterprise(db):
    return PlanVersion.objects.get(plan__key="enterprise")


@pytest.fixture
def ticket(requester):
    """A ticket whose own clock is out of the way: the examples bring theirs."""
    ticket = make_ticket(requester, now=NOW)
    clear()
    return ticket


def sums_of(totals):
    return {name: sum(getattr(each, name) for each in totals) for name in SUMS}


AIM = {"aim": 10 * MINUTE}
RULES = {
    "met counts as kept": ({"state": "met", "is_answered": True}, {"kept": 1}),
    "answered late is late": ({"state": "breached", "is_answered": True}, {"late": 1}),
    "running and overdue is late": ({"state": "breached", "stopped_at": None}, {"late": 1}),
    "closed without an answer after the due is late": ({"state": "breached"}, {"late": 1}),
    "withdrawn stands apart": ({"state": "withdrawn"}, {"withdrawn": 1}),
    "running in time does not count": ({"state": "running"}, {}),
    "answered before the aim": (
        {"state": "met", "is_answered": True, "counted": 9 * MINUTE, **AIM},
        {"kept": 1, "with_aim": 1, "within_aim": 1},
    ),
    "answered at the aim is not within it": (
        {"state": "met", "is_answered": True, "counted": 10 * MINUTE, **AIM},
        {"kept": 1, "with_aim": 1},
    ),
    "late and never answered misses the aim": (
        {"state": "breached", "counted": MINUTE, **AIM},
        {"late": 1, "with_aim": 1},
    ),
    "withdrawn has no aim": ({"state": "withdrawn", **AIM}, {"withdrawn": 1}),
    "a resolution that a close met": ({"state": "met", "kind": "resolution"}, {"kept": 1}),
}


@pytest.mark.parametrize("name", RULES)
def test_what_a_clock_counts_as(name, ticket, enterprise):
    fields, expected = RULES[name]
    fields = dict(fields)
    if fields.pop("is_answered", False):
        fields["answer"] = ticket.messages.first()
    make_clock(ticket, enterprise, **fields)

    count_all()

    assert sums_of(DayTotal.objects.all()) == NOTHING | expected


TIMED = {
    "answered": ({"state": "met", "is_answered": True}, True),
    "answered late": ({"state": "breached", "is_answered": True}, True),
    "never answered": ({"state": "breached"}, False),
    "withdrawn": ({"state": "withdrawn"}, False),
    "resolved": ({"state": "met", "kind": "resolution"}, True),
    "resolved late": ({"state": "breached", "kind": "resolution"}, True),
    "not resolved yet": ({"state": "breached", "kind": "resolution", "stopped_at": None}, False),
}


@pytest.mark.parametrize("name", TIMED)
def test_what_has_a_time(name, ticket, enterprise):
    fields, has_time = TIMED[name]
    fields = dict(fields)
    if fields.pop("is_answered", False):
        fields["answer"] = ticket.messages.first()
    make_clock(ticket, enterprise, counted=25 * MINUTE, **fields)

    count_all()

    assert DayTotal.objects.get().time_class == (class_of(25 * MINUTE) if has_time else None)


@pytest.mark.parametrize("seconds", [0, 0.4, 1, 2, 59, 60, 1500, 86_400, 31_622_400])
def test_a_time_is_accurate_to_two_percent(seconds, ticket, enterprise):
    duration = timedelta(seconds=seconds)
    make_clock(ticket, enterprise, counted=duration, answer=ticket.messages.first())

    count_all()

    found = DayTotal.objects.get().time_class
    assert found == class_of(duration)
    # Below half a minute the whole second is the limit.
    assert abs(middle_of(found) - duration) <= max(duration * 0.02, timedelta(seconds=1))


MIDNIGHT = datetime(2026, 3, 21, 0, 0, tzinfo=TEHRAN)
MIDNIGHTS = {
    "the last microsecond of a day": (MIDNIGHT - timedelta(microseconds=1), "2026-03-20"),
    "midnight in the zone, not in UTC": (MIDNIGHT, "2026-03-21"),
}


@pytest.mark.parametrize("name", MIDNIGHTS)
def test_a_day_is_one_of_the_zone_of_the_product(name, ticket, enterprise):
    due_at, day = MIDNIGHTS[name]
    make_clock(ticket, enterprise, due_at=due_at)

    count_all()

    total = DayTotal.objects.get()
    assert total.day == date.fromisoformat(day)
    # Nowruz: 1 Farvardin 1405 is 21 March 2026.
    assert total.jalali_month == (1404 * 12 + 11 if day == "2026-03-20" else 1405 * 12)
    assert total.gregorian_month == 2026 * 12 + 2


def test_it_counts_for_what_it_was_computed_with_and_in_the_present_category(
    ticket, enterprise, agent
):
    make_clock(ticket, enterprise, priority="urgent", agent=agent)
    Ticket.objects.filter(pk=ticket.pk).update(category="sales", priority="low")

    count_all()

    total = DayTotal.objects.get()
    assert (total.plan.key, total.priority, total.category) == ("enterprise", "urgent", "sales")
    assert (total.agent, total.organization_id) == (agent, ticket.organization_id)


# --- Against the raw clocks -----------------------------------------------------------------------


def counted_raw():
    """The sums of every combination by a count of its own, clock by clock."""
    found = {}
    for clock in Clock.objects.select_related("ticket", "plan_version"):
        kept, late = clock.state == "met", clock.state == "breached"
        if clock.state == "running":
            continue
        is_done = kept or bool(
            late and (clock.answer_id or (clock.kind == "resolution" and clock.stopped_at))
        )
        key = (
            clock.due_at.astimezone(TEHRAN).date(),
            clock.kind,
            clock.plan_version.plan_id,
            clock.priority,
            clock.ticket.category,
            clock.ticket.organization_id,
            clock.agent_id,
            class_of(clock.counted) if is_done else None,
        )
        has_aim = clock.aim is not None and (kept or late)
        within = has_aim and is_done and clock.counted < clock.aim
        sums = found.setdefault(key, Counter(NOTHING))
        sums.update(
            kept=kept,
            late=late,
            withdrawn=clock.state == "withdrawn",
            with_aim=has_aim,
            within_aim=within,
        )
    return {key: dict(sums) for key, sums in found.items()}


def stored():
    columns = ["day", "kind", "plan_id", "priority", "category", "organization_id", "agent_id"]
    rows = {}
    for total in DayTotal.objects.all():
        key = (*(getattr(total, name) for name in columns), total.time_class)
        assert key not in rows
        rows[key] = {name: getattr(total, name) for name in SUMS}
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_the_totals_are_what_the_raw_clocks_add_up_to(seed):
    make_many(120, seed=seed)

    count_all()

    assert stored() == counted_raw()


def test_counting_again_changes_nothing():
    make_many(60, seed=3)
    count_all()
    before = stored()

    count_all()

    assert stored() == before


def test_a_lost_mark_or_a_wrong_total_is_mended_by_the_command():
    make_many(30, seed=4)
    count_all()
    DayTotal.objects.update(kept=99)
    output = StringIO()

    call_command("rebuild_reports", stdout=output)

    assert stored() == counted_raw()
    assert output.getvalue().startswith("rebuild_reports: counted ")


def test_a_stopped_rebuild_goes_on_where_it_was():
    make_many(30, seed=5)
    services.mark_all_stale()
    days = StaleDay.objects.values("day").distinct().count()
    StaleDay.objects.filter(day=StaleDay.objects.first().day).delete()
    output = StringIO()

    call_command("rebuild_reports", "--resume", stdout=output)

    assert output.getvalue() == f"rebuild_reports: counted {days - 1} days\n"
    assert not StaleDay.objects.exists()


# --- Keeping current ------------------------------------------------------------------------------


def test_whatever_happens_to_a_ticket_the_next_run_counts_it(requester, agent):
    ticket = make_ticket(requester, priority="high", now=NOW)
    answered = make_ticket(requester, now=NOW)
    services.refresh_totals()

    def after(act):
        act()
        services.refresh_totals()
        assert stored() == counted_raw()

    content = make_content("بررسی شد.")
    after(lambda: services.reply_as_agent(answered, actor=agent, content=content, now=NOW + HOUR))
    assert sum(total.kept for total in DayTotal.objects.all()) == 1
    after(lambda: services.scan_clocks(NOW + 30 * DAY))
    after(
        lambda: services.change_category(
            answered, actor=agent, category="sales", now=NOW + 31 * DAY
        )
    )
    assert set(DayTotal.objects.filter(kept=1).values_list("category", flat=True)) == {"sales"}
    after(lambda: services.close_by_customer(ticket, actor=requester, now=NOW + 32 * DAY))


def test_a_resolution_that_goes_on_after_a_reopening_leaves_its_day(organization, requester, agent):
    plan = organization.plan
    plan.targets.filter(priority="normal").update(resolution=40 * HOUR)
    publish_plan(plan, actor=None, now=NOW)
    ticket = make_ticket(requester, now=NOW)
    services.reply_as_agent(
        ticket, actor=agent, content=make_content("درست شد."), then="close", now=NOW + HOUR
    )
    services.refresh_totals()
    assert DayTotal.objects.filter(kind="resolution", kept=1).exists()

    services.reopen(Ticket.objects.get(pk=ticket.pk), actor=requester, now=NOW + 20 * DAY)
    services.refresh_totals()

    assert not DayTotal.objects.filter(kind="resolution").exists()
    assert stored() == counted_raw()


def test_a_change_that_is_taken_back_leaves_no_mark(requester, agent):
    ticket = make_ticket(requester, now=NOW)

    with transaction.atomic():
        content = make_content("بررسی شد.")
        services.reply_as_agent(ticket, actor=agent, content=content, now=NOW + HOUR)
        transaction.set_rollback(True)

    assert not StaleDay.objects.exists()


def test_a_run_says_as_of_when_the_totals_are(ticket):
    services.refresh_totals(now=NOW)

    assert PeriodicRun.objects.get(name="refresh_totals").finished_at == NOW
