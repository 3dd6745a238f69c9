"""Every rule under "Clocks" of the domain, through the services that obey it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from organizations import services as organizations
from plans.models import Plan
from plans.services import publish_plan
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_content,
    make_member,
    make_organization,
    make_promised_plan,
    make_ticket,
)
from tickets import services
from tickets.models import Clock, Ticket

pytestmark = pytest.mark.django_db

TEHRAN = ZoneInfo("Asia/Tehran")
MINUTE, HOUR, TICK = timedelta(minutes=1), timedelta(hours=1), timedelta(microseconds=1)
WHY = "سایت ما بسته است"


def at(hours, minutes=0):
    """So long after NOW."""
    return NOW + timedelta(hours=hours, minutes=minutes)


def plan(key):
    return Plan.objects.get(key=key)


@pytest.fixture
def on(organization, requester):
    """Put the requester's organization on the shipped plan of that key, before anything else."""

    def move(key):
        organization.plan = plan(key)
        organization.save()

    return move


@pytest.fixture
def raise_to(agent):
    def change(ticket, priority, now):
        return services.change_priority(ticket, actor=agent, priority=priority, now=now)

    return change


@pytest.fixture
def lower_to(agent):
    def change(ticket, priority, now):
        return services.change_priority(
            ticket, actor=agent, priority=priority, reason="کار راه افتاد", now=now
        )

    return change


@pytest.fixture
def answer(agent):
    def send(ticket, now, then="wait"):
        return services.reply_as_agent(
            ticket, actor=agent, content=make_content(), then=then, now=now
        )

    return send


def clock_of(ticket):
    return ticket.clocks.get()


def ledger(clock):
    return [(line.reason, line.at) for line in clock.changes.all()]


# --- The worked example ---------------------------------------------------------------------------

WEDNESDAY_17 = datetime(2026, 5, 6, 17, tzinfo=TEHRAN)
MONDAY_14 = datetime(2026, 5, 11, 14, tzinfo=TEHRAN)


def test_developer_normal_of_wednesday_17_is_due_on_monday_at_14(requester):
    ticket = make_ticket(requester, now=WEDNESDAY_17)

    assert ticket.due_at == MONDAY_14
    assert clock_of(ticket).due_at == MONDAY_14
    # 18 of the 24 hours: 1 on Wednesday, 9 on Saturday, 8 on Sunday.
    assert ticket.due_soon_at == datetime(2026, 5, 10, 17, tzinfo=TEHRAN)


@pytest.mark.parametrize(("now", "state"), [(MONDAY_14 - TICK, "met"), (MONDAY_14, "breached")])
def test_an_answer_at_the_due_instant_is_late(now, state, requester, answer):
    ticket = make_ticket(requester, now=WEDNESDAY_17)

    ticket = answer(ticket, now)

    clock = clock_of(ticket)
    assert (clock.state, clock.stopped_at) == (state, now)
    assert clock.answer == ticket.last_public_message
    assert (ticket.due_at, ticket.due_soon_at) == (None, None)


# --- Starting and ending --------------------------------------------------------------------------


def test_a_clock_starts_at_the_oldest_waiting_thing(requester, on):
    on("enterprise")
    ticket = make_ticket(requester)

    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=at(3))

    clock = clock_of(ticket)
    assert (clock.started_at, clock.due_at) == (NOW, at(12))
    assert ledger(clock) == [("started", NOW)]


def test_after_the_first_public_answer_it_is_a_next_response_with_the_same_target(
    requester, on, answer
):
    on("enterprise")
    ticket = answer(make_ticket(requester), at(1))

    ticket = services.reply_as_customer(ticket, actor=requester, content=make_content(), now=at(2))

    first, following = ticket.clocks.all()
    assert (first.kind, following.kind) == ("first_response", "next_response")
    assert (following.started_at, following.target, following.due_at) == (
        at(2),
        first.target,
        at(14),
    )


