"""The sum behind a due is shown as it was done: what is shown adds up to what is stored."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations import services as organizations
from plans.models import Calendar, CalendarVersion, Plan
from plans.promises import promise_of, working_time_by_key
from tests.factories import NOW, again, make_content, make_promised_plan, make_ticket
from tickets import services
from tickets.clocks.stretches import joined, replayed
from tickets.due.day_rows import day_rows
from tickets.due.drawing import NARROW, WIDE, lay_out
from tickets.due.reckoning import COUNTED, reckon
from tickets.due.rows import table
from tickets.errors import TicketError
from tickets.models import Clock, ClockChange
from tickets.services import base, changing

pytestmark = pytest.mark.django_db

HOUR, NOTHING = timedelta(hours=1), timedelta(0)
TEHRAN, OSLO = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Oslo")
STEPS = [
    timedelta(0),
    timedelta(minutes=7, seconds=13, microseconds=250_000),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=15),
    timedelta(days=2, hours=3),
    timedelta(days=9),
]
ACTS = [
    *("answer and wait", "answer and work", "answer and close", "resume"),
    *("write", "write", "close", "reopen", "low", "normal", "high", "urgent"),
    *("plan", "recalculate", "recalculate where it helps", "closure"),
]
# Which clocks have a sum that is the whole of their target, whatever happened to them.
UNTOUCHED = {"started", "paused", "resumed", "due_soon", "met", "breached", "withdrawn"}
UNTOUCHED |= {"answered_late", "closed_late"}


def explained(clock, now, zone=TEHRAN):
    return reckon(clock, list(clock.stretches.all()), at=now, zone=zone)


def check_stretches(clock, lines):
    """The stored rows are those that the ledger gives, and add up to the clock's own total."""
    stored, kept = list(clock.stretches.all()), (clock.sum_from, clock.stretch_from)
    assert clock.has_stretches
    assert sorted(map(as_stored, replayed(clock, lines))) == sorted(map(as_stored, stored))
    assert (clock.sum_from, clock.stretch_from) == kept
    runs = [run for run in joined(stored) if run.ended_at is not None]
    lengths = [
        working_time_by_key(run.calendar_version_id).measure(run.started_at, run.ended_at)
        for run in runs
    ]
    assert sum(lengths, NOTHING) == clock.counted


def as_stored(row):
    ends_at = row.ended_at or datetime.max.replace(tzinfo=UTC)
    return row.started_at, ends_at, row.calendar_version_id or 0, row.ended_because


def check(clock, now, zone):
    """What is shown is what is stored, to the microsecond."""
    lines = list(clock.changes.all())
    check_stretches(clock, lines)
    reckoning = reckon(clock, list(clock.stretches.all()), at=now, zone=zone)
    own = [each for each in reckoning.pieces if each.is_present and each.kind == COUNTED]
    latest = [each for each in own if each.starts_at >= clock.reckoned_from]
    if clock.due_at is not None:
        assert sum((each.length for each in latest), NOTHING) == clock.reckoned_for
        if latest and not reckoning.summed_at:
            assert latest[-1].ends_at == clock.due_at
    else:
        assert reckoning.left == clock.remaining
    if {line.reason for line in lines} <= UNTOUCHED:
        assert reckoning.total == clock.target
    before = zip(reckoning.pieces, reckoning.pieces[1:], strict=False)
    assert all(one.ends_at <= other.starts_at for one, other in before), "nothing is shown twice"
    with timezone.override(zone):
        rows = table(clock, reckoning, lines, now=now)
        summed = [row for row in rows if row.sum_after is not None and row.length is not None]
        shown = sum((row.length for row in summed), NOTHING)
        assert shown == reckoning.total - (clock.remaining or NOTHING)
        assert rows[-1].sum_after == reckoning.total
        days = day_rows(clock, reckoning, now=now)
        shown = [block for day in days for block in day.blocks if block.length]
        assert sum((block.length for block in shown), NOTHING) == sum(
            (each.length for each in reckoning.pieces if each.kind == COUNTED), NOTHING
        )
        for sheet in (WIDE, NARROW):
            assert lay_out(days, sheet).labels


@pytest.fixture
def world(requester, organization, agent, admin):
    """A plan in working hours with every kind of target, and a ticket of it."""
    calendar = Calendar.objects.get()
    resolution = {"normal": 30 * HOUR, "high": 12 * HOUR, "low": 80 * HOUR}
    organization.plan = make_promised_plan(
        organization,
        calendar=calendar,
        low=50 * HOUR,
        normal=24 * HOUR,
        high=5 * HOUR,
        resolution=resolution,
    )
    organization.save()
    return {"requester": requester, "agent": agent, "admin": admin, "organization": organization}


