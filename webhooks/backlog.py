"""How sending goes: for health and metrics."""

from typing import NamedTuple

from tickets.lists.counts import count_up_to

from .models import Delivery, Endpoint


class Backlog(NamedTuple):
    """Counted to a bound. `due` are endpoints that something waits for that could be sent now: more
    than a moment of that is our fault; those that fail or are disabled are their receivers'."""

    pending: int
    failed: int
    due: int
    failing: int
    disabled: int


def backlog(at):
    """What waits, as of `at`: for due ones some time ago, so that a run had time to come by."""
    return Backlog(
        **count_up_to(
            {
                "pending": Delivery.objects.pending(),
                "failed": Delivery.objects.failed(),
                "due": Endpoint.objects.with_due(at),
                "failing": Endpoint.objects.failing(),
                "disabled": Endpoint.objects.disabled(),
            }
        )
    )
