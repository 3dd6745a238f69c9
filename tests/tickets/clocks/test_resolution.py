"""The optional promise to have a ticket closed: it counts except while awaiting customer or
closed, and its pauses leave a remainder in place of a due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from organizations import services as organizations
from plans.models import Calendar, Plan
from tests.factories import NOW, again, make_content, make_promised_plan, make_ticket
from tickets import services
from tickets.models import Clock

pytestmark = pytest.mark.django_db

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
WHY = "سایت ما بسته است"


def at(hours):
    """So many hours after NOW."""
    return NOW + hours * HOUR


@pytest.fixture
def ticket(requester, organization):
    """Promised an answer in 2 hours and a resolution in 10 (high: 1 and 4; low: no resolution)."""
    organization.plan = make_promised_plan(
        organization,
        normal=2 * HOUR,
        high=HOUR,
        low=20 * HOUR,
        resolution={"normal": 10 * HOUR, "high": 4 * HOUR},
    )
    organization.save()
    return make_ticket(requester)


@pytest.fixture
def answer(agent):
    def send(ticket, now, then="wait", **more):
        content = make_content()
        return services.reply_as_agent(
            ticket, actor=agent, content=content, then=then, now=now, **more
        )

    return send


@pytest.fixture
def write(requester):
    def send(ticket, now, intent=None):
        content = make_content()
        return services.reply_as_customer(
            ticket, actor=requester, content=content, intent=intent, now=now
        )

    return send


@pytest.fixture
def change_to(agent):
    def change(ticket, priority, now):
        return services.change_priority(ticket, actor=agent, priority=priority, reason=WHY, now=now)

    return change


def resolution(ticket):
    return ticket.clocks.get(kind="resolution")


def ledger(clock):
    return [(line.reason, line.at) for line in clock.changes.all()]


def test_it_starts_at_the_opening_beside_the_response(ticket):
    clock = resolution(ticket)

    assert (clock.started_at, clock.due_at, clock.target) == (NOW, at(10), 10 * HOUR)
    assert ticket.due_at == at(2), "the earliest of both"


def test_answered_and_worked_on_it_is_the_due_that_is_left(ticket, answer):
    ticket = answer(ticket, at(1), then="work")

    assert (ticket.due_at, ticket.queue_band) == (at(10), 1)
    assert ticket.clocks.get(kind="first_response").state == "met"


def test_awaiting_customer_it_has_a_remainder_and_no_due(ticket, answer):
    ticket = answer(ticket, at(1))

    clock = resolution(ticket)
    assert (clock.paused_at, clock.remaining, clock.counted) == (at(1), 9 * HOUR, HOUR)
    assert (clock.due_at, clock.due_soon_at, ticket.due_at) == (None, None, None)
    assert clock.is_running


def test_it_goes_on_with_what_was_left_when_the_customer_writes(ticket, answer, write):
    ticket = answer(ticket, at(1))

    ticket = write(ticket, at(31))

    clock = resolution(ticket)
    assert (clock.due_at, clock.paused_at, clock.remaining) == (at(40), None, None)
    # Three quarters of 10 hours: 1 before the pause, 6 h 30 min after it.
    assert clock.due_soon_at == at(37.5)
    assert ledger(clock) == [("started", NOW), ("paused", at(1)), ("resumed", at(31))]


def test_resuming_and_working_on_go_on_too(ticket, answer, agent):
    ticket = answer(ticket, at(1))

    ticket = services.resume(ticket, actor=agent, now=at(3))

    assert resolution(ticket).due_at == at(12) == ticket.due_at


def test_a_second_answer_in_the_pause_leaves_the_pause_as_it_is(ticket, answer):
    ticket = answer(ticket, at(1))

    ticket = answer(ticket, at(5))

    clock = resolution(ticket)
    assert (clock.paused_at, clock.remaining) == (at(1), 9 * HOUR)


@pytest.mark.parametrize(
    ("now", "state", "last"), [(at(10) - TICK, "met", "met"), (at(10), "breached", "closed_late")]
)
def test_any_close_before_its_due_meets_it(now, state, last, ticket, requester):
    ticket = services.close_by_customer(ticket, actor=requester, now=now)

    clock = resolution(ticket)
    assert (clock.state, clock.stopped_at) == (state, now)
    assert ledger(clock)[-1] == (last, now)
    assert ticket.due_at is None


def test_closed_in_a_pause_it_is_met_with_the_due_it_would_have_had(ticket, answer):
    ticket = answer(ticket, at(1))

    services.close_due(now=at(50))

    clock = resolution(ticket)
    assert (clock.state, clock.stopped_at, clock.due_at) == ("met", at(50), at(59))
    assert (clock.paused_at, clock.remaining, clock.counted) == (None, None, HOUR)


def test_a_reopening_makes_the_closed_time_a_pause(ticket, answer, requester):
    ticket = answer(ticket, at(4), then="close")

    ticket = services.reopen(ticket, actor=requester, now=at(104))

    clock = resolution(ticket)
    assert (clock.state, clock.stopped_at, clock.due_at) == ("running", None, at(110))
    assert ledger(clock)[-2:] == [("met", at(4)), ("resumed", at(104))]


def test_reopened_and_closed_again_it_counts_the_open_time_only(ticket, answer, write):
    ticket = answer(ticket, at(4), then="close")
    ticket = write(ticket, at(104), intent="problem")

    ticket = answer(ticket, at(106), then="close")

    clock = resolution(ticket)
    assert (clock.state, clock.counted, clock.stopped_at) == ("met", 6 * HOUR, at(106))


def test_reopened_and_answered_in_one_act_it_pauses_with_what_was_left(ticket, answer, write):
    ticket = answer(ticket, at(4), then="close")

    ticket = answer(ticket, at(104), reopening=True)

    clock = resolution(ticket)
    assert (clock.state, clock.paused_at, clock.remaining) == ("running", at(104), 6 * HOUR)
    assert (clock.counting_from, ticket.due_at) == (None, None)
    assert resolution(write(ticket, at(110))).due_at == at(116)


def test_a_breach_is_final(ticket, answer, requester, change_to):
    ticket = answer(ticket, at(1), then="work")
    ticket = change_to(ticket, "low", at(11))
    assert (resolution(ticket).state, ticket.due_at) == ("breached", at(10))
    ticket = answer(ticket, at(12), then="close")

    ticket = services.reopen(ticket, actor=requester, now=at(20))

    clock = resolution(ticket)
    assert (clock.state, clock.breached_at, clock.stopped_at) == ("breached", at(10), at(12))


def test_breached_it_is_not_the_due_of_what_awaits_the_customer(ticket, answer, write):
    ticket = answer(ticket, at(1), then="work")

    awaiting = answer(ticket, at(12))
    back = write(awaiting, at(13))

    assert (awaiting.due_at, awaiting.queue_band) == (None, 4)
    assert back.due_at == at(10)
    assert resolution(back).counted == 12 * HOUR


def test_raised_it_is_the_earlier_and_lowered_the_later(ticket, answer, change_to):
    ticket = answer(ticket, at(1), then="work")

    raised = change_to(ticket, "high", at(2))
    lowered = change_to(raised, "normal", at(3))

    assert raised.due_at == at(6)
    assert lowered.due_at == at(10)


def test_raised_in_a_pause_the_remainder_is_the_smaller(ticket, answer, change_to, write):
    ticket = answer(ticket, at(1))

    ticket = change_to(ticket, "high", at(2))

    clock = resolution(ticket)
    line = clock.changes.last()
    assert (clock.remaining, clock.target, clock.priority) == (4 * HOUR, 4 * HOUR, "high")
    assert (line.reason, line.old_remaining, line.new_remaining) == (
        "raised",
        9 * HOUR,
        4 * HOUR,
    )
    assert resolution(write(ticket, at(10))).due_at == at(14)


def test_lowered_in_a_pause_the_remainder_is_the_larger(ticket, answer, change_to):
    ticket = answer(change_to(ticket, "high", at(0)), at(1))

    ticket = change_to(ticket, "normal", at(2))

    assert resolution(ticket).remaining == 9 * HOUR, "10 hours less the one that was used"


def test_lowered_to_none_it_is_withdrawn_paused_or_not(ticket, answer, change_to):
    ticket = answer(ticket, at(1))

    ticket = change_to(ticket, "low", at(2))

    clock = resolution(ticket)
    assert (clock.state, clock.stopped_at, clock.due_at) == ("withdrawn", at(2), at(11))


def test_from_none_to_a_target_it_starts_at_the_change(requester, ticket, change_to, answer):
    other = make_ticket(requester, priority="low")
    other = answer(other, at(1), then="work")

    other = change_to(other, "normal", at(5))

    assert resolution(other).started_at == at(5)
    assert other.due_at == at(15)


def test_moved_to_a_plan_without_it_the_due_stays(ticket, answer, organization, admin):
    ticket = answer(ticket, at(1), then="work")

    enterprise = Plan.objects.get(key="enterprise")
    organizations.change_plan(again(organization), enterprise, actor=admin, now=at(2))

    assert again(ticket).due_at == at(10)


def test_suspended_it_is_withdrawn_and_restarts_when_that_ends(ticket, organization, admin):
    organizations.suspend(again(organization), actor=admin, now=at(1))
    organizations.lift_suspension(again(organization), actor=admin, now=at(5))

    withdrawn, running = ticket.clocks.filter(kind="resolution")
    assert (withdrawn.state, withdrawn.stopped_at) == ("withdrawn", at(1))
    assert (running.started_at, running.due_at) == (at(5), at(15))


def test_reopened_while_suspended_it_goes_on_when_the_suspension_ends(
    ticket, answer, organization, agent, admin
):
    ticket = answer(ticket, at(4), then="close")
    organizations.suspend(again(organization), actor=admin, now=at(5))
    services.reopen(ticket, actor=agent, now=at(6))
    assert resolution(ticket).state == "met"

    organizations.lift_suspension(again(organization), actor=admin, now=at(8))

    assert resolution(ticket).due_at == at(14)


def test_in_working_hours_a_pause_over_night_takes_nothing(requester, organization, answer, write):
    tehran = ZoneInfo("Asia/Tehran")
    calendar = Calendar.objects.get()
    organization.plan = make_promised_plan(
        organization, calendar=calendar, normal=24 * HOUR, resolution={"normal": 12 * HOUR}
    )
    organization.save()
    saturday_15, saturday_17, sunday_10 = (
        datetime(2026, 5, day, hour, tzinfo=tehran) for day, hour in ((2, 15), (2, 17), (3, 10))
    )
    ticket = make_ticket(requester, now=saturday_15)

    ticket = answer(ticket, saturday_17)
    ticket = write(ticket, sunday_10)

    # 2 hours on Saturday, 8 on Sunday, 2 on Monday.
    assert resolution(ticket).due_at == datetime(2026, 5, 4, 11, tzinfo=tehran)


def test_it_counts_for_who_closed_else_for_the_assignee(
    ticket, requester, agent, second_agent, answer
):
    other = answer(make_ticket(requester), at(1))

    services.accept(ticket, actor=second_agent, now=at(1))
    services.close_by_customer(ticket, actor=requester, now=at(2))
    services.resolve(other, actor=second_agent, now=at(3))

    assert resolution(ticket).agent == second_agent
    assert resolution(other).agent == second_agent


def test_the_scan_warns_of_it_once_and_notifies_of_the_breach(ticket, answer):
    ticket = answer(ticket, at(1), then="work")

    found = [services.scan_clocks(now=at(hours)) for hours in (7, 7.5, 8, 10, 11)]

    assert [(each.due_soon, each.breached) for each in found] == [
        (0, 0),
        (1, 0),
        (0, 0),
        (0, 1),
        (0, 0),
    ]


def test_what_is_paused_falls_due_by_no_scan(ticket, answer):
    answer(ticket, at(1))

    assert services.scan_clocks(now=at(40)) == services.ScanResult(0, 0)
    assert Clock.objects.filter(paused_at__isnull=False).count() == 1
