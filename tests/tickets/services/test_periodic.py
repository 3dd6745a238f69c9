"""Automatic close, its reminder, the hold, and how the periodic work bears what goes wrong."""

import gc
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, again, make_awaiting_customer, make_content, make_ticket
from tickets import services
from tickets.errors import TicketError
from tickets.events import ticket_events
from tickets.models import Clock, ClockChange, Event, PeriodicRun, Ticket
from tickets.services.isolating import OBJECTS_OF_A_BATCH

pytestmark = pytest.mark.django_db

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
CLOSING = NOW + timedelta(hours=48)
REMINDING = NOW + timedelta(hours=24)


@pytest.fixture
def ticket(requester, agent):
    """Answered at NOW: it closes by itself 48 hours later."""
    return make_awaiting_customer(requester, agent)


# --- Automatic close ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "closed"), [(CLOSING - SECOND, 0), (CLOSING, 1), (CLOSING + timedelta(days=9), 1)]
)
def test_nothing_closes_before_48_hours_and_late_runs_close_late(now, closed, ticket):
    assert services.close_due(now=now) == closed

    ticket = again(ticket)
    assert ticket.status == ("closed" if closed else "awaiting_customer")
    assert ticket.closed_at == (now if closed else None)


def test_a_ticket_closes_by_itself_once_with_one_event_of_the_system(ticket):
    runs = [services.close_due(now=CLOSING + n * HOUR) for n in range(3)]

    ticket = again(ticket)
    assert runs == [1, 0, 0]
    event = ticket.events.get(kind=Event.Kind.CLOSED_AUTOMATICALLY)
    assert (event.actor, event.is_public) == (None, True)
    assert event.changes == {"status": ["awaiting_customer", "closed"]}
    assert (ticket.auto_close_at, ticket.auto_close_remind_at) == (None, None)
    assert (ticket.queue_band, ticket.public_updated_at) == (9, CLOSING)


def test_another_public_reply_starts_the_48_hours_again(ticket, agent):
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW + 47 * HOUR)

    assert services.close_due(now=CLOSING) == 0
    assert again(ticket).auto_close_at == NOW + 95 * HOUR


def test_a_note_does_not_start_them_again(ticket, agent):
    services.add_note(ticket, actor=agent, content=make_content(), now=NOW + 47 * HOUR)

    assert again(ticket).auto_close_at == CLOSING


@pytest.mark.parametrize("act", ["message", "resume", "reply and keep working"])
def test_what_ends_the_48_hours_ends_them_for_good(act, ticket, requester, agent):
    content, now = make_content(), CLOSING - SECOND
    if act == "message":
        services.reply_as_customer(ticket, actor=requester, content=content, now=now)
    elif act == "resume":
        services.resume(ticket, actor=agent, now=now)
    else:
        services.reply_as_agent(ticket, actor=agent, content=content, then="work", now=now)

    assert services.close_due(now=CLOSING) == services.remind_of_close(now=CLOSING) == 0
    assert again(ticket).status != "closed"


@pytest.mark.parametrize("first", ["message", "close"])
def test_message_and_close_at_the_same_instant_end_open(first, ticket, requester):
    if first == "close":
        services.close_due(now=CLOSING)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=CLOSING)
    services.close_due(now=CLOSING)

    ticket = again(ticket)
    assert (ticket.status, ticket.waiting_since) == ("awaiting_response", CLOSING)
    assert ticket.messages.last().is_waiting


def test_the_single_close_looks_at_the_time_too(ticket):
    assert not services.auto_close(ticket, now=CLOSING - SECOND)
    assert services.auto_close(ticket, now=CLOSING)
    assert not services.auto_close(ticket, now=CLOSING)


def rows(tickets):
    """All that is stored of the tickets, without what differs from ticket to ticket."""
    own = {"id", "ticket_id", "clock_id", "last_public_message_id", "message_id", "answer_id"}
    found = []
    for ticket in tickets:
        for model, key in ((Ticket, "pk"), (Clock, "ticket"), (Event, "ticket")):
            found.append(list(model.objects.filter(**{key: ticket.pk}).order_by("pk").values()))
        found.append(list(ClockChange.objects.filter(clock__ticket=ticket).values()))
    return [[{k: v for k, v in row.items() if k not in own} for row in each] for each in found]


def test_a_batch_and_a_single_close_leave_equal_rows(requester, agent):
    one, two, three = (make_awaiting_customer(requester, agent) for _n in range(3))

    services.auto_close(one, now=CLOSING)
    services.close_due(now=CLOSING)

    assert rows([one]) == rows([two]) == rows([three])


