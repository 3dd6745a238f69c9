"""The supervisors' board: what is open now, whom it waits for, and what becomes due next.

Every number leads to the list of the tickets that it counts.
"""

from dataclasses import dataclass
from datetime import UTC, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from organizations.services import agents_expected
from tickets import services
from tickets.choices import Age, Status
from tickets.lists.counts import count_up_to
from tickets.models import Clock, Rating, Ticket
from ui.wording import format_time, start_of_day

from .due_chart import HOURS, due_chart
from .periods import Period
from .query import PeriodQuery, ReportQuery
from .ratings import Sum

MOST_ROWS = 6
HOUR = timedelta(hours=1)
RATED_DAYS = 7
STATUSES = (Status.AWAITING_RESPONSE, Status.IN_PROGRESS, Status.AWAITING_CUSTOMER)


@dataclass(frozen=True)
class Counted:
    """A number and the address of what it counts."""

    number: int
    href: str


@dataclass(frozen=True)
class StatusRow:
    """The open tickets of a status: all of them, and by their age."""

    status: str
    label: str
    total: Counted
    ages: list


@dataclass(frozen=True)
class LoadRow:
    """The open tickets of an agent or an organization, and how many of them are overdue.

    `share` and `late_share` are shares of the longest row, 0 to 1.
    """

    name: str
    total: Counted
    late: Counted
    share: float
    late_share: float


def board_page(supervisor, *, now):
    """What the board shows at `now`, in a number of queries that no data changes."""
    tickets = Ticket.objects.visible_to(supervisor)
    counted = tickets.open_counted(now, MOST_ROWS)
    statuses = _status_rows(counted["status"])
    [oldest] = counted["unassigned"] or [None]
    return {
        "now": now,
        "figures": _figures(tickets, statuses, now),
        "longest_unassigned": tickets.numbered(oldest),
        "rated": _rated(now),
        "age_heads": Age.labels,
        "statuses": statuses,
        "chart": _chart(tickets, now),
        "agents": _load_rows(counted["assignee"], "assignee"),
        "organizations": _load_rows(counted["organization"], "organization"),
    }


def queue_href(**filters):
    """The address of the queue with these filters, which the workspace declares: reports import
    none of it, and the tests open every address."""
    query = urlencode(filters)
    return reverse("queue:list") + (f"?{query}" if query else "")


def _status_rows(counted):
    counted = dict(counted)
    return [_status_row(each, counted.get(each, [0] * len(Age))) for each in STATUSES]


def _status_row(status, numbers):
    return StatusRow(
        status=status,
        label=status.label,
        total=Counted(sum(numbers), queue_href(status=status)),
        ages=[
            Counted(each, queue_href(status=status, age=age))
            for age, each in zip(Age, numbers, strict=True)
        ],
    )


def _figures(tickets, statuses, now):
    """The single numbers by name, each with its list."""
    today = services.day_of(now)
    late = ReportQuery(period=Period(today, today), result="late")
    counted = {
        "unassigned": (tickets.open().unassigned(), queue_href(assignee="nobody")),
        "overdue": (tickets.overdue_at(now), queue_href(due="overdue")),
        "late": (late.of_clocks(Clock.objects), late.tickets_href("late")),
        "closed": (
            tickets.closed_automatically_since(start_of_day(now)),
            queue_href(status=Status.CLOSED, closed="automatically"),
        ),
    }
    numbers = count_up_to({name: rows for name, (rows, _href) in counted.items()})
    figures = {name: Counted(numbers[name], href) for name, (_rows, href) in counted.items()}
    return {"open": Counted(sum(row.total.number for row in statuses), queue_href()), **figures}


def _rated(now):
    """The ratings of the last days, and their list."""
    today = services.day_of(now)
    period = Period(today - timedelta(days=RATED_DAYS - 1), today)
    total = Sum()
    for _day, *sums in Rating.objects.between(*period.bounds).summed_by_day():
        total.add(sums)
    return total, f"{reverse('reports:ratings')}?{PeriodQuery(period=period).query}"


def _chart(tickets, now):
    """What becomes due in each of the next hours of the clock, beside the agents who are there."""
    local = timezone.localtime(now)
    first = local.replace(minute=0, second=0, microsecond=0)
    starts = [first + HOUR * place for place in range(HOURS)]
    spans = [(start, start + HOUR) for start in starts]
    numbers = tickets.counted_by_due(spans)
    steps = [
        (
            format_time(start),
            Counted(each, queue_href(hour=_hour(start))),
        )
        for start, each in zip(starts, numbers, strict=True)
    ]
    return due_chart(steps, agents_expected(spans))


def _hour(start):
    """As the queue's filter of an hour reads it."""
    return f"{start.astimezone(UTC):%Y%m%dT%H%MZ}"


def _load_rows(rows, name):
    most = max((total for *_who, total, _late in rows), default=0)
    return [
        LoadRow(
            name=label,
            total=Counted(total, queue_href(**{name: key})),
            late=Counted(late, queue_href(**{"due": "overdue", name: key})),
            share=(total - late) / most,
            late_share=late / most,
        )
        for key, label, total, late in rows
    ]
