"""People and periodic work at the same instant: real threads on a real PostgreSQL."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from organizations import services as organizations
from organizations import signals
from organizations.models import Organization
from plans.models import Plan
from plans.transactions import in_transaction
from tests.factories import (
    NOW,
    again,
    make_agent,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_pending_file,
    make_ticket,
)
from tickets import services
from tickets.errors import StaleTicket, TicketClosed, TicketError, TicketTaken
from tickets.events import ticket_events
from tickets.models import Clock, DayTotal, Event, Message, StaleDay, Ticket, TicketJob
from tickets.services import base

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
CLOSING = NOW + timedelta(hours=48)
SECONDS = 20


def in_thread(act):
    """What `act` returns or is refused with; the thread's connection is given back."""
    try:
        return act()
    except TicketError as refused:
        return refused
    finally:
        connection.close()


def at_once(*acts):
    """The outcomes of acts that start together, each in a thread and connection of its own."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        barrier.wait(SECONDS)
        return in_thread(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(SECONDS) for each in [pool.submit(run, act) for act in acts]]


def while_uncommitted(signal, first, second):
    """Run `second` while `first`, which sends `signal`, has done all but its commit.

    Returns both outcomes. `second` has to wait for `first` where they touch the same.
    """
    published, go_on = threading.Event(), threading.Event()

    def pause(**kwargs):
        published.set()
        go_on.wait(SECONDS)

    signal.connect(pause)
    try:
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(in_thread, first)
            assert published.wait(SECONDS)
            two = pool.submit(in_thread, second)
            until_blocked_or(two)
            go_on.set()
            return one.result(SECONDS), two.result(SECONDS)
    finally:
        go_on.set()
        signal.disconnect(pause)


def until_blocked_or(done, *, many=1):
    """Wait until so many connections wait for a lock, or until `done`."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _try in range(SECONDS * 50):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0] >= many or done.done():
                return
        wait([done], timeout=0.02)
    pytest.fail("neither blocked nor done")


# --- Agents ---------------------------------------------------------------------------------------


def test_of_two_accepts_at_once_one_wins_and_the_other_learns_who_has_it(
    requester, agent, second_agent
):
    for _round in range(10):
        ticket = make_ticket(requester, now=None)

        found = at_once(
            lambda ticket=ticket: services.accept(ticket, actor=agent),
            lambda ticket=ticket: services.accept(ticket, actor=second_agent),
        )

        winner = again(ticket).assignee
        refused = [each for each in found if isinstance(each, TicketTaken)]
        assert [each.assignee for each in refused] == [winner]
        assert ticket.events.filter(kind=Event.Kind.ACCEPTED).count() == 1


def test_of_many_agents_who_take_the_next_at_once_each_gets_another(requester):
    agents = [make_agent(f"agent{number}@helpdesk.example") for number in range(20)]
    for _number in range(20):
        make_ticket(requester, now=None)

    found = at_once(
        *(lambda by=by: services.take_next(Ticket.objects.all(), actor=by) for by in agents)
    )

    assert len({ticket.pk for ticket in found}) == 20
    assert [again(ticket).assignee for ticket in found] == agents
    assert Event.objects.filter(kind=Event.Kind.ACCEPTED).count() == 20


def test_of_two_assigns_from_the_same_page_one_wins_and_the_other_is_refused(
    requester, agent, second_agent, supervisor, admin
):
    ticket = make_ticket(requester)

    found = at_once(
        *(
            lambda actor=actor, to=to: services.assign(
                ticket, actor=actor, to=to, seen_version=ticket.version
            )
            for actor, to in ((supervisor, agent), (admin, second_agent))
        )
    )

    assert sum(isinstance(each, StaleTicket) for each in found) == 1
    assert ticket.events.filter(kind=Event.Kind.ASSIGNED).count() == 1


@pytest.mark.parametrize("way", ["assign", "accept", "reply"])
def test_a_ticket_never_goes_to_an_agent_who_is_being_deactivated(
    way, requester, agent, supervisor, admin
):
    ticket = make_ticket(requester)
    take = {
        "assign": lambda: services.assign(ticket, actor=supervisor, to=agent),
        "accept": lambda: services.accept(ticket, actor=agent),
        "reply": lambda: services.reply_as_agent(ticket, actor=agent, content=make_content()),
    }

    _done, refused = while_uncommitted(
        signals.agent_deactivated,
        lambda: organizations.deactivate(agent, actor=admin, now=NOW),
        take[way],
    )

    assert isinstance(refused, TicketError)
    assert again(ticket).assignee is None


