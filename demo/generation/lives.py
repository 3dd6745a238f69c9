"""The lives that generated tickets have: played by the services, read, and taken back again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from demo.stage import Stage
from demo.story import (
    Accepts,
    Answered,
    Answers,
    Closes,
    Notes,
    Opened,
    Resolves,
    Says,
    Story,
    Waits,
    Works,
)
from notifications.publishing import withheld
from organizations.models import User
from plans.models import Priority
from plans.promises import current_promise
from tickets.choices import Category
from tickets.clocks.terms import working_time_of
from tickets.models import Clock, ClockChange, ClockStretch, Event, Message, Ticket

MODELS = [Ticket, Message, Clock, ClockChange, ClockStretch, Event]
PLANS = ("developer", "business", "sme", "enterprise")
WEEK = timedelta(weeks=1)

FOUR = [Answers("agent", "25m", "…"), Says("owner", "2h", "…"), Answers("agent", "1h", "…")]
CLOSED = [
    [Accepts("agent", "20m"), *FOUR],
    [*FOUR, Closes("owner", "3h")],
    [Accepts("agent", "5m"), Notes("second", "10m", "…"), *FOUR[:2], Resolves("agent", "1h", "…")],
    [Answers("second", "6d", "…"), Says("owner", "1h", "…"), Resolves("second", "1h", "…")],
    [Resolves("agent", "15m", "…")],
    [*FOUR, Says("member", "1h", "…"), *FOUR[:2], Resolves("agent", "30m", "…")],
    [Resolves("agent", "2h", "…"), Says("owner", "1d", "…"), *FOUR[:1], Closes("owner", "1h")],
]
# By the share of its promised time that what waits has used, above 1 overdue.
WAITING = [
    (0.1, []),
    (0.3, []),
    (0.5, [Accepts("agent", "1m")]),
    (0.6, [Answers("agent", "1h", "…"), Says("owner", "5h", "…")]),
    (0.85, []),
    (1.2, [Accepts("agent", "1m")]),
    (2, [Answers("agent", "20m", "…"), Says("owner", "1h", "…")]),
]
STANDING = [
    (Opened("3d"), [Accepts("agent", "9m"), Works("agent", "20m", "…")]),
    (Opened("4d"), [Works("agent", "30m", "…"), Notes("second", "1h", "…")]),
    (Answered("3h"), [Accepts("agent", "15m"), Answers("agent", "5m", "…")]),
    (Answered("20h"), FOUR),
    (Answered("40h"), FOUR),
]


@dataclass(frozen=True)
class Life:
    """The rows of one played ticket, by model, and how far back in time they may be moved.

    With closed hours that is by whole `weeks`, those in which the same time counts. Where all time
    counts `weeks` is None, and any span less than `room` will do: until just before something is
    still to fall.
    """

    plan: str
    rows: dict
    opened_at: datetime
    is_closed: bool
    room: timedelta
    weeks: tuple | None


def play(cast, *, now, farthest):
    """Each life once, on the first organization of each plan. The database stays as it was."""
    companies = {plan: cast.on_plan(plan)[0] for plan in PLANS}
    with transaction.atomic(), withheld():
        stage = Stage(_people(cast, companies), {key: companies[key].organization for key in PLANS})
        programme = list(_programme(companies))
        stage.play(programme, now=now)
        lives = [
            _life(stage.tickets[key], plan, now, farthest)
            for key, (plan, _story) in enumerate(programme)
        ]
        transaction.set_rollback(True)
    return lives


def _people(cast, companies):
    ids = {"agent": cast.agents[0], "second": cast.agents[1]}
    for plan, company in companies.items():
        ids |= {f"{plan} {role}": pk for role, pk in company.people.items()}
    people = User.objects.in_bulk(ids.values())
    return {key: people[pk] for key, pk in ids.items()}


def _programme(companies):
    """Pairs of a plan and a story. Priorities and categories go round."""
    for plan, company in companies.items():
        promise = current_promise(company.organization.plan)
        for turn, priority in enumerate(Priority.values):
            target = promise.cell(priority).target
            for number, acts in enumerate(CLOSED):
                if (number + turn) % len(Priority.values) < 2:
                    when = Opened(f"{20 + number}d", at=f"1{turn}:{10 + number}")
                    yield plan, _story(plan, priority, when, acts)
            for number, (share, acts) in enumerate(WAITING[turn % 2 :: 2]):
                when = Waits(share) if target else Opened(f"{1 + number}d {turn + 8}h")
                yield plan, _story(plan, priority, when, acts)
            for when, acts in STANDING[turn % 2 :: 2]:
                yield plan, _story(plan, priority, when, acts)


def _story(plan, priority, when, acts):
    of_plan = [
        act if act.who in {"agent", "second"} else replace(act, who=f"{plan} {act.who}")
        for act in acts
    ]
    turn = len(acts) % len(Category.values)
    return Story(
        title="…",
        who=f"{plan} owner",
        category=Category.values[turn],
        priority=priority,
        when=when,
        text="…",
        acts=of_plan,
    )


def _life(ticket, plan, now, farthest):
    ticket = Ticket.objects.get(pk=ticket.pk)
    clocks = list(ticket.clocks.select_related("plan_version", "calendar_version"))
    around_the_clock = all(clock.calendar_version is None for clock in clocks)
    to_fall = [ticket.due_soon_at, ticket.due_at]
    to_fall += [ticket.auto_close_remind_at, ticket.auto_close_at]
    ahead = [at - now for at in to_fall if at and at > now]
    room = min([*ahead, farthest])
    return Life(
        plan=plan,
        rows=_rows(ticket),
        opened_at=ticket.created_at,
        is_closed=ticket.is_closed,
        room=room,
        weeks=None if around_the_clock else _weeks(clocks, room),
    )


def _rows(ticket):
    of_ticket = {
        Ticket: Ticket.objects.filter(pk=ticket.pk),
        Message: Message.objects.filter(ticket=ticket),
        Clock: Clock.objects.filter(ticket=ticket),
        ClockChange: ClockChange.objects.filter(clock__ticket=ticket),
        ClockStretch: ClockStretch.objects.filter(clock__ticket=ticket),
        Event: Event.objects.filter(ticket=ticket),
    }
    return {
        model: list(rows.order_by("pk").values_list(*columns(model)))
        for model, rows in of_ticket.items()
    }


def columns(model):
    return [field.attname for field in model._meta.concrete_fields]


def _weeks(clocks, room):
    """By how many weeks all clocks may be moved back and count the same time."""
    return tuple(
        weeks for weeks in range(room // WEEK + 1) if all(_same(clock, weeks) for clock in clocks)
    )


def _same(clock, weeks):
    measure, back = working_time_of(clock).measure, weeks * WEEK
    return all(
        measure(clock.started_at - back, until - back) == measure(clock.started_at, until)
        for until in (clock.due_soon_at, clock.due_at)
    )