def test_a_batch_and_a_single_scan_leave_equal_rows(requester):
    now = NOW + timedelta(days=9)
    one = make_ticket(requester)
    services.scan_clocks(now=now)
    two, three = make_ticket(requester), make_ticket(requester)

    services.scan_clocks(now=now)

    assert rows([one]) == rows([two]) == rows([three])


# --- Reminder -------------------------------------------------------------------------------------


def test_the_requester_is_reminded_once_24_hours_before(ticket):
    moments = [REMINDING - SECOND, REMINDING, REMINDING, REMINDING + HOUR, CLOSING - SECOND]

    reminded = [services.remind_of_close(now=moment) for moment in moments]

    assert reminded == [0, 1, 0, 0, 0]
    assert ticket.events.filter(kind=Event.Kind.CLOSE_REMINDED).count() == 1
    assert again(ticket).auto_close_at == CLOSING


def test_each_48_hours_have_a_reminder_of_their_own(ticket, agent):
    services.remind_of_close(now=REMINDING)
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=REMINDING + HOUR)

    assert services.remind_of_close(now=REMINDING + 24 * HOUR) == 0
    assert services.remind_of_close(now=REMINDING + 25 * HOUR) == 1


def test_a_reminder_that_is_too_late_is_skipped_and_delays_nothing(ticket):
    assert services.remind_of_close(now=CLOSING) == 0
    assert services.close_due(now=CLOSING) == 1
    assert not ticket.events.filter(kind=Event.Kind.CLOSE_REMINDED).exists()


# --- Hold -----------------------------------------------------------------------------------------


def test_a_hold_stops_the_close_and_the_reminder_until_it_is_lifted(ticket, agent):
    services.hold_auto_close(ticket, actor=agent, reason=" منتظر شبکه ", now=NOW + HOUR)

    assert services.close_due(now=CLOSING) == services.remind_of_close(now=REMINDING) == 0
    held = again(ticket)
    assert (held.status, held.auto_close_hold_reason) == ("awaiting_customer", "منتظر شبکه")
    lifted = services.lift_hold(ticket, actor=agent, now=CLOSING + HOUR)
    assert (lifted.auto_close_at, lifted.auto_close_held_at) == (CLOSING + 49 * HOUR, None)
    assert lifted.auto_close_remind_at == CLOSING + 25 * HOUR


def test_another_public_reply_lifts_the_hold(ticket, agent):
    services.hold_auto_close(ticket, actor=agent, reason="منتظر شبکه", now=NOW + HOUR)

    ticket = services.reply_as_agent(
        ticket, actor=agent, content=make_content(), now=NOW + 2 * HOUR
    )

    assert (ticket.auto_close_at, ticket.auto_close_held_at) == (NOW + 50 * HOUR, None)
    assert ticket.auto_close_hold_reason == ""


def test_the_system_may_hold_and_a_second_hold_says_nothing(ticket, agent):
    services.hold_auto_close(ticket, actor=None, reason="نامه نرسید", now=NOW + HOUR)
    services.hold_auto_close(ticket, actor=agent, reason="نامه نرسید", now=NOW + 2 * HOUR)

    events = ticket.events.filter(kind=Event.Kind.HELD)
    assert [event.actor for event in events] == [None]
    assert again(ticket).auto_close_hold_reason == "نامه نرسید"


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_hold_needs_a_reason(reason, ticket, agent):
    with pytest.raises(TicketError):
        services.hold_auto_close(ticket, actor=agent, reason=reason, now=NOW)


def test_only_agents_hold_and_lift_and_only_what_awaits_the_customer(ticket, requester, agent):
    new = make_ticket(requester)

    for act in (
        lambda: services.hold_auto_close(ticket, actor=requester, reason="چون", now=NOW),
        lambda: services.lift_hold(ticket, actor=requester, now=NOW),
        lambda: services.hold_auto_close(new, actor=agent, reason="چون", now=NOW),
        lambda: services.lift_hold(new, actor=agent, now=NOW),
    ):
        with pytest.raises(TicketError):
            act()


# --- What goes wrong ------------------------------------------------------------------------------


@pytest.fixture
def poison():
    """Make the database refuse any write to a ticket's row, or its clocks', as bad data would."""

    def spoil(ticket):
        with connection.cursor() as cursor:
            for table, column in (("tickets_ticket", "id"), ("tickets_clock", "ticket_id")):
                cursor.execute(
                    f"""
                    CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
                    AS 'BEGIN RAISE EXCEPTION ''poisoned''; END';
                    CREATE TRIGGER poisoned BEFORE UPDATE ON {table}
                    FOR EACH ROW WHEN (OLD.{column} = {ticket.pk}) EXECUTE FUNCTION refuse();
                    """
                )

    return spoil


