"""Clocks of every sort for the tests of reports, made below the services."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from plans.models import PlanVersion, Priority
from tests.copies import copy_of
from tests.factories import NOW, make_agent, make_member, make_organization, make_ticket
from tickets import services
from tickets.choices import Category
from tickets.models import Clock, Message, Ticket

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TEHRAN = ZoneInfo("Asia/Tehran")


def clear():
    """Take away the clocks that the services made; a ledger is append-only, so below the ORM."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tickets_clockchange")
        cursor.execute("DELETE FROM tickets_clockstretch")
        cursor.execute("DELETE FROM tickets_clock")
        cursor.execute("DELETE FROM tickets_staleday")


def clock_of(ticket, version, *, due_at=NOW, answer=None, **fields):
    """An unsaved clock around the clock that fell due at `due_at`, an hour after its start."""
    start = due_at - HOUR
    state = fields.setdefault("state", "met")
    if state != "running" and fields.get("stopped_at", "unset") == "unset":
        fields["stopped_at"] = due_at
    fields.setdefault("breached_at", due_at if state == "breached" else None)
    return Clock(
        ticket=ticket,
        plan_version=version,
        started_at=start,
        due_at=due_at,
        due_soon_at=start,
        reckoned_from=start,
        reckoned_for=HOUR,
        answer=answer,
        **{
            "kind": "first_response",
            "priority": "normal",
            "target": HOUR,
            "counted": timedelta(0),
        }
        | fields,
    )


def make_clock(ticket, version, **fields):
    clock = clock_of(ticket, version, **fields)
    clock.save()
    return clock


def count_all():
    services.mark_all_stale()
    while services.refresh_totals():
        pass


def make_many(count, *, seed):
    """Clocks of every sort on a few days around midnight and Nowruz; one to five a ticket."""
    dice = random.Random(seed)  # noqa: S311 the same clocks each time
    homes = [make_organization(f"Company {number}") for number in range(3)]
    owners = [make_member(home, f"a@{home.key}.example") for home in homes]
    agents = [make_agent(f"a{number}@helpdesk.example") for number in range(3)]
    versions = list(PlanVersion.objects.all())
    wanted = [(dice.choice(owners), dice.choice(Category.values)) for _number in range(count // 3)]
    messages = make_tickets(wanted)
    clear()
    clocks, taken = [], set()
    for _number in range(count):
        message = dice.choice(messages)
        kind = dice.choice(["first_response", "next_response", "resolution"])
        state = dice.choice(["met", "met", "breached", "withdrawn"])
        runs_on = state == "breached" and dice.random() < 0.2 and message.ticket not in taken
        if runs_on:
            taken.add(message.ticket)
        fields = {"stopped_at": None} if runs_on else {}
        clock = clock_of(
            message.ticket,
            dice.choice(versions),
            kind=kind,
            state=state,
            due_at=datetime(2026, 3, 20, 20, 29, tzinfo=TEHRAN) + dice.randrange(5760) * MINUTE,
            priority=dice.choice(Priority.values),
            agent=dice.choice([None, *agents]),
            answer=None if dice.random() < 0.2 else message,
            aim=dice.choice([None, 10 * MINUTE]),
            counted=timedelta(seconds=dice.randrange(1, 100_000)),
            **fields,
        )
        clocks.append(clock)
    Clock.objects.bulk_create(clocks)


def make_tickets(wanted):
    """A ticket of each (requester, category), as copies of one; gives the message of each."""
    patterns = {owner: make_ticket(owner) for owner, _category in dict(wanted).items()}
    tickets = Ticket.objects.bulk_create(
        copy_of(patterns[owner], category=category) for owner, category in wanted
    )
    messages = [
        copy_of(patterns[owner].messages.get(), ticket=ticket)
        for (owner, _category), ticket in zip(wanted, tickets, strict=True)
    ]
    return Message.objects.bulk_create(messages)
