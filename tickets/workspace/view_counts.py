"""How many tickets the ready-made lists of the queue hold, those that are the same for all agents.

Each process keeps the numbers for as long as nothing changes them: counted for each page, they were
a third of what the database does for it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from tickets.lists.counts import counting
from tickets.models import Ticket
from tickets.prepared import Prepared
from tickets.querysets.queue_bands import COUNTED_VIEWS

# What is written by a transaction that took longer than the two hundred next is noticed by then.
LONGEST = timedelta(minutes=1)
_kept = {}


class _Counted(NamedTuple):
    """What was counted at `since`: it holds for that state of the tickets until a due passes."""

    state: int
    since: datetime
    until: datetime
    numbers: dict


@Prepared
def _views(at):
    return counting(Ticket.objects.views_counted(at), Ticket.objects.next_dues(at))


def counted_views(state, now):
    """{name of COUNTED_VIEWS: number of tickets}, counted no farther than a page can say.

    `state` is that of the tickets (`tickets.freshness`), read before anything that the page shows.
    """
    kept = _kept.get("last")
    if kept and kept.state == state and kept.since <= now < kept.until:
        return kept.numbers
    [row] = _views.rows(at=now)
    numbers = dict(zip(COUNTED_VIEWS, row, strict=False))
    if state is not None:
        passing = [each for each in row[len(COUNTED_VIEWS) :] if each is not None]
        _kept["last"] = _Counted(state, now, min([*passing, now + LONGEST]), numbers)
    return numbers
