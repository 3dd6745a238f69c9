"""The time of processes that serve: that of the database, whatever the clock of their machine says.

Machines whose clocks differ would date what happens on them differently: a close would come early,
an answer in time be late. Each new connection measures by how much the machine differs, so a clock
that is set wrong is made up for within the life of a connection (DATABASE_CONN_MAX_AGE). A process
that asks for now before it has connected connects for that. What the libraries count by themselves,
such as codes of two-step sign-in, goes by the machine.
"""

import contextlib
import logging
import time
from datetime import timedelta
from functools import wraps

import psycopg
from django.apps import apps
from django.db import Error
from django.db import connection as default_connection
from django.db.backends.signals import connection_created
from django.utils import timezone

logger = logging.getLogger(__name__)

# Less is left alone: clocks that are kept by NTP differ by milliseconds, and an answer takes time.
NOTICED = timedelta(seconds=2)
# A measurement that took longer says too little, unless the clocks differ by more than it took.
SLOWEST = timedelta(seconds=1)
# After a database that did not answer; until then the time is the machine's.
NEXT_TRY_SECONDS = 5
machine_time = timezone.now


class _Difference:
    """How much the database is ahead of this machine, for the whole process."""

    ahead = timedelta(0)
    is_known = False
    next_try = 0.0


def follow_database():
    """Have this process take the database's time for now. Called before anything is served."""
    if timezone.now is not now:
        timezone.now = now
        connection_created.connect(measure)


@wraps(machine_time)  # a migration that is written names Django's
def now():
    if not _Difference.is_known and apps.ready:
        _find_out()
    return machine_time() + _Difference.ahead


def _find_out():
    """Measure before the first moment that this process takes: a task would close early by it.

    A connection that is opened for that is closed again: no process that is forked may share it.
    """
    if time.monotonic() < _Difference.next_try:
        return
    _Difference.next_try = time.monotonic() + NEXT_TRY_SECONDS
    with contextlib.suppress(Error, psycopg.Error):
        if default_connection.connection is not None:
            measure(None, default_connection)
            return
        try:
            default_connection.ensure_connection()
        finally:
            default_connection.close()


def measure(sender, connection, **kwargs):
    """Handler of `connection_created`."""
    if connection.vendor != "postgresql":
        _Difference.is_known = True
        return
    began_at = time.monotonic()
    with connection.connection.cursor() as cursor:
        [theirs] = cursor.execute("SELECT clock_timestamp()").fetchone()
    took = timedelta(seconds=time.monotonic() - began_at)
    ahead = theirs - (machine_time() - took / 2)
    if took < SLOWEST or abs(ahead) > took:
        _take(ahead)


def _take(ahead):
    _Difference.is_known = True
    ahead = ahead if abs(ahead) >= NOTICED else timedelta(0)
    if abs(ahead - _Difference.ahead) >= NOTICED:
        seconds = ahead.total_seconds()
        logger.error("The database's clock is ahead of this machine's by %.0f s", seconds)
    _Difference.ahead = ahead