def test_a_deactivation_and_a_message_to_that_agent_do_not_wait_for_each_other(
    requester, agent, admin
):
    ticket = make_awaiting_customer(requester, agent)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
            done = pool.submit(
                in_thread, lambda: organizations.deactivate(agent, actor=admin, now=NOW)
            )
            until_blocked_or(done)
            services.reply_as_customer(ticket, actor=requester, content=make_content())
        done.result(SECONDS)

    assert (again(ticket).status, again(ticket).assignee) == ("awaiting_response", None)


# --- The automatic close --------------------------------------------------------------------------


def test_message_and_automatic_close_never_leave_a_closed_ticket_with_something_waiting(
    requester, agent
):
    ends = set()
    for _round in range(15):
        ticket = make_awaiting_customer(requester, agent, now=None)
        Ticket.objects.filter(pk=ticket.pk).update(auto_close_at=NOW)

        _closed, sent = at_once(
            services.close_due,
            lambda ticket=ticket: services.reply_as_customer(
                ticket, actor=requester, content=make_content()
            ),
        )

        ticket = again(ticket)
        waits = ticket.messages.waiting().exists()
        ends.add(ticket.status)
        if ticket.is_closed:
            # The message came later: its text is kept by the page, which asks what it means.
            assert isinstance(sent, TicketClosed)
            assert not waits
        else:
            assert (ticket.status, waits) == ("awaiting_response", True)
            assert ticket.waiting_since is not None
            assert ticket.clocks.running().count() == 1
    assert ends <= {"closed", "awaiting_response"}


def test_at_the_very_instant_of_the_close_every_message_leaves_the_ticket_open(requester, agent):
    for _round in range(10):
        ticket = make_awaiting_customer(requester, agent)

        at_once(
            lambda: services.close_due(now=CLOSING),
            lambda ticket=ticket: services.reply_as_customer(
                ticket, actor=requester, content=make_content(), now=CLOSING
            ),
        )

        assert again(ticket).status == "awaiting_response"
        assert again(ticket).messages.waiting().count() == 1
        Ticket.objects.filter(pk=ticket.pk).update(created_at=NOW - 2 * HOUR)


def test_many_runs_at_once_close_each_ticket_once(requester, agent):
    tickets = [make_awaiting_customer(requester, agent) for _n in range(5)]

    closed = at_once(*[lambda: services.close_due(now=CLOSING)] * 3)

    assert sum(closed) == 5
    assert Event.objects.filter(kind=Event.Kind.CLOSED_AUTOMATICALLY).count() == 5
    assert {again(ticket).status for ticket in tickets} == {"closed"}


# --- Forms sent twice -----------------------------------------------------------------------------


def test_a_double_click_makes_one_ticket_and_stores_its_files_once(requester, form_key):
    files = (make_pending_file(requester), make_pending_file(requester, name="two.log"))

    first, second = at_once(
        *[lambda: make_ticket(requester, form_key=form_key, files=files, now=None)] * 2
    )

    assert first == second
    assert Ticket.objects.count() == Message.objects.count() == Event.objects.count() == 1
    assert set(Message.objects.get().attachments.all()) == set(files)


@pytest.mark.parametrize("side", ["customer", "agent", "note"])
def test_a_double_click_makes_one_message_and_stores_its_files_once(
    side, requester, agent, form_key
):
    ticket = make_ticket(requester)
    author = requester if side == "customer" else agent
    content = make_content(files=[make_pending_file(author)], form_key=form_key)
    send = {
        "customer": services.reply_as_customer,
        "agent": services.reply_as_agent,
        "note": services.add_note,
    }[side]

    at_once(*[lambda: send(ticket, actor=author, content=content)] * 3)

    assert ticket.messages.count() == 2
    assert ticket.events.count() == 2
    assert ticket.messages.last().attachments.count() == 1


def test_parallel_forms_do_not_dodge_the_limit(requester, settings):
    settings.TICKETS_PER_HOUR = 2

    at_once(*[lambda: make_ticket(requester, now=None)] * 5)

    assert Ticket.objects.count() == 2


# --- Plans and organizations ----------------------------------------------------------------------


def change_plan(organization, admin, key="enterprise"):
    plan = Plan.objects.get(key=key)
    return lambda: organizations.change_plan(organization, plan, actor=admin, now=timezone.now())


