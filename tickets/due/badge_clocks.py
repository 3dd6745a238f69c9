"""The clocks of the rows of a list, as far as due badges need them."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from tickets.models import Clock
from tickets.prepared import Prepared


class BadgeClock(NamedTuple):
    """What a due badge is made of: a clock of a ticket, as far as a row of a list needs it."""

    ticket_id: int
    kind: str
    state: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    aim: timedelta | None
    calendar_version_id: int | None
    answer_id: int | None

    @property
    def is_running(self):
        return self.stopped_at is None


_CLOCKS = Prepared(
    lambda tickets: Clock.objects.of_tickets_newest_first(tickets).values_list(*BadgeClock._fields)
)


def clocks_of(tickets):
    """{key of a ticket: its clocks, the newest first}, in one statement."""
    found = defaultdict(list)
    for row in _CLOCKS.rows(tickets=[ticket.id for ticket in tickets]):
        clock = BadgeClock._make(row)
        found[clock.ticket_id].append(clock)
    return found