def test_closed_unanswered_it_is_a_first_response_again(requester, on):
    on("enterprise")
    ticket = make_ticket(requester)
    services.close_by_customer(ticket, actor=requester, now=at(1))

    ticket = services.reopen(ticket, actor=requester, now=at(2))

    withdrawn, running = ticket.clocks.all()
    assert (withdrawn.state, withdrawn.stopped_at) == ("withdrawn", at(1))
    assert (running.kind, running.started_at) == ("first_response", at(2))


def test_a_closed_ticket_carries_no_due(requester, on):
    on("enterprise")
    ticket = make_ticket(requester)

    ticket = services.close_by_customer(ticket, actor=requester, now=at(1))

    assert (ticket.due_at, ticket.due_soon_at, ticket.queue_band) == (None, None, 9)


def test_no_commitment_is_no_clock_and_no_due(requester):
    ticket = make_ticket(requester, priority="critical")

    assert not ticket.clocks.exists()
    assert ticket.due_at is None
    assert (ticket.queue_band, ticket.queue_rank, ticket.queue_at) == (2, -4, NOW)


def test_the_aim_is_kept_beside_and_is_never_due(requester, on):
    on("enterprise")

    clock = clock_of(make_ticket(requester, priority="critical"))

    assert (clock.aim, clock.target, clock.due_at) == (10 * MINUTE, 30 * MINUTE, at(0, 30))


# --- Settle first ---------------------------------------------------------------------------------


def test_what_fell_is_stamped_with_its_own_instant_when_somebody_comes_late(requester, on, answer):
    on("enterprise")
    ticket = make_ticket(requester)

    ticket = answer(ticket, at(40))

    clock = clock_of(ticket)
    assert (clock.state, clock.due_soon_fell_at, clock.breached_at) == ("breached", at(9), at(12))
    assert ledger(clock) == [
        ("started", NOW),
        ("due_soon", at(9)),
        ("breached", at(12)),
        ("answered_late", at(40)),
    ]


def test_a_breach_remembers_whose_ticket_it_was(requester, on, agent, second_agent, supervisor):
    on("enterprise")
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)

    services.assign(ticket, actor=supervisor, to=second_agent, now=at(20))

    assert clock_of(ticket).assignee_at_breach == agent


@pytest.mark.parametrize(
    "touch",
    [
        lambda ticket, agent: services.add_note(
            ticket, actor=agent, content=make_content(), now=at(13)
        ),
        lambda ticket, agent: services.change_priority(
            ticket, actor=agent, priority="critical", now=at(13)
        ),
        lambda ticket, agent: services.change_priority(
            ticket, actor=agent, priority="low", reason="چون", now=at(13)
        ),
        lambda ticket, agent: organizations.change_plan(
            ticket.organization, plan("developer"), actor=agent, now=at(13)
        ),
    ],
    ids=["note", "raise", "lower", "plan"],
)
def test_a_breached_clock_is_never_retargeted_and_stays_the_due(
    touch, requester, on, admin, answer
):
    on("enterprise")
    ticket = make_ticket(requester)

    touch(ticket, admin)

    clock, ticket = clock_of(ticket), again(ticket)
    assert (clock.state, clock.breached_at, clock.target) == ("breached", at(12), 12 * HOUR)
    assert ticket.due_at == clock.due_at == at(12)
    assert not clock.changes.filter(reason__in=["raised", "lowered", "plan"]).exists()
    assert (ticket.queue_band, ticket.queue_at) == (1, at(12))


def test_a_breach_is_not_undone_by_a_close(requester, on):
    on("enterprise")
    ticket = make_ticket(requester)

    services.close_by_customer(ticket, actor=requester, now=at(20))

    clock = clock_of(ticket)
    assert (clock.state, clock.breached_at, clock.stopped_at) == ("breached", at(12), at(20))


# --- Priority -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "due"), [(1, at(5)), (7, at(11)), (8, at(12)), (10, at(12))])
def test_raised_it_is_due_at_the_earlier_of_the_due_and_now_plus_the_new_target(
    hours, due, requester, on, raise_to
):
    on("enterprise")  # normal 12 h, high 4 h
    ticket = make_ticket(requester)

    ticket = raise_to(ticket, "high", at(hours))

    clock = clock_of(ticket)
    assert ticket.due_at == clock.due_at == due
    line = clock.changes.get(reason="raised")
    assert (line.at, line.old_due_at, line.new_due_at) == (at(hours), at(12), due)
    assert clock.priority == ("high" if due < at(12) else "normal")