def test_a_ticket_that_is_opened_while_the_plan_changes_is_wholly_of_the_new_plan(
    requester, organization, admin
):
    _changed, ticket = while_uncommitted(
        signals.organization_plan_changed,
        change_plan(organization, admin),
        lambda: make_ticket(requester, priority="critical", now=None),
    )

    clock = ticket.clocks.get()
    assert (clock.plan_version.plan.key, clock.calendar_version) == ("enterprise", None)
    assert clock.target == timedelta(minutes=30)


@pytest.mark.parametrize("act", ["message", "reopen", "raise"])
def test_a_clock_that_starts_or_moves_while_the_plan_changes_is_of_the_new_plan(
    act, requester, organization, agent, admin
):
    ticket = make_awaiting_customer(requester, agent)
    if act == "reopen":
        ticket = services.close_by_customer(ticket, actor=requester)
    if act == "raise":
        ticket = make_ticket(requester, priority="high")
    acts = {
        "message": lambda: services.reply_as_customer(
            ticket, actor=requester, content=make_content()
        ),
        "reopen": lambda: services.reopen(ticket, actor=requester),
        "raise": lambda: services.change_priority(ticket, actor=agent, priority="urgent"),
    }

    while_uncommitted(
        signals.organization_plan_changed, change_plan(organization, admin), acts[act]
    )

    clock = ticket.clocks.running().get()
    assert clock.plan_version.plan.key == "enterprise"


def test_nothing_is_written_once_a_suspension_has_begun(requester, organization, agent, admin):
    ticket = make_awaiting_customer(requester, agent)

    _done, refused = while_uncommitted(
        signals.organization_suspended,
        lambda: organizations.suspend(organization, actor=admin, now=NOW),
        lambda: services.reply_as_customer(ticket, actor=requester, content=make_content()),
    )

    assert isinstance(refused, TicketError)
    assert again(ticket).version == ticket.version


def test_who_is_removed_while_they_write_is_refused_and_nobody_waits_for_ever(
    requester, colleague, organization, agent
):
    ticket = make_awaiting_customer(requester, agent)
    organizations.work_in(colleague, organization)
    writer = again(colleague)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Organization.objects.select_for_update().get(pk=organization.pk)
            removal = pool.submit(
                in_thread,
                lambda: organizations.remove_member(
                    organization, colleague, actor=requester, now=NOW
                ),
            )
            until_blocked_or(removal)
            sent = pool.submit(
                in_thread,
                lambda: services.reply_as_customer(ticket, actor=writer, content=make_content()),
            )
            until_blocked_or(sent, many=2)

        assert removal.result(SECONDS) is None
        assert isinstance(sent.result(SECONDS), TicketError)
    assert again(ticket).version == ticket.version


def test_open_against_plan_change_is_wholly_old_or_wholly_new(requester, organization, admin):
    for _round in range(8):
        developer = change_plan(organization, admin, "developer")
        developer()

        _changed, ticket = at_once(
            change_plan(organization, admin), lambda: make_ticket(requester, now=None)
        )

        clock = Clock.objects.running().get(ticket=ticket)
        key = clock.plan_version.plan.key
        assert (clock.target, clock.calendar_version is None) == {
            "enterprise": (12 * HOUR, True),
            "developer": (24 * HOUR, False),
        }[key]


# --- The scan -------------------------------------------------------------------------------------


def test_a_scan_and_a_late_answer_stamp_the_breach_once(requester, agent):
    for _round in range(8):
        ticket = make_ticket(requester)
        due = ticket.due_at

        at_once(
            lambda due=due: services.scan_clocks(now=due),
            lambda due=due: services.scan_clocks(now=due),
            lambda ticket=ticket, due=due: services.reply_as_agent(
                ticket, actor=agent, content=make_content(), now=due
            ),
        )
        services.scan_clocks(now=due + HOUR)

        clock = ticket.clocks.get()
        assert (clock.state, clock.breached_at, clock.stopped_at) == ("breached", due, due)
        reasons = list(clock.changes.values_list("reason", flat=True))
        assert reasons == ["started", "due_soon", "breached", "answered_late"]
        assert ticket.events.filter(kind=Event.Kind.BREACHED).count() <= 1


