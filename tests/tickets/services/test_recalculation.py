"""After an edit of a plan or calendar running clocks follow as the admin chose, not otherwise."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from organizations import services as organizations
from plans.models import Calendar, Plan
from plans.services import publish_calendar, publish_plan
from tests.factories import (
    NOW,
    again,
    make_content,
    make_member,
    make_organization,
    make_promised_plan,
    make_ticket,
)
from tickets import services
from tickets.models import Recalculation
from tickets.services import recalculating

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TEHRAN = ZoneInfo("Asia/Tehran")


def at(hours):
    return NOW + hours * HOUR


@pytest.fixture
def plan(organization):
    """Normal in 12 hours, high in 6; resolution of normal in 40."""
    plan = make_promised_plan(
        organization, normal=12 * HOUR, high=6 * HOUR, resolution={"normal": 40 * HOUR}
    )
    organization.plan = plan
    organization.save()
    return plan


@pytest.fixture
def edit(plan, admin):
    """Change cells of the plan and ask for `scope`; the worker comes at `now`."""

    def change(scope, now, **cells):
        for priority, cell in cells.items():
            plan.targets.update_or_create(priority=priority, defaults=cell)
        publish_plan(plan, actor=admin, now=now)
        if scope:
            services.ask_for_recalculation(plan=plan, scope=scope, actor=admin, now=now)
        return services.run_recalculations(now=now)

    return change


def response(ticket):
    return ticket.clocks.exclude(kind="resolution").latest("pk")


def resolution(ticket):
    return ticket.clocks.get(kind="resolution")


# --- What follows ---------------------------------------------------------------------------------


def test_without_a_choice_running_clocks_stay_as_they_are(requester, edit):
    ticket = make_ticket(requester)

    moved = edit(None, at(1), normal={"target": 4 * HOUR})

    assert (moved, again(ticket).due_at) == (0, at(12))


@pytest.mark.parametrize(
    ("scope", "target", "due"),
    [("helping", 4, 4), ("helping", 20, 12), ("all", 4, 4), ("all", 20, 20)],
)
def test_the_sum_is_done_again_with_the_new_target(scope, target, due, requester, edit):
    ticket = make_ticket(requester)

    edit(scope, at(1), normal={"target": target * HOUR})

    assert again(ticket).due_at == response(ticket).due_at == at(due)


def test_what_was_raised_counts_from_the_raise_on(requester, agent, edit):
    ticket = make_ticket(requester)
    services.change_priority(ticket, actor=agent, priority="high", now=at(2))

    edit("all", at(3), high={"target": 8 * HOUR})

    assert again(ticket).due_at == at(10)


def test_what_would_have_fallen_in_the_past_falls_now(requester, edit):
    ticket = make_ticket(requester)

    edit("all", at(7), normal={"target": 4 * HOUR})

    clock = response(ticket)
    assert (clock.state, clock.breached_at, again(ticket).due_at) == ("breached", at(7), at(7))


def test_a_breached_and_a_finished_clock_never_change(requester, agent, edit):
    breached, answered = make_ticket(requester), make_ticket(requester)
    services.reply_as_agent(answered, actor=agent, content=make_content(), now=at(1))

    edit("all", at(13), normal={"target": 90 * HOUR, "resolution": None})

    assert (response(breached).state, response(breached).due_at) == ("breached", at(12))
    assert (response(answered).state, response(answered).target) == ("met", 12 * HOUR)


@pytest.mark.parametrize(("scope", "state"), [("helping", "running"), ("all", "withdrawn")])
def test_a_commitment_taken_away_is_withdrawn_only_from_all(scope, state, requester, edit):
    ticket = make_ticket(requester)

    edit(scope, at(1), normal={"target": None, "aim": None})

    assert response(ticket).state == state


def test_a_new_commitment_starts_at_the_change(requester, edit):
    ticket = make_ticket(requester, priority="low")

    edit("helping", at(5), low={"target": 3 * HOUR, "resolution": 9 * HOUR})

    assert (response(ticket).started_at, response(ticket).due_at) == (at(5), at(8))
    assert resolution(ticket).due_at == at(14)


def test_a_new_commitment_does_not_wait_for_the_next_message(requester, plan, admin):
    ticket = make_ticket(requester, priority="low")
    running = make_ticket(requester)
    plan.targets.update_or_create(priority="low", defaults={"target": 3 * HOUR})
    plan.targets.update_or_create(priority="normal", defaults={"target": 2 * HOUR})

    publish_plan(plan, actor=admin, now=at(5))
    services.run_recalculations(now=at(6))

    assert (response(ticket).started_at, response(ticket).due_at) == (at(5), at(8))
    assert response(running).due_at == at(12)


def test_writing_again_before_the_worker_came_does_not_change_the_promise(requester, plan, admin):
    ticket = make_ticket(requester, priority="low")
    plan.targets.update_or_create(priority="low", defaults={"target": 3 * HOUR})
    publish_plan(plan, actor=admin, now=at(5))

    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=at(6))
    services.run_recalculations(now=at(7))

    assert (response(ticket).started_at, response(ticket).due_at) == (at(5), at(8))


def test_a_new_commitment_that_fell_before_the_worker_came_is_breached_at_its_due(
    requester, plan, admin
):
    ticket = make_ticket(requester, priority="low")
    plan.targets.update_or_create(priority="low", defaults={"target": HOUR})

    publish_plan(plan, actor=admin, now=at(5))
    services.run_recalculations(now=at(7))

    assert response(ticket).breached_at == at(6)


def test_an_edit_that_adds_no_commitment_asks_for_nothing(requester, edit):
    make_ticket(requester)

    edit(None, at(1), normal={"target": 20 * HOUR}, high={"target": None, "resolution": None})

    assert not Recalculation.objects.exists()


def test_in_a_pause_the_remainder_changes(requester, agent, edit):
    ticket = make_ticket(requester)
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=at(1))

    edit("all", at(2), normal={"resolution": 30 * HOUR})

    clock = resolution(ticket)
    assert (clock.remaining, clock.target) == (29 * HOUR, 30 * HOUR)
    assert clock.changes.last().reason == "recalculated"


def test_a_clock_keeps_the_priority_it_counts_for(requester, agent, edit):
    """Raised where the due stayed, the clock is still that of the lower priority."""
    ticket = make_ticket(requester)
    services.change_priority(ticket, actor=agent, priority="critical", now=at(1))

    edit("all", at(2), normal={"target": 10 * HOUR}, low={"target": HOUR})

    assert (response(ticket).priority, response(ticket).due_at) == ("normal", at(10))


def test_clocks_of_another_plan_stay(requester, organization, admin, edit):
    """Moved to a plan by which it would be later, a clock is still of the plan before."""
    ticket = make_ticket(requester, priority="high")
    business = Plan.objects.get(key="business")
    organizations.change_plan(again(organization), business, actor=admin, now=at(1))
    business.targets.filter(priority="high").update(target=HOUR)
    publish_plan(business, actor=admin, now=at(2))

    services.ask_for_recalculation(plan=business, scope="all", actor=admin, now=at(2))
    services.run_recalculations(now=at(2))

    assert again(ticket).due_at == at(6)


def test_an_edit_of_the_plan_brings_none_of_the_calendar_along(requester, organization, admin):
    calendar = Calendar.objects.get()
    plan = make_promised_plan(organization, calendar=calendar, normal=9 * HOUR)
    organization.plan = plan
    organization.save()
    saturday_9 = datetime(2026, 5, 2, 9, tzinfo=TEHRAN)
    ticket = make_ticket(requester, now=saturday_9)
    calendar.holidays.create(held_on=date(2026, 5, 3), name_fa="جشن", name_en="Feast")
    publish_calendar(calendar, actor=admin, now=saturday_9 + HOUR)
    plan.targets.filter(priority="normal").update(target=10 * HOUR)
    publish_plan(plan, actor=admin, now=saturday_9 + HOUR)

    services.ask_for_recalculation(plan=plan, scope="all", actor=admin, now=saturday_9 + HOUR)
    services.run_recalculations(now=saturday_9 + HOUR)

    assert again(ticket).due_at == datetime(2026, 5, 3, 10, tzinfo=TEHRAN)


def test_a_holiday_moves_what_counts_in_the_calendar(requester, organization, admin):
    calendar = Calendar.objects.get()
    saturday_9 = datetime(2026, 5, 2, 9, tzinfo=TEHRAN)
    ticket = make_ticket(requester, now=saturday_9)  # Developer, 24 working hours
    before = ticket.due_at
    calendar.holidays.create(held_on=date(2026, 5, 3), name_fa="جشن", name_en="Feast")
    publish_calendar(calendar, actor=admin, now=saturday_9 + HOUR)

    services.ask_for_recalculation(
        calendar=calendar, scope="all", actor=admin, now=saturday_9 + HOUR
    )
    services.run_recalculations(now=saturday_9 + HOUR)

    assert before == datetime(2026, 5, 4, 15, tzinfo=TEHRAN)
    assert again(ticket).due_at == datetime(2026, 5, 5, 15, tzinfo=TEHRAN)
    line = response(ticket).changes.last()
    assert (line.reason, line.old_due_at, line.new_due_at) == (
        "recalculated",
        before,
        again(ticket).due_at,
    )


# --- The work -------------------------------------------------------------------------------------


def test_each_moved_ticket_has_one_event_of_who_chose_it(requester, admin, edit):
    moved, untouched = make_ticket(requester), make_ticket(requester, priority="critical")

    edit("all", at(1), normal={"target": 4 * HOUR})

    event = moved.events.get(kind="clocks_moved")
    assert (event.actor, event.is_public) == (admin, False)
    assert event.changes["due"] == [at(12).isoformat(), at(4).isoformat()]
    assert not untouched.events.filter(kind="clocks_moved").exists()
    assert again(moved).public_updated_at == NOW


def test_a_worker_that_was_killed_goes_on_where_it_stopped(requester, edit, monkeypatch):
    tickets = [make_ticket(requester) for _ in range(5)]
    monkeypatch.setattr(recalculating, "BATCH", 2)
    monkeypatch.setattr(recalculating, "MOST_BATCHES", 1)

    edit("all", at(1), normal={"target": 4 * HOUR})
    row = Recalculation.objects.get()
    assert (row.looked_at, row.moved, row.finished_at) == (2, 2, None)
    for _turn in range(3):
        services.run_recalculations(now=at(2))

    row = Recalculation.objects.get()
    assert (row.looked_at, row.moved, row.finished_at) == (5, 5, at(2))
    assert {again(each).due_at for each in tickets} == {at(4)}
    assert services.run_recalculations(now=at(3)) == 0


def test_a_bad_ticket_stops_only_itself(requester, edit, monkeypatch, caplog):
    good, bad = make_ticket(requester), make_ticket(requester)
    well = recalculating.write

    def write(changes):
        if any(change.ticket.pk == bad.pk for change in changes):
            raise ValueError("bad row")
        well(changes)

    monkeypatch.setattr(recalculating, "write", write)

    edit("all", at(1), normal={"target": 4 * HOUR})

    row = Recalculation.objects.get()
    assert (again(good).due_at, again(bad).due_at) == (at(4), at(12))
    assert (row.moved, row.failed, row.finished_at is not None) == (1, 1, True)


def test_many_tickets_need_as_many_queries_as_one(
    requester, edit, django_assert_max_num_queries, plan, admin
):
    for _ in range(30):
        make_ticket(requester)

    # Three of them look for unread alerts that the moved dues make untrue.
    with django_assert_max_num_queries(43):
        edit("all", at(1), normal={"target": 4 * HOUR})


# --- The look ahead -------------------------------------------------------------------------------


def test_the_preview_shows_what_all_clocks_would_do_and_does_nothing(requester, agent, plan, admin):
    tickets = [make_ticket(requester, priority=priority) for priority in ("normal", "high", "low")]
    tickets.append(make_ticket(requester, now=at(-4)))
    dues = [each.due_at for each in tickets]
    cells = {
        "normal": {"target": 5 * HOUR, "resolution": None},
        "high": {"target": 9 * HOUR},
        "low": {"target": HOUR},
    }
    for priority, cell in cells.items():
        plan.targets.update_or_create(priority=priority, defaults=cell)
    # Before the worker starts what the edit newly promises.
    publish_plan(plan, actor=admin, now=at(1))

    with transaction.atomic():
        found = services.preview(plan=plan, now=at(1))

    assert found.tickets == 4
    assert found.counts == {
        "earlier": 1,
        "overdue": 1,
        "later": 1,
        "started": 1,
        "withdrawn": 2,
    }
    assert (found.helping, found.all) == (3, 6)
    assert [move.effect for move in found.first] == [
        "earlier",
        "withdrawn",
        "later",
        "started",
        "overdue",
        "withdrawn",
    ]
    assert [again(each).due_at for each in tickets] == dues


def test_the_outlook_shows_the_first_twenty(requester, plan, edit):
    for _ in range(25):
        make_ticket(requester)
    edit(None, at(1), normal={"target": 4 * HOUR})

    found = services.preview(plan=plan, now=at(1))

    assert (found.tickets, len(found.first)) == (25, 20)


def test_other_organizations_are_no_concern_of_a_custom_plan(plan, edit):
    other = make_organization("Other")
    make_ticket(make_member(other, "a@other.example"))

    edit(None, at(1), normal={"target": 4 * HOUR})

    assert services.preview(plan=plan, now=at(1)).all == 0


BETWEEN = {
    "answered": lambda ticket, agent: services.reply_as_agent(
        ticket, actor=agent, content=make_content(), now=at(6)
    ),
    "closed": lambda ticket, agent: services.close_by_customer(
        ticket, actor=ticket.requester, now=at(6)
    ),
    "raised": lambda ticket, agent: services.change_priority(
        ticket, actor=agent, priority="normal", now=at(6)
    ),
    "scanned": lambda ticket, agent: services.scan_clocks(now=at(6)),
    "written again": lambda ticket, agent: services.reply_as_customer(
        ticket, actor=ticket.requester, content=make_content(), now=at(6)
    ),
}


@pytest.mark.parametrize("act", BETWEEN)
def test_a_promise_of_an_edit_is_not_lost_where_somebody_came_before_the_worker(
    act, requester, agent, plan, admin
):
    ticket = make_ticket(requester, priority="low")
    plan.targets.update_or_create(priority="low", defaults={"target": 3 * HOUR})
    publish_plan(plan, actor=admin, now=at(5))

    BETWEEN[act](ticket, agent)
    services.run_recalculations(now=at(7))

    [clock] = ticket.clocks.filter(kind="first_response")
    assert (clock.started_at, clock.changes.first().new_due_at) == (at(5), at(8))


def test_what_is_written_after_an_answer_is_not_counted_from_the_edit_before(
    requester, agent, plan, admin
):
    ticket = make_ticket(requester, priority="low")
    plan.targets.update_or_create(priority="low", defaults={"target": 3 * HOUR})
    publish_plan(plan, actor=admin, now=at(5))

    BETWEEN["answered"](ticket, agent)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=at(6.5))
    services.run_recalculations(now=at(7))

    first, following = ticket.clocks.order_by("pk")
    assert (first.state, first.started_at) == ("met", at(5))
    assert (following.kind, following.started_at) == ("next_response", at(6.5))


def test_a_promise_that_fell_before_a_late_answer_and_the_worker_is_breached(
    requester, agent, plan, admin
):
    ticket = make_ticket(requester, priority="low")
    plan.targets.update_or_create(priority="low", defaults={"target": HOUR})
    publish_plan(plan, actor=admin, now=at(4))

    BETWEEN["answered"](ticket, agent)
    services.run_recalculations(now=at(7))

    [clock] = ticket.clocks.all()
    assert (clock.state, clock.breached_at) == ("breached", at(5))