def test_lowered_it_is_due_at_the_later_of_the_due_and_start_plus_the_new_target(
    requester, on, lower_to
):
    on("enterprise")
    ticket = make_ticket(requester, priority="high")

    ticket = lower_to(ticket, "low", at(1))

    clock = clock_of(ticket)
    assert (ticket.due_at, clock.target, clock.priority) == (at(24), 24 * HOUR, "low")
    line = clock.changes.get(reason="lowered")
    assert (line.old_due_at, line.new_due_at) == (at(4), at(24))


def test_lowering_never_brings_a_due_nearer(requester, organization, lower_to, raise_to):
    organization.plan = make_promised_plan(organization, low=10 * HOUR, normal=12 * HOUR)
    organization.save()
    ticket = make_ticket(requester)

    ticket = lower_to(ticket, "low", at(1))

    assert ticket.due_at == at(12)


def test_raised_to_no_commitment_the_due_stays(requester, organization, on, raise_to):
    on("business")  # critical: none
    ticket = make_ticket(requester, priority="urgent")

    ticket = raise_to(ticket, "critical", at(0, 30))

    assert ticket.due_at == at(2)
    assert clock_of(ticket).state == "running"


def test_lowered_to_no_commitment_the_clock_is_withdrawn(requester, organization, lower_to):
    organization.plan = make_promised_plan(organization, normal=12 * HOUR)
    organization.save()
    ticket = make_ticket(requester)

    ticket = lower_to(ticket, "low", at(1))

    assert (clock_of(ticket).state, ticket.due_at) == ("withdrawn", None)
    assert (ticket.waiting_since, ticket.queue_band) == (NOW, 2)


def test_from_none_to_a_target_by_priority_a_clock_starts_at_the_change(requester, lower_to):
    ticket = make_ticket(requester, priority="high")  # Developer promises nothing for high
    start = datetime(2026, 5, 2, 12, tzinfo=TEHRAN)

    ticket = lower_to(ticket, "normal", start)

    clock = clock_of(ticket)
    assert (clock.started_at, clock.kind) == (start, "first_response")
    # 6 hours left on Saturday, 9 on Sunday, 9 on Monday.
    assert ticket.due_at == datetime(2026, 5, 4, 18, tzinfo=TEHRAN)


def test_a_change_starts_no_clock_where_nothing_waits(requester, agent, lower_to):
    ticket = make_awaiting_customer(requester, agent, priority="high")

    ticket = lower_to(ticket, "normal", at(1))

    assert not ticket.clocks.exists()


# --- Plan -----------------------------------------------------------------------------------------


def test_moved_to_a_better_plan_it_is_due_from_now_by_the_new_one(requester, organization, admin):
    ticket = make_ticket(requester)  # Developer: 24 working hours, from Saturday 10:00 on

    organizations.change_plan(organization, plan("enterprise"), actor=admin, now=at(1))

    clock, ticket = clock_of(ticket), again(ticket)
    assert ticket.due_at == clock.due_at == at(13)
    assert clock.plan_version.plan == plan("enterprise")
    assert clock.calendar_version is None
    event = ticket.events.last()
    assert (event.kind, event.actor, event.is_public) == ("plan_changed", admin, False)


@pytest.mark.parametrize("key", ["developer", "promises nothing"])
def test_moved_to_where_it_would_be_later_or_nothing_is_promised_the_due_stays(
    key, requester, organization, on, admin
):
    on("enterprise")
    ticket = make_ticket(requester)
    new = plan(key) if key == "developer" else make_promised_plan(organization)

    organizations.change_plan(organization, new, actor=admin, now=at(1))

    ticket = again(ticket)
    assert ticket.due_at == clock_of(ticket).due_at == at(12)
    assert clock_of(ticket).plan_version.plan == plan("enterprise")