def test_what_somebody_holds_is_left_to_the_next_scan(requester):
    held, free = make_ticket(requester), make_ticket(requester)
    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(pk=held.pk)

        with ThreadPoolExecutor(1) as pool:
            scan = pool.submit(in_thread, lambda: services.scan_clocks(now=free.due_at))
            assert scan.result(SECONDS).breached == 1

    assert services.scan_clocks(now=free.due_at).breached == 1


# --- Everything at once ---------------------------------------------------------------------------


def test_everybody_at_once_ends_without_deadlock(
    requester, colleague, organization, agent, second_agent, supervisor, admin
):
    tickets = [make_ticket(requester, now=None) for _n in range(2)]

    def work(seed):
        chance = random.Random(seed)  # noqa: S311
        staff, member = [agent, second_agent, supervisor], chance.choice([requester, colleague])
        acts = [
            lambda: services.reply_as_customer(
                pick(), actor=member, content=make_content(), intent="problem"
            ),
            lambda: services.reply_as_agent(
                pick(), actor=chance.choice(staff), content=make_content(), reopening=True
            ),
            lambda: services.accept(pick(), actor=chance.choice(staff)),
            lambda: services.assign(pick(), actor=supervisor, to=chance.choice(staff)),
            lambda: services.close_by_customer(pick(), actor=member),
            lambda: services.change_priority(pick(), actor=agent, priority="urgent"),
            lambda: services.scan_clocks(now=NOW + timedelta(days=900)),
            lambda: services.close_due(now=NOW + timedelta(days=900)),
            lambda: make_ticket(member, now=None),
            change_plan(organization, admin, chance.choice(["sme", "business"])),
        ]

        def pick():
            return chance.choice(tickets)

        for _act in range(12):
            try:
                chance.choice(acts)()
            except TicketError:
                continue

    at_once(*[lambda seed=seed: work(seed) for seed in range(4)])

    for ticket in tickets:
        versions = again(ticket).version
        assert ticket.events.count() == versions


# --- Watchers -------------------------------------------------------------------------------------


def test_two_who_let_the_same_colleague_watch_at_once_both_succeed(
    organization, requester, colleague, agent
):
    ticket = make_ticket(requester)

    found = at_once(
        *(
            lambda actor=actor: services.add_watchers(ticket, actor=actor, people=[colleague.pk])
            for actor in (requester, agent)
        )
    )

    assert sorted(found, key=len) == [[], [colleague]]
    assert ticket.events.filter(kind=Event.Kind.WATCHERS_CHANGED).count() == 1


def test_who_is_leaving_does_not_become_a_watcher(organization, requester, colleague):
    ticket = make_ticket(requester)

    _left, refused = while_uncommitted(
        signals.member_removed,
        lambda: organizations.remove_member(
            organization, colleague, actor=requester, now=timezone.now()
        ),
        lambda: services.add_watchers(ticket, actor=requester, people=[colleague.pk]),
    )

    assert isinstance(refused, TicketError)
    assert not ticket.watchers.exists()


# --- Totals of the reports ------------------------------------------------------------------------


def test_two_runs_that_recount_the_same_days_at_once_count_each_promise_once(requester, agent):
    for day in range(6):
        make_closed(requester, agent, now=NOW + timedelta(days=day))
    services.mark_all_stale()

    at_once(services.refresh_totals, services.refresh_totals)

    assert sum(total.kept for total in DayTotal.objects.all()) == 6
    assert not StaleDay.objects.exists()


def test_a_change_that_is_not_committed_when_its_day_is_recounted_is_counted_next(requester, agent):
    first, second = make_ticket(requester), make_ticket(requester)
    content = make_content("بررسی شد.")
    services.reply_as_agent(first, actor=agent, content=content, now=NOW + HOUR)
    with transaction.atomic():
        services.reply_as_agent(second, actor=agent, content=content, now=NOW + HOUR)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_thread, services.refresh_totals).result(SECONDS)
        before = sum(total.kept for total in DayTotal.objects.all())

    services.refresh_totals()

    assert (before, sum(total.kept for total in DayTotal.objects.all())) == (1, 2)


# --- Changes that a worker follows ----------------------------------------------------------------


@pytest.fixture
def followed(requester, agent, organization, admin, monkeypatch):
    """Three open tickets of an organization that has just changed plan; a worker follows."""
    monkeypatch.setattr("tickets.services.following.AT_ONCE", 0)
    monkeypatch.setattr("tickets.services.jobs.BATCH", 2)
    tickets = [make_ticket(requester) for _n in range(3)]
    enterprise = Plan.objects.get(key="enterprise")
    organizations.change_plan(organization, enterprise, actor=admin, now=NOW + HOUR)
    return tickets


