"""What a plan promises now, by a query that is put together once."""

from plans.models import PlanVersion
from plans.promises import current_version, promise_of_current
from tickets.prepared import Prepared


def promise_now(plan: int):
    """As `current_promise` of the plan of that key."""
    found = _current.rows(plan=plan)
    if not found:
        raise PlanVersion.DoesNotExist
    return promise_of_current(found[0])


@Prepared
def _current(plan):
    return current_version(plan)