def test_a_poisoned_ticket_stops_only_its_own_close(poison, requester, agent, caplog):
    bad, *good = (make_awaiting_customer(requester, agent) for _n in range(4))
    poison(bad)

    assert services.close_due(now=CLOSING) == 3

    assert {again(each).status for each in good} == {"closed"}
    assert again(bad).status == "awaiting_customer"
    assert f"failed for {bad.pk}" in caplog.text


def test_a_poisoned_ticket_stops_only_its_own_scan(poison, requester):
    bad, *good = (make_ticket(requester) for _n in range(4))
    poison(bad)

    result = services.scan_clocks(now=NOW + timedelta(days=9))

    assert result.breached == 3
    assert {again(each).clocks.get().state for each in good} == {"breached"}


def test_a_poisoned_ticket_stops_only_its_own_reminder(poison, requester, agent):
    bad, *_good = (make_awaiting_customer(requester, agent) for _n in range(4))
    poison(bad)

    assert services.remind_of_close(now=REMINDING) == 3


@pytest.mark.parametrize("error", [KeyError, ValueError, Ticket.DoesNotExist])
def test_a_listener_that_fails_over_one_ticket_stops_only_that_one(error, requester, agent):
    bad, good = (make_awaiting_customer(requester, agent) for _n in range(2))

    def listen(sender, events, **kwargs):
        if any(event.ticket_id == bad.pk for event in events):
            raise error(bad.pk)

    ticket_events.connect(listen)
    try:
        assert services.close_due(now=CLOSING) == 1
    finally:
        ticket_events.disconnect(listen)

    assert (again(bad).status, again(good).status) == ("awaiting_customer", "closed")
    assert not bad.events.filter(kind=Event.Kind.CLOSED_AUTOMATICALLY).exists()


@pytest.mark.parametrize("batch", [500, 1])
def test_a_fault_of_ours_surfaces_after_every_other_ticket_had_its_turn(
    batch, requester, agent, monkeypatch
):
    monkeypatch.setattr("tickets.services.isolating.BATCH", batch)
    bad, *good = (make_awaiting_customer(requester, agent) for _n in range(3))

    def listen(sender, events, **kwargs):
        if any(event.ticket_id == bad.pk for event in events):
            raise RuntimeError("a fault")

    ticket_events.connect(listen)
    try:
        with pytest.raises(RuntimeError):
            services.close_due(now=CLOSING)
    finally:
        ticket_events.disconnect(listen)

    assert again(bad).status == "awaiting_customer"
    assert {again(each).status for each in good} == {"closed"}


def test_a_batch_leaves_the_collector_of_garbage_as_it_was(requester, agent):
    before, during = gc.get_threshold(), []

    def listen(sender, events, **kwargs):
        during.append(gc.get_threshold()[0])

    make_awaiting_customer(requester, agent)
    ticket_events.connect(listen)
    try:
        services.close_due(now=CLOSING)
    finally:
        ticket_events.disconnect(listen)

    assert during == [OBJECTS_OF_A_BATCH]
    assert gc.get_threshold() == before


def test_more_than_one_batch_is_done_in_one_run(requester, agent, monkeypatch):
    monkeypatch.setattr("tickets.services.isolating.BATCH", 2)
    for _n in range(5):
        make_awaiting_customer(requester, agent)

    assert services.remind_of_close(now=REMINDING) == 5
    assert services.close_due(now=CLOSING) == 5


@pytest.mark.parametrize(
    ("work", "now"),
    [
        (services.remind_of_close, REMINDING),
        (services.close_due, CLOSING),
        (services.scan_clocks, NOW + timedelta(days=9)),
    ],
)
def test_many_tickets_need_as_many_queries_as_one(work, now, requester, agent):
    counts = []
    for many in (1, 5):
        for _n in range(many):
            make_awaiting_customer(requester, agent)
            make_ticket(requester)

        with CaptureQueriesContext(connection) as queries:
            work(now=now)

        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_run_is_remembered_with_its_outcome():
    for moment in (NOW, NOW + HOUR):
        services.record_run("auto_close", outcome="closed 3", now=moment)

    run = PeriodicRun.objects.get()
    assert (run.name, run.finished_at, run.outcome) == ("auto_close", NOW + HOUR, "closed 3")