def times_moved(ticket):
    return ticket.events.filter(kind=Event.Kind.PLAN_CHANGED).count()


def test_a_job_passes_over_what_somebody_holds_and_comes_back_to_it(followed):
    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(pk=followed[0].pk)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_thread, lambda: services.run_jobs(now=NOW + 2 * HOUR)).result(SECONDS)
    job = TicketJob.objects.get()
    assert (job.skipped, job.moved, job.finished_at) == ([followed[0].pk], 2, None)

    services.run_jobs(now=NOW + 3 * HOUR)

    assert [times_moved(each) for each in followed] == [1, 1, 1]
    assert TicketJob.objects.get().finished_at is not None


def test_what_a_job_holds_is_written_to_at_most_a_batch_later(followed, agent):
    """The writer waits for the batch, meets the change as done, and does not do it again."""
    _done, _noted = while_uncommitted(
        ticket_events,
        lambda: services.run_jobs(now=NOW + 2 * HOUR),
        lambda: services.add_note(
            followed[0], actor=agent, content=make_content(), now=NOW + 3 * HOUR
        ),
    )

    assert times_moved(followed[0]) == 1
    assert followed[0].events.last().kind == Event.Kind.NOTED


def test_workers_and_writers_at_once_do_each_change_once(followed, agent):
    at_once(
        *[lambda: services.run_jobs(now=NOW + 2 * HOUR)] * 2,
        *(
            lambda ticket=ticket: services.add_note(
                ticket, actor=agent, content=make_content(), now=NOW + 3 * HOUR
            )
            for ticket in followed
        ),
    )
    services.run_jobs(now=NOW + 4 * HOUR)

    assert [times_moved(each) for each in followed] == [1, 1, 1]
    assert TicketJob.objects.get().finished_at is not None


# --- What is repeated -----------------------------------------------------------------------------


def test_a_deadlock_is_repeated_before_anybody_hears_of_it(requester, agent):
    """Two transactions hold what the other wants next: the service that loses does it again."""
    first, second = make_ticket(requester), make_ticket(requester)
    tries = []

    @in_transaction
    def both(one, other, barrier):
        tries.append(one)
        if len(tries) > 2:
            # Else it may have its row again before the other, and both be where they were.
            is_done.wait(SECONDS)
        base.locked(one)
        if not is_done.is_set():
            barrier.wait(SECONDS)
        base.locked(other)
        return one.pk

    def run(one, other):
        locked = both(one, other, barrier)
        is_done.set()
        return locked

    barrier, is_done = threading.Barrier(2), threading.Event()
    found = at_once(lambda: run(first, second), lambda: run(second, first))

    assert (sorted(found), len(tries)) == ([first.pk, second.pk], 3)


def test_what_stays_locked_surfaces_after_three_tries(requester, agent):
    ticket, tries = make_ticket(requester), []

    @in_transaction
    def take():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        tries.append(1)
        base.locked(ticket)

    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(in_thread, take)
            with pytest.raises(OperationalError):
                found.result(SECONDS)

    assert len(tries) == 3


def test_inside_another_transaction_nothing_is_repeated(requester):
    tries = []

    @in_transaction
    def fail():
        tries.append(1)
        raise OperationalError from DeadlockDetected()

    with pytest.raises(OperationalError), transaction.atomic():
        fail()

    assert len(tries) == 1


def test_a_run_of_many_batches_is_done_by_two_connections(requester, agent, monkeypatch):
    monkeypatch.setattr("tickets.services.isolating.BATCH", 1)
    monkeypatch.setattr("tickets.services.isolating.MANY_BATCHES", 4)
    bad, *good = (make_awaiting_customer(requester, agent) for _n in range(4))
    threads = set()

    def listen(sender, events, **kwargs):
        threads.add(threading.get_ident())
        if any(event.ticket_id == bad.pk for event in events):
            raise RuntimeError("a fault")

    ticket_events.connect(listen)
    try:
        with pytest.raises(RuntimeError):
            services.close_due(now=CLOSING)
    finally:
        ticket_events.disconnect(listen)

    assert threading.get_ident() not in threads
    assert again(bad).status == "awaiting_customer"
    assert {again(each).status for each in good} == {"closed"}
    assert all(each.events.filter(kind="closed_automatically").count() == 1 for each in good)
