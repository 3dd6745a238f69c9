"""Many rows are written as one by one, whatever their values hold."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notification
from tests.factories import NOW, make_ticket
from tickets import rows
from tickets.models import Clock, ClockChange, Event, Ticket

pytestmark = pytest.mark.django_db

ODD = ["", "\\", "\\N", "a\tb", "a\nb\r\nc", 'a "quoted" {word}, another', "NULL", "نیم‌فاصله", "'"]


def stored(model, keys, *, without):
    found = model.objects.filter(pk__in=keys).order_by("pk").values()
    return [{name: row[name] for name in row if name not in without} for row in found]


@pytest.mark.parametrize("times", [1, rows.MANY])
def test_inserted_rows_hold_what_single_ones_do(times, ticket, agent):
    def events():
        return [
            Event(
                ticket=ticket,
                kind="held",
                actor=None if number % 2 else agent,
                changes={"reason": text, "from": [None, 1, True]},
                is_public=bool(number % 2),
                created_at=NOW + timedelta(microseconds=number),
            )
            for number, text in enumerate(ODD)
        ]

    single = [Event.objects.create(**vars_of(each)).pk for each in events()]
    many = rows.insert(Event, [each for _time in range(times) for each in events()])

    assert stored(Event, single, without={"id"}) * times == stored(
        Event, [each.pk for each in many], without={"id"}
    )
    assert not any(each._state.adding for each in many)


def vars_of(row):
    names = [each.attname for each in row._meta.concrete_fields if not each.primary_key]
    return {name: getattr(row, name) for name in names}


@pytest.mark.parametrize("times", [1, rows.MANY])
def test_a_row_takes_the_key_that_another_got_after_it_was_made(times, ticket):
    terms = ticket.clocks.get()
    lines = []
    for number in range(times):
        clock = Clock(**vars_of(terms))
        clock.stopped_at, clock.counting_from, clock.state = NOW, None, Clock.State.WITHDRAWN
        line = ClockChange(
            clock=clock,
            reason=ClockChange.Reason.STARTED,
            at=NOW,
            priority=clock.priority,
            plan_version_id=clock.plan_version_id,
            old_remaining=timedelta(days=3, hours=2, microseconds=number),
            new_remaining=-timedelta(seconds=1),
        )
        lines.append(line)
    rows.insert(Clock, [line.clock for line in lines])

    rows.insert(ClockChange, lines)

    for line in lines:
        found = ClockChange.objects.get(pk=line.pk)
        assert found.clock_id == line.clock.pk
        assert (found.old_remaining, found.new_remaining) == (
            line.old_remaining,
            line.new_remaining,
        )


@pytest.mark.parametrize("times", [1, rows.MANY])
def test_values_without_instances_get_the_other_defaults(times, ticket, requester):
    event, at = ticket.events.get(), datetime(2026, 1, 2, tzinfo=UTC)
    names = ("event_id", "ticket_id", "recipient_id", "channel", "created_at")
    values = [
        (event.pk, ticket.pk, requester.pk, f"channel {number}", at) for number in range(times)
    ]

    keys = rows.insert_values(Notification, names, values)

    found = Notification.objects.in_bulk(keys)
    assert [found[key].channel for key in keys] == [each[3] for each in values]
    assert {(each.state, each.attempts, each.error, each.sent_at) for each in found.values()} == {
        ("pending", 0, "", None)
    }
    assert {each.created_at for each in found.values()} == {at}


def test_updated_columns_hold_odd_values_and_others_stay(requester):
    tickets = [make_ticket(requester) for _text in ODD]
    for number, (ticket, text) in enumerate(zip(tickets, ODD, strict=True)):
        ticket.title = ticket.auto_close_hold_reason = text
        ticket.title_place = bytes([0, 92, number, 255])
        ticket.closed_at = None if number % 2 else NOW
        ticket.category = "other"

    columns = {"title", "auto_close_hold_reason", "title_place", "version"}
    rows.update_columns(Ticket, tickets, columns)

    for ticket in tickets:
        found = Ticket.objects.get(pk=ticket.pk)
        assert (found.title, found.auto_close_hold_reason) == (
            ticket.title,
            ticket.auto_close_hold_reason,
        )
        assert bytes(found.title_place) == ticket.title_place
        assert (found.closed_at, found.category) == (None, "technical")


def test_one_value_for_all_rows_is_written_to_each(requester):
    tickets = [make_ticket(requester) for _number in range(3)]
    for ticket in tickets:
        ticket.auto_close_hold_reason, ticket.version = "the \\ same", 7

    rows.update_columns(Ticket, tickets, {"auto_close_hold_reason", "version", "due_at"})

    for ticket in tickets:
        found = Ticket.objects.get(pk=ticket.pk)
        assert (found.auto_close_hold_reason, found.version) == ("the \\ same", 7)
        assert found.due_at == ticket.due_at
