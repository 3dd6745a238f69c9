"""Merges, splits and undos among other acts, in any order; after each, what must always be true."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from organizations import services as organizations
from plans.models import Priority
from plans.promises import current_promise
from tests.factories import NOW, again, make_content, make_promised_plan, make_ticket
from tickets import services
from tickets.errors import TicketError
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
STEPS = [timedelta(seconds=1), timedelta(minutes=20), 5 * HOUR, 30 * HOUR]
PRIORITIES = [str(each) for each in Priority]
TICKETS = 4

which = st.integers(0, TICKETS - 1)
who = st.sampled_from(["requester", "colleague"])


class MergedLife(RuleBasedStateMachine):
    """Tickets of one organization. `cast` is set by the test that runs it."""

    cast = {}

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now, self.tickets = NOW, []

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # --- What happens -----------------------------------------------------------------------------

    @initialize(priorities=st.lists(st.sampled_from(PRIORITIES), min_size=4, max_size=4))
    def begin(self, priorities):
        for at, priority in enumerate(priorities):
            person = again(self.cast[("requester", "colleague")[at % 2]])
            self.now += timedelta(minutes=1)
            self.tickets.append(make_ticket(person, priority=priority, now=self.now))

    @rule(step=st.sampled_from(STEPS))
    def time_goes_on(self, step):
        self.now += step

    @rule(which=which, into=which)
    def merge(self, which, into):
        self.act(which, "agent", services.merge_tickets, into=self.pick(into))

    @rule(which=which, into=which)
    def merge_once_more(self, which, into):
        self.merge(which, into)

    @rule(which=which)
    def undo(self, which):
        self.act(which, "agent", services.undo_merge)

    @rule(which=which)
    def undo_once_more(self, which):
        self.undo(which)

    @rule(which=which, message=st.integers(0, 3))
    def split(self, which, message):
        keys = list(self.pick(which).messages.public().values_list("pk", flat=True))
        if keys:
            key = keys[message % len(keys)]
            self.act(which, "agent", services.split_message, message=key, title="جدا")
            known = [each.pk for each in self.tickets]
            self.tickets += Ticket.objects.exclude(pk__in=known)

    @rule(which=which, who=who)
    def customer_writes(self, which, who):
        self.act(which, who, services.reply_as_customer, content=make_content(), intent="problem")

    @rule(which=which, then=st.sampled_from(["wait", "work", "close"]))
    def agent_replies(self, which, then):
        content = make_content()
        self.act(which, "agent", services.reply_as_agent, content=content, then=then)

    @rule(which=which)
    def note(self, which):
        self.act(which, "agent", services.add_note, content=make_content())

    @rule(which=which)
    def close(self, which):
        self.act(which, "requester", services.close_by_customer)

    @rule(which=which)
    def accept(self, which):
        self.act(which, "agent", services.accept)

    @rule(which=which)
    def hold(self, which):
        self.act(which, "agent", services.hold_auto_close, reason="منتظر شبکه")

    @rule(which=which, priority=st.sampled_from(PRIORITIES))
    def change_priority(self, which, priority):
        service = services.change_priority
        self.act(which, "agent", service, priority=priority, reason="چون لازم است")

    @rule()
    def periodic_work(self):
        services.scan_clocks(now=self.now)
        services.close_due(now=self.now)

    @rule()
    def suspend(self):
        organization = again(self.cast["organization"])
        is_suspended = organization.is_suspended
        act = organizations.lift_suspension if is_suspended else organizations.suspend
        act(organization, actor=self.cast["admin"], now=self.now)

    def pick(self, which):
        return again(self.tickets[which % len(self.tickets)])

    def act(self, which, who, service, **arguments):
        before = Message.objects.count()
        self.now += timedelta(milliseconds=1)
        try:
            with transaction.atomic():
                service(self.pick(which), actor=again(self.cast[who]), now=self.now, **arguments)
        except TicketError:
            assert Message.objects.count() == before

    # --- What is always true ----------------------------------------------------------------------

    @invariant()
    def every_message_is_in_a_ticket_that_is_not_merged(self):
        assert not Message.objects.exclude(ticket__merged_into=None).exists()
        for ticket in map(again, self.tickets):
            if ticket.merged_into_id:
                assert ticket.is_closed
                assert not ticket.clocks.running().exists()
                assert ticket.merged_into.merged_into_id is None
            else:
                assert ticket.messages.exists()

    @invariant()
    def a_response_clock_runs_exactly_while_something_waits_and_is_promised(self):
        for ticket in map(again, self.tickets):
            clocks = list(ticket.clocks.running().exclude(kind="resolution"))
            waits = not ticket.is_closed and ticket.waiting_since is not None
            organization = ticket.organization
            cell = current_promise(organization.plan).cell(ticket.priority)
            promised = cell.target is not None and not organization.is_suspended
            assert len(clocks) <= 1
            assert waits or not clocks
            assert clocks or not (waits and promised)

    @invariant()
    def what_waits_is_the_oldest_message_without_an_answer(self):
        for ticket in map(again, self.tickets):
            waiting = ticket.messages.waiting().order_by("created_at").first()
            assert ticket.waiting_since == (waiting and waiting.created_at)
            assert waiting is None or not ticket.is_closed
            assert waiting is None or ticket.status != "awaiting_customer"

    @invariant()
    def the_due_of_a_ticket_is_the_earliest_of_what_runs(self):
        for ticket in map(again, self.tickets):
            running = ticket.clocks.running().filter(due_at__isnull=False)
            if ticket.status == "awaiting_customer":
                running = running.exclude(kind="resolution")
            first = running.order_by("due_at").first()
            assert (first and first.due_at) == ticket.due_at

    @invariant()
    def the_row_names_the_last_public_message(self):
        for ticket in map(again, self.tickets):
            if ticket.merged_into_id is None:
                message = ticket.messages.public().order_by("created_at", "pk").last()
                assert ticket.last_public_message == message
                assert ticket.last_public_message_at == message.created_at
                assert ticket.support_spoke_last == message.is_from_staff

    @invariant()
    def only_what_awaits_the_customer_closes_by_itself(self):
        for ticket in map(again, self.tickets):
            awaits = ticket.status == "awaiting_customer"
            assert awaits == bool(ticket.auto_close_at or ticket.auto_close_held_at)

    @invariant()
    def at_most_one_resolution_runs(self):
        for ticket in self.tickets:
            assert ticket.clocks.running().filter(kind="resolution").count() <= 1


COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture
def life(request, settings):
    settings.TICKETS_PER_HOUR = settings.MESSAGES_PER_HOUR = 10_000
    names = ["requester", "colleague", "agent", "admin", "organization"]
    MergedLife.cast = {name: request.getfixturevalue(name) for name in names}
    plan = make_promised_plan(
        MergedLife.cast["organization"],
        normal=12 * HOUR,
        high=3 * HOUR,
        critical=HOUR,
        resolution={"low": 90 * HOUR, "normal": 40 * HOUR, "high": 9 * HOUR},
    )
    organization, admin = MergedLife.cast["organization"], MergedLife.cast["admin"]
    organizations.change_plan(organization, plan, actor=admin, now=NOW)
    return MergedLife


@pytest.mark.full
def test_merged_and_separated_in_any_order_nothing_is_lost(life):
    few = settings(max_examples=4, stateful_step_count=20, derandomize=True, **COMMON)

    run_state_machine_as_test(life, settings=few)


@pytest.mark.full
def test_merged_and_separated_in_many_more_orders_nothing_is_lost(life):
    many = settings(max_examples=60, stateful_step_count=40, **COMMON)

    run_state_machine_as_test(life, settings=many)