def test_from_none_to_a_target_by_plan_a_clock_starts_at_the_change(
    requester, organization, agent, admin
):
    waiting = make_ticket(requester, priority="high")
    answered = make_awaiting_customer(requester, agent, priority="high")

    organizations.change_plan(organization, plan("sme"), actor=admin, now=at(1))

    assert (clock_of(waiting).started_at, again(waiting).due_at) == (at(1), at(9))
    assert not answered.clocks.exists()
    assert again(answered).version == answered.version


def test_a_plan_change_touches_no_other_organization_and_no_finished_clock(
    requester, organization, agent, admin
):
    other = make_organization("Mahoor")
    others = make_ticket(make_member(other, "mina@mahoor.example"))
    answered = make_awaiting_customer(requester, agent)
    before = Clock.objects.values().order_by("pk")
    rows = list(before)

    organizations.change_plan(organization, plan("enterprise"), actor=admin, now=at(1))

    assert list(before.all()) == rows
    assert again(others).version == others.version
    assert again(answered).version == answered.version


def test_publishing_a_plan_moves_no_running_clock(requester, on, admin):
    on("enterprise")
    running = make_ticket(requester)
    enterprise = plan("enterprise")
    enterprise.targets.filter(priority="normal").update(target=2 * HOUR)

    publish_plan(enterprise, actor=admin, now=at(1))

    assert again(running).due_at == at(12)
    assert make_ticket(requester, now=at(2)).due_at == at(4)


def test_what_waited_before_anything_was_promised_is_not_late_at_once(requester, admin):
    ticket = make_ticket(requester, priority="high")
    developer = plan("developer")
    developer.targets.filter(priority="high").update(target=2 * HOUR)
    publish_plan(developer, actor=admin, now=at(2))

    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=at(3))

    assert (clock_of(ticket).started_at, clock_of(ticket).state) == (at(2), "running")
    assert again(ticket).waiting_since == NOW


def test_suspending_withdraws_and_lifting_starts_at_that_moment(requester, organization, on, admin):
    on("enterprise")
    ticket = make_ticket(requester)

    organizations.suspend(organization, actor=admin, now=at(1))
    suspended = again(ticket)
    organizations.lift_suspension(organization, actor=admin, now=at(30))

    withdrawn, running = ticket.clocks.all()
    assert (suspended.due_at, suspended.queue_band) == (None, 2)
    assert (withdrawn.state, withdrawn.stopped_at) == ("withdrawn", at(1))
    assert (running.started_at, again(ticket).due_at) == (at(30), at(42))


def test_a_computer_clock_that_was_set_back_makes_no_due_before_the_start(
    requester, organization, on, admin, raise_to
):
    on("enterprise")
    ticket = make_ticket(requester)

    raise_to(ticket, "high", at(-100))
    organizations.change_plan(organization, plan("sme"), actor=admin, now=at(-99))

    assert again(ticket).due_at == at(4)


# --- Due soon -------------------------------------------------------------------------------------


def test_due_soon_is_three_quarters_of_the_way_to_the_present_due(requester, on, raise_to):
    on("enterprise")
    ticket = make_ticket(requester)
    first = ticket.due_soon_at

    ticket = raise_to(ticket, "high", at(4))  # due after 8 hours in all

    assert (first, ticket.due_soon_at) == (at(9), at(6))


def test_when_the_due_moves_past_its_three_quarters_it_is_due_soon_now(requester, on, raise_to):
    on("enterprise")
    ticket = make_ticket(requester)

    ticket = raise_to(ticket, "urgent", at(5))  # due after 6 hours in all: 4 h 30 min is over

    clock = clock_of(ticket)
    assert (clock.due_soon_at, clock.due_soon_fell_at) == (at(4, 30), at(5))
    assert ("due_soon", at(5)) in ledger(clock)


