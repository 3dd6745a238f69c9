"""Batches that one bad ticket cannot stop."""

import gc
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from threading import Lock

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, OperationalError, connection
from django_fsm import TransitionNotAllowed

from tickets.errors import TicketError

logger = logging.getLogger(__name__)

BATCH = 500
# From so many batches on, as after an outage, two are done at a time.
MANY_BATCHES = 5
# So many more objects than before lie in memory when Python looks for rings of garbage during a
# batch; else that is 700. A batch makes some ten thousand and leaves no rings, so that looking for
# them took a quarter of its time.
OBJECTS_OF_A_BATCH = 100_000
# A ticket is bad when the rules or the database refuse what its own row holds, or what the row
# needs is missing or makes no sense. It is passed over, logged and counted.
BAD_TICKET = (
    TicketError,
    TransitionNotAllowed,
    DatabaseError,
    ObjectDoesNotExist,
    ArithmeticError,
    LookupError,
    ValueError,
)


def in_batches(found, work):
    """Run `work` over the keys of `found`, a batch at a time; each key is tried once a run.

    Returns how much was done. What is no bad ticket is a fault of ours, or the database is away:
    it surfaces, but only after every other batch had its turn.
    """
    keys = list(found.values_list("pk", flat=True))
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    if len(batches) < MANY_BATCHES or not _may_be_doubled():
        return _one_by_one(batches, work)
    with ThreadPoolExecutor(max_workers=2) as both:
        halves = [
            both.submit(copy_context().run, _aside, batches[first::2], work) for first in (0, 1)
        ]
    return sum(half.result() for half in halves)


def _may_be_doubled():
    """Whether another connection may do a part: none sees what an open transaction has written,
    and on SQLite the one would wait for the other."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block


def _aside(batches, work):
    """In a thread with a connection of its own: the database is busy for one batch while Python
    prepares another. Batches lock their tickets and skip held ones, as those of doubled runs."""
    try:
        return _one_by_one(batches, work)
    finally:
        connection.close()


def _one_by_one(batches, work):
    done = 0

    def run(batch):
        nonlocal done
        done += one_or_each(batch, work)[0]

    with ExitStack() as others:
        for batch in reversed(batches):
            others.callback(run, batch)
    return done


def one_or_each(keys, work):
    """Do a batch, or when that fails each of it alone. Returns how much was done, and failed.

    What is no bad ticket surfaces: at once where the database is away or busy, otherwise after
    every other ticket of the batch had its turn.
    """
    with _collecting_rarely():
        return _one_or_each(keys, work)


def _one_or_each(keys, work):
    if len(keys) < 2:
        return _one(keys[0], work) if keys else (0, 0)
    outcome = None
    try:
        outcome = work(keys), 0
    except OperationalError:
        outcome = 0, 0
        raise
    except BAD_TICKET:
        logger.exception("Periodic work failed for a batch; trying one by one")
    finally:
        if outcome is None:
            outcome = _each(keys, work)
    return outcome


def _one(key, work):
    try:
        return work([key]), 0
    except OperationalError:
        raise
    except BAD_TICKET:
        logger.exception("Periodic work failed for %s", key)
        return 0, 1


def _each(keys, work):
    done = failed = 0

    def run(key):
        nonlocal done, failed
        now_done, now_failed = _one(key, work)
        done, failed = done + now_done, failed + now_failed

    with ExitStack() as alone:
        for key in reversed(keys):
            alone.callback(run, key)
    return done, failed


# --- The collector of garbage ---------------------------------------------------------------------


class _Collector:
    """How many batches this process is doing, and the thresholds that it had before the first."""

    lock, batches, before = Lock(), 0, ()


@contextmanager
def _collecting_rarely():
    """Look for rings of garbage less often in this block; most garbage goes without it."""
    with _Collector.lock:
        if not _Collector.batches:
            _Collector.before = gc.get_threshold()
            gc.set_threshold(OBJECTS_OF_A_BATCH, *_Collector.before[1:])
        _Collector.batches += 1
    try:
        yield
    finally:
        with _Collector.lock:
            _Collector.batches -= 1
            if not _Collector.batches:
                gc.set_threshold(*_Collector.before)
