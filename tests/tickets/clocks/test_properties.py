"""Random acts of random people while time goes on; after each, what must always be true is true."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from organizations import services as organizations
from plans.models import Calendar, Plan, Priority
from plans.promises import current_promise
from plans.services import declare_closure, publish_plan
from tests.factories import NOW, again, make_content, make_promised_plan, make_ticket
from tickets import services
from tickets.errors import TicketError
from tickets.models import Clock, ClockChange, Event, Ticket

pytestmark = pytest.mark.django_db

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
STEPS = [
    timedelta(seconds=1),
    timedelta(minutes=25),
    timedelta(hours=3),
    timedelta(hours=9),
    timedelta(hours=24),
    timedelta(hours=48),
    timedelta(days=6),
]
PRIORITIES = [str(each) for each in Priority]
PLANS = ["developer", "business", "enterprise", "promised"]
CLOSES = {"closed_by_customer", "resolved", "closed_automatically"}
STAFF = ["agent", "second_agent", "supervisor"]
PEOPLE = [*STAFF, "requester", "colleague", "outsider"]

people = st.sampled_from(PEOPLE)
staff = st.sampled_from(STAFF)
which = st.integers(0, 1)


class TicketLife(RuleBasedStateMachine):
    """Two tickets of one organization. `cast` is set by the test that runs it."""

    cast = {}

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now, self.tickets = NOW, []
        self.finished, self.breaches, self.is_suspended = {}, {}, False

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # --- What happens -----------------------------------------------------------------------------

    @initialize(priority=st.sampled_from(PRIORITIES), plan=st.sampled_from(PLANS))
    def begin(self, priority, plan):
        self.change_plan(plan)
        self.open(priority)

    @precondition(lambda self: len(self.tickets) < 2 and not self.is_suspended)
    @rule(priority=st.sampled_from(PRIORITIES))
    def open(self, priority):
        requester = again(self.cast["requester"])
        self.tickets.append(make_ticket(requester, priority=priority, now=self.now))

    @rule(step=st.sampled_from(STEPS))
    def time_goes_on(self, step):
        self.now += step

    @rule(away=st.sampled_from([-TICK, timedelta(0), TICK]))
    def time_goes_on_to_the_next_due(self, away):
        running = Clock.objects.filter(ticket__in=self.tickets, state="running")
        ahead = [
            at + away
            for clock in running
            for at in (clock.due_soon_at, clock.due_at)
            if at and at + away > self.now
        ]
        self.now = min(ahead, default=self.now)

    @rule(which=which, who=people)
    def accept(self, which, who):
        self.act(which, who, services.accept)

    @rule(which=which, who=staff, other=staff)
    def take_over(self, which, who, other):
        self.act(which, who, services.accept, take_over_from=self.cast[other])

    @rule(which=which, who=people)
    def release(self, which, who):
        self.act(which, who, services.release)

    @rule(which=which, who=people, to=st.sampled_from([None, *STAFF]))
    def assign(self, which, who, to):
        self.act(which, who, services.assign, to=to and self.cast[to])

    @rule(which=which, who=people)
    def resume(self, which, who):
        self.act(which, who, services.resume)

    @rule(which=which, who=people)
    def note(self, which, who):
        ticket = self.pick(which)
        facts = (ticket.public_updated_at, ticket.last_public_message_id, ticket.waiting_since)
        ticket = self.act(which, who, services.add_note, content=make_content())
        assert facts == (
            ticket.public_updated_at,
            ticket.last_public_message_id,
            ticket.waiting_since,
        )

    @rule(
        which=which,
        who=people,
        then=st.sampled_from(["wait", "wait", "work", "close"]),
        reopening=st.booleans(),
    )
    def agent_replies(self, which, who, then, reopening):
        self.act(
            which,
            who,
            services.reply_as_agent,
            content=make_content(),
            then=then,
            reopening=reopening,
        )

    @rule(which=which, who=people, intent=st.sampled_from(["problem", "thanks", None]))
    def customer_writes(self, which, who, intent):
        self.act(which, who, services.reply_as_customer, content=make_content(), intent=intent)

    @rule(which=which, who=people)
    def customer_closes(self, which, who):
        self.act(which, who, services.close_by_customer)

    @rule(which=which, who=people)
    def resolve(self, which, who):
        self.act(which, who, services.resolve)

    @rule(which=which, who=people)
    def reopen(self, which, who):
        self.act(which, who, services.reopen)

    @rule(which=which, who=people, priority=st.sampled_from(PRIORITIES))
    def change_priority(self, which, who, priority):
        before = self.pick(which)
        standing = self.running_of([before])
        after = self.act(
            which, who, services.change_priority, priority=priority, reason="چون لازم است"
        )
        raised = Priority(after.priority).rank - Priority(before.priority).rank
        for pk, was in standing.items():
            clock = Clock.objects.get(pk=pk)
            if raised > 0:
                assert left_of(clock) <= was, "a raise never postpones"
                assert clock.state != "withdrawn", "and never withdraws"
            elif raised < 0 and clock.state == "withdrawn":
                assert self.promised(after, clock.kind) is None, "only without commitment"
            elif raised < 0:
                assert left_of(clock) >= was, "a lowering never hastens"

    @rule(which=which, who=people, category=st.sampled_from(["technical", "sales"]))
    def change_category(self, which, who, category):
        self.act(which, who, services.change_category, category=category)

    @rule(which=which, who=people)
    def hold(self, which, who):
        self.act(which, who, services.hold_auto_close, reason="منتظر شبکه")

    @rule(which=which, who=people)
    def lift(self, which, who):
        self.act(which, who, services.lift_hold)

    @rule(plan=st.sampled_from(PLANS))
    def change_plan(self, plan):
        standing = self.running_of(self.tickets)
        plan = Plan.objects.get(key=plan)
        organizations.change_plan(
            again(self.cast["organization"]), plan, actor=self.cast["admin"], now=self.now
        )
        for clock in Clock.objects.filter(pk__in=standing):
            assert left_of(clock) <= standing[clock.pk], "never later"
            assert clock.state != "withdrawn"

    @rule(
        priority=st.sampled_from(PRIORITIES),
        cell=st.sampled_from(["target", "resolution"]),
        hours=st.sampled_from([None, 1, 5, 30, 90]),
        scope=st.sampled_from([None, "helping", "all"]),
    )
    def edit_the_plan(self, priority, cell, hours, scope):
        standing = self.running_of(self.tickets)
        plan = again(self.cast["organization"]).plan
        row, _created = plan.targets.get_or_create(priority=priority)
        if getattr(row, cell) is None and hours and scope is None:
            scope = "helping"  # else a commitment without a clock is what was chosen
        row.aim = None
        setattr(row, cell, hours and hours * HOUR)
        row.save()
        publish_plan(plan, actor=self.cast["admin"], now=self.now)
        if scope:
            services.ask_for_recalculation(
                plan=plan, scope=scope, actor=self.cast["admin"], now=self.now
            )
        services.run_recalculations(now=self.now)
        for clock in Clock.objects.filter(pk__in=standing):
            if scope is None:
                assert left_of(clock) == standing[clock.pk]
            elif scope == "helping":
                assert left_of(clock) <= standing[clock.pk]
                assert clock.state != "withdrawn"

    @rule(hours=st.sampled_from([1, 30, 200]))
    def close_the_calendar(self, hours):
        calendar = Calendar.objects.get(plans__key="developer")
        if calendar.closures.closed_at(self.now).exists():
            return
        standing = self.running_of(self.tickets)
        declare_closure(
            calendar,
            until=self.now + hours * HOUR,
            reason_fa="برق رفت",
            reason_en="",
            actor=self.cast["admin"],
            now=self.now,
        )
        services.run_recalculations(now=self.now)
        for clock in Clock.objects.filter(pk__in=standing):
            assert left_of(clock) >= standing[clock.pk], "a closure hastens nothing"
            assert clock.calendar_version or left_of(clock) == standing[clock.pk]

    @rule()
    def suspend(self):
        act = organizations.lift_suspension if self.is_suspended else organizations.suspend
        act(again(self.cast["organization"]), actor=self.cast["admin"], now=self.now)
        self.is_suspended = not self.is_suspended

    @rule()
    def periodic_work(self):
        services.scan_clocks(now=self.now)
        services.remind_of_close(now=self.now)
        services.close_due(now=self.now)
        assert not Ticket.objects.closing_by(self.now).exists()
        assert not Clock.objects.breach_to_tell(self.now).exists()
        assert services.scan_clocks(now=self.now) == services.ScanResult(0, 0)

    def pick(self, which):
        return again(self.tickets[which % len(self.tickets)])

    def act(self, which, who, service, **arguments):
        """One call: exactly one event when something changed, none when nothing did."""
        before, actor = self.pick(which), again(self.cast[who])
        events = before.events.count()
        fallen = {
            clock.pk: clock.due_at
            for clock in before.clocks.filter(state="running", due_at__lte=self.now)
        }
        try:
            with transaction.atomic():
                service(before, actor=actor, now=self.now, **arguments)
        except TicketError:
            assert again(before).version == before.version
        after = again(before)
        assert after.events.count() - events == after.version - before.version
        assert after.version - before.version in {0, 1}
        if after.version > before.version:
            for clock in after.clocks.filter(state="running", due_at__isnull=False):
                assert clock.due_at > self.now, "settled to now"
            for clock in after.clocks.filter(pk__in=fallen):
                found = (clock.state, clock.breached_at)
                assert found == ("breached", fallen[clock.pk]), "what fell stays fallen"
        return after

    def promised(self, ticket, kind):
        cell = current_promise(ticket.organization.plan).cell(ticket.priority)
        return cell.resolution if kind == "resolution" else cell.target

    def running_of(self, tickets):
        """Of each clock that can still move, the due, or what is left of a paused one."""
        running = Clock.objects.filter(ticket__in=tickets, state="running")
        movable = [clock for clock in running if clock.is_paused or clock.due_at > self.now]
        return {clock.pk: left_of(clock) for clock in movable}

    # --- What is always true ----------------------------------------------------------------------

    @invariant()
    def a_response_clock_runs_exactly_while_something_waits_and_is_promised(self):
        for ticket in map(again, self.tickets):
            clock = ticket.clocks.running().exclude(kind="resolution").first()
            waits = not ticket.is_closed and ticket.waiting_since is not None
            promised = self.promised(ticket, "first_response")
            promised = promised and not ticket.organization.is_suspended
            assert clock is None or waits
            assert clock is not None or not (waits and promised)
            assert clock is None or clock.started_at >= ticket.waiting_since

    @invariant()
    def a_resolution_clock_counts_exactly_while_the_move_is_ours(self):
        for ticket in map(again, self.tickets):
            clock = ticket.clocks.running().filter(kind="resolution").first()
            counts = ticket.status in {"awaiting_response", "in_progress"}
            assert clock is None or not ticket.is_closed
            assert clock is None or (clock.counting_from is not None) == counts
            assert clock is None or clock.state == "breached" or clock.is_paused != counts

    @invariant()
    def the_due_of_a_ticket_is_the_earliest_of_what_runs(self):
        for ticket in map(again, self.tickets):
            running = ticket.clocks.running().filter(due_at__isnull=False)
            if ticket.status == "awaiting_customer":
                running = running.exclude(kind="resolution")
            first = running.order_by("due_at").first()
            assert (first and first.due_at) == ticket.due_at
            assert (first and first.due_soon_at) == ticket.due_soon_at

    @invariant()
    def around_the_clock_a_resolution_counts_the_time_of_our_moves(self):
        for clock in Clock.objects.filter(ticket__in=self.tickets, kind="resolution"):
            if clock.changes.filter(calendar_version__isnull=False).exists():
                continue
            until = clock.stopped_at or self.now
            counted = clock.counted
            if clock.counting_from:
                counted += max(until - clock.counting_from, timedelta(0))
            assert counted == time_of_our_moves(clock.ticket, clock.started_at, until)

    @invariant()
    def finished_clocks_and_breaches_stay_as_they_are(self):
        for clock in Clock.objects.filter(ticket__in=self.tickets).values():
            goes_on = clock["kind"] == "resolution" and clock["state"] == "met"
            if clock["stopped_at"] and not goes_on:
                assert self.finished.setdefault(clock["id"], clock) == clock
            if clock["id"] in self.breaches or clock["breached_at"]:
                found = clock["state"], clock["breached_at"], clock["due_at"], clock["target"]
                assert self.breaches.setdefault(clock["id"], found) == found
                assert clock["breached_at"] == clock["due_at"]

    @invariant()
    def a_ledger_tells_each_thing_once_and_ends_at_the_present_due(self):
        for clock in Clock.objects.filter(ticket__in=self.tickets):
            lines = list(ClockChange.objects.filter(clock=clock))
            reasons = [line.reason for line in lines]
            for once in ("started", "due_soon", "breached", "withdrawn"):
                assert reasons.count(once) <= 1
            assert reasons[0] == "started"
            assert ("breached" in reasons) == (clock.breached_at is not None)
            assert ("due_soon" in reasons) == (clock.due_soon_fell_at is not None)
            replay = [line for line in lines if line.new_due_at or line.new_remaining is not None]
            if clock.is_paused:
                assert replay[-1].new_remaining == clock.remaining
            elif clock.is_running:
                assert [line.new_due_at for line in lines if line.new_due_at][-1] == clock.due_at

    @invariant()
    def the_history_alone_tells_where_the_ticket_stands(self):
        for ticket in map(again, self.tickets):
            replay = replayed(ticket)
            assert replay == {name: getattr(ticket, name) for name in replay}

    @invariant()
    def what_waits_is_what_nobody_answered(self):
        for ticket in map(again, self.tickets):
            since, messages = unanswered(ticket)
            assert since == ticket.waiting_since
            assert messages == set(ticket.messages.waiting().values_list("pk", flat=True))

    @invariant()
    def the_queue_columns_follow_from_the_others(self):
        for ticket in map(again, self.tickets):
            place = (ticket.queue_band, ticket.queue_rank, ticket.queue_at)
            assert place == expected_place(ticket)

    @invariant()
    def customers_see_the_time_of_the_last_public_event(self):
        for ticket in map(again, self.tickets):
            public = Event.objects.filter(ticket=ticket, is_public=True).last()
            assert ticket.public_updated_at == public.created_at
            message = ticket.messages.public().order_by("pk").last()
            assert ticket.last_public_message == message
            assert ticket.last_public_message_at == message.created_at


def left_of(clock):
    """What can be compared before and after: the due, or of a paused clock the remainder."""
    return clock.remaining if clock.is_paused else clock.due_at


def time_of_our_moves(ticket, start, end):
    """How long the ticket was neither closed nor awaiting the customer, from the events alone."""
    spent, since = timedelta(0), start
    status = "awaiting_response"
    for event in ticket.events.order_by("pk"):
        if "status" not in event.changes:
            continue
        at = min(max(event.created_at, start), end)
        if status in {"awaiting_response", "in_progress"}:
            spent += at - since
        status, since = event.changes["status"][1], at
    if status in {"awaiting_response", "in_progress"}:
        spent += end - since
    return spent


def replayed(ticket):
    """Status, assignee, priority, category and the coming close, from the events alone."""
    replay = {"status": "awaiting_response", "assignee_id": None, "closed_at": None}
    close = {}
    for event in ticket.events.select_related("message"):
        for fact, (before, after) in facts_of(event):
            assert replay.get(fact, before) == before
            replay[fact] = after
        is_closed = replay["status"] == "closed"
        if not is_closed:
            replay["closed_at"] = None
        elif event.kind in CLOSES:
            replay["closed_at"] = event.created_at
        close = coming_close(close, event) if replay["status"] == "awaiting_customer" else {}
    return replay | {"auto_close_at": None, "auto_close_held_at": None} | close


def facts_of(event):
    """What of the row an event changed, as (column, [from, to])."""
    names = {"assignee": "assignee_id"}
    wanted = ("status", "assignee", "priority", "category")
    return [
        (names.get(each, each), event.changes[each]) for each in wanted if each in event.changes
    ]


def coming_close(close, event):
    """The 48 hours after an event on a ticket that awaits the customer."""
    if event.kind in {"agent_replied", "hold_lifted"}:
        return {"auto_close_at": event.created_at + 48 * HOUR}
    if event.kind == "held":
        return {"auto_close_held_at": event.created_at}
    return close


def unanswered(ticket):
    """(since when, which messages) wait, from the events alone."""
    since, messages = None, set()
    for event in ticket.events.select_related("message"):
        message = event.message
        is_public = message is not None and message.kind == "public"
        if event.kind in CLOSES or (is_public and message.is_from_staff):
            since, messages = None, set()
        elif is_public and not message.is_just_thanks:
            since = since or event.created_at
            messages.add(message.pk)
        elif event.kind == "reopened":
            since = since or event.created_at
    return since, messages


def expected_place(ticket):
    """Band, rank and instant, as "Queue order" says."""
    if ticket.is_closed:
        return 9, 0, ticket.closed_at
    if ticket.due_at:
        return 1, 0, ticket.due_at
    if ticket.waiting_since:
        return 2, -PRIORITIES.index(ticket.priority), ticket.waiting_since
    if ticket.status == "awaiting_customer":
        held = ticket.last_public_message_at + 48 * HOUR
        return 4, 0, ticket.auto_close_at or held
    return 3, 0, ticket.last_public_message_at


COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture
def life(request, settings):
    settings.TICKETS_PER_HOUR = settings.MESSAGES_PER_HOUR = 10_000
    names = [*PEOPLE, "admin", "organization"]
    TicketLife.cast = {name: request.getfixturevalue(name) for name in names}
    make_promised_plan(
        TicketLife.cast["organization"],
        normal=12 * HOUR,
        high=3 * HOUR,
        critical=HOUR,
        resolution={"low": 90 * HOUR, "normal": 40 * HOUR, "high": 9 * HOUR},
    )
    return TicketLife


def test_what_must_always_be_true_is_true_after_every_act(life):
    few = settings(max_examples=3, stateful_step_count=25, derandomize=True, **COMMON)

    run_state_machine_as_test(life, settings=few)


@pytest.mark.full
def test_what_must_always_be_true_is_true_after_many_more_acts(life):
    many = settings(max_examples=60, stateful_step_count=60, **COMMON)

    run_state_machine_as_test(life, settings=many)