def test_due_soon_falls_once_in_a_clocks_life(requester, on, lower_to, answer):
    on("enterprise")
    ticket = make_ticket(requester, priority="high")
    lower_to(ticket, "normal", at(3, 30))

    answer(ticket, at(11))

    clock = clock_of(ticket)
    assert clock.due_soon_fell_at == at(3)
    assert [line for line in ledger(clock) if line[0] == "due_soon"] == [("due_soon", at(3))]
    assert clock.state == "met"


# --- Queue order ----------------------------------------------------------------------------------


def test_the_queue_is_ordered_by_due_then_waiting_then_our_move_then_closing(
    requester, organization, agent, admin
):
    held = make_awaiting_customer(requester, agent, now=at(1))
    closing = make_awaiting_customer(requester, agent)
    ours = services.resume(make_awaiting_customer(requester, agent), actor=agent, now=at(2))
    high = make_ticket(requester, priority="high")
    critical = make_ticket(requester, priority="critical", now=at(1))
    later_high = make_ticket(requester, priority="high", now=at(1))
    low = make_ticket(requester, priority="low", now=NOW)
    normal = make_ticket(requester, now=at(2))
    services.hold_auto_close(held, actor=agent, reason="منتظر شبکه", now=at(2))

    queue = list(Ticket.objects.open().in_queue_order())

    assert queue == [normal, low, critical, high, later_high, ours, closing, held]


# --- The scan -------------------------------------------------------------------------------------


def test_the_scan_finds_each_instant_once_however_often_it_runs(requester, on):
    on("enterprise")
    ticket = make_ticket(requester)
    moments = [at(9) - TICK, at(9), at(10), at(12) - TICK, at(12), at(13)]

    found = [services.scan_clocks(now=moment) for moment in moments for _beat in range(2)]

    one, nothing = services.ScanResult(1, 0), services.ScanResult(0, 0)
    breach, unaccepted = services.ScanResult(0, 1), services.ScanResult(0, 0, unaccepted=1)
    expected = [unaccepted, nothing, one, nothing, nothing, nothing]
    assert found == [*expected, nothing, nothing, breach, nothing, nothing, nothing]
    kinds = [event.kind for event in ticket.events.all()]
    assert kinds == ["opened", "unaccepted", "due_soon", "breached"]
    clock = clock_of(ticket)
    assert (clock.due_soon_fell_at, clock.breached_at) == (at(9), at(12))
    assert ledger(clock) == [("started", NOW), ("due_soon", at(9)), ("breached", at(12))]


def test_after_a_day_off_the_scan_stamps_what_fell_and_notifies_of_what_is_still_true(
    requester, on, agent
):
    on("enterprise")
    overdue = make_ticket(requester)
    soon = make_ticket(requester, now=at(26))
    answered = make_ticket(requester)
    services.reply_as_agent(answered, actor=agent, content=make_content(), now=at(20))

    result = services.scan_clocks(now=at(36))

    assert result == services.ScanResult(due_soon=1, breached=1)
    clock = clock_of(overdue)
    assert (clock.due_soon_fell_at, clock.breached_at) == (at(9), at(12))
    assert clock_of(soon).due_soon_fell_at == at(35)
    assert [event.kind for event in overdue.events.all()] == ["opened", "breached"]
    assert "breached" not in [event.kind for event in answered.events.all()]


def test_the_scan_still_notifies_of_what_somebody_settled_first(requester, on, agent):
    on("enterprise")
    ticket = make_ticket(requester)
    services.add_note(ticket, actor=agent, content=make_content(), now=at(13))

    result = services.scan_clocks(now=at(14))

    assert result.breached == 1
    assert ledger(clock_of(ticket)).count(("breached", at(12))) == 1


def test_a_scan_says_nothing_to_customers(requester, on):
    on("enterprise")
    ticket = make_ticket(requester)

    services.scan_clocks(now=at(13))

    assert again(ticket).public_updated_at == NOW
    assert not ticket.events.last().is_public


def test_times_are_stored_as_instants(requester, on):
    on("enterprise")
    ticket = make_ticket(requester, now=NOW.astimezone(TEHRAN))

    assert again(ticket).due_at == at(12).astimezone(UTC)
