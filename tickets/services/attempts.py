"""Background work that cannot go on: tried again a bounded number of times, then given up."""

import logging

from django.db import OperationalError

from plans.transactions import in_transaction

logger = logging.getLogger(__name__)

# A statement that ran into the time limit so often will not come through by itself.
MOST_ATTEMPTS = 5


def attempted(row, batch, *, now):
    """Run `batch()`, the next part of a stored background work, and return what it returns.

    When the database stops it as a whole, as at its time limit, the try is counted and None is
    returned; after MOST_ATTEMPTS the work is given up and its row says why. Where the database is
    away the count fails as well, and the error surfaces.
    """
    try:
        return batch()
    except OperationalError as error:
        logger.exception("%s %s was stopped by the database", type(row).__name__, row.pk)
        problem = str(error).strip() or type(error).__name__
        _count_failure(row, problem.splitlines()[0], now)
        return None


@in_transaction(durable=True)
def _count_failure(row, problem, now):
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.finished_at is not None:
        return
    row.attempts += 1
    if row.attempts >= MOST_ATTEMPTS:
        row.problem, row.finished_at = problem[:300], now
        logger.error("%s %s was given up: %s", type(row).__name__, row.pk, problem)
    row.save(update_fields=["attempts", "problem", "finished_at"])