def other_calendar(number, definition):
    """Another version of the calendar, as if it had been edited."""
    calendar = Calendar.objects.get()
    return CalendarVersion.objects.create(
        calendar=calendar, number=number, definition=definition, created_at=NOW
    )


def with_ledger(ticket, now, move):
    """Do to the clocks what the services of plans do."""
    ticket = again(ticket)
    [change] = changing.changes_of([ticket], actor=None, now=now)
    move(change.clocks, base.response_kind(ticket))
    change.clocks.place_due()
    changing.write_clocks([change])
    ticket.save()


class Life:
    """One ticket, and what is done to it."""

    def __init__(self, world):
        self.world, self.now, self.versions = world, NOW, 10
        self.ticket = make_ticket(again(world["requester"]))

    def do(self, act):
        agent, requester = self.world["agent"], self.world["requester"]
        content, ticket, now = make_content(), again(self.ticket), self.now
        match act.split():
            case ["answer", "and", then]:
                services.reply_as_agent(ticket, actor=agent, content=content, then=then, now=now)
            case ["resume"]:
                services.resume(ticket, actor=agent, now=now)
            case ["write"]:
                services.reply_as_customer(
                    ticket, actor=requester, content=content, intent="problem", now=now
                )
            case ["close"]:
                services.close_by_customer(ticket, actor=requester, now=now)
            case ["reopen"]:
                services.reopen(ticket, actor=requester, now=now)
            case ["plan"]:
                self.change_plan()
            case ["recalculate", *helping]:
                self.recalculate(bool(helping))
            case ["closure"]:
                self.declare_closure()
            case [priority]:
                services.change_priority(
                    ticket, actor=agent, priority=priority, reason="چون لازم است", now=now
                )

    def change_plan(self):
        organization = again(self.world["organization"])
        key = "promised" if organization.plan.key == "enterprise" else "enterprise"
        plan = Plan.objects.get(key=key)
        organizations.change_plan(organization, plan, actor=self.world["admin"], now=self.now)

    def edited(self, **changes):
        self.versions += 1
        definition = CalendarVersion.objects.filter(number__lt=10).latest("number").definition
        return other_calendar(self.versions, definition | changes)

    def recalculate(self, only_helping):
        hours = [[[600, 780], [840, 1110]], [[480, 960]]][self.versions % 2]
        version = self.edited(weekly={str(day): hours for day in range(5)})
        plan_version = Plan.objects.get(key="promised").versions.latest("number")
        promise = promise_of(plan_version, version)
        with_ledger(
            self.ticket,
            self.now,
            lambda ledger, kind: ledger.recalculate(promise, kind=kind, only_helping=only_helping),
        )

    def declare_closure(self):
        until = self.now + 26 * HOUR
        closure = {"from": self.now.isoformat(), "to": until.isoformat(), "fa": "برف", "en": "Snow"}
        version = self.edited(closures=[closure])
        with_ledger(
            self.ticket,
            self.now,
            lambda ledger, kind: ledger.move_into(
                lambda present: present and version, reason=ClockChange.Reason.CLOSURE
            ),
        )


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(ACTS)), max_size=9),
    zone=st.sampled_from([TEHRAN, OSLO]),
)
def test_whatever_happens_what_is_shown_adds_up_to_the_stored_due(world, acts, zone):
    with transaction.atomic():
        life = Life(world)
        for step, act in acts:
            life.now += step
            try:
                with transaction.atomic():
                    life.do(act)
            except TicketError:
                pass
            for clock in Clock.objects.filter(ticket=life.ticket):
                check(clock, life.now, zone)
        transaction.set_rollback(True)


def test_changes_from_before_sums_were_kept_are_shown_by_their_dues(world):
    life = Life(world)
    for hours, act in ((2, "high"), (1, "low")):
        life.now += hours * HOUR
        life.do(act)
    clock = Clock.objects.get(ticket=life.ticket, kind="first_response")
    lines = list(clock.changes.all())
    for line in lines:
        line.reckoned_from = line.reckoned_for = line.target = None
    clock.reckoned_from, clock.reckoned_for = lines[1].at, clock.target

    reckoning = reckon(clock, replayed(clock, lines), at=life.now, zone=TEHRAN)

    assert reckoning.total == clock.target == 50 * HOUR
    assert reckoning.pieces[-1].ends_at == clock.due_at
