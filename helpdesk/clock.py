"""The time of processes that serve: that of the database, whatever the clock of their machine says.

Machines whose clocks differ would date what happens on them differently: a close would come early,
an answer in time be late. Each new connection measures by how much the machine differs, so a clock
that is set wrong is made up for within the life of a connection (DATABASE_CONN_MAX_AGE). What the
libraries count by themselves, such as codes of two-step sign-in, goes by the machine.
"""

import logging
import time
from datetime import timedelta
from functools import wraps

from django.db.backends.signals import connection_created
from django.utils import timezone

logger = logging.getLogger(__name__)

# Less is left alone: clocks that are kept by NTP differ by milliseconds, and an answer takes time.
NOTICED = timedelta(seconds=2)
# A measurement that took longer says too little.
SLOWEST = 1.0
machine_time = timezone.now


class _Difference:
    """How much the database is ahead of this machine, for the whole process."""

    ahead = timedelta(0)


def follow_database():
    """Have this process take the database's time for now. Called before anything is served."""
    if timezone.now is not now:
        timezone.now = now
        connection_created.connect(measure)


@wraps(machine_time)  # a migration that is written names Django's
def now():
    return machine_time() + _Difference.ahead


def measure(sender, connection, **kwargs):
    """Handler of `connection_created`."""
    if connection.vendor != "postgresql":
        return
    began_at = time.monotonic()
    with connection.connection.cursor() as cursor:
        [theirs] = cursor.execute("SELECT clock_timestamp()").fetchone()
    took = time.monotonic() - began_at
    ours = machine_time() - timedelta(seconds=took / 2)
    if took < SLOWEST:
        _take(theirs - ours)


def _take(ahead):
    ahead = ahead if abs(ahead) >= NOTICED else timedelta(0)
    if abs(ahead - _Difference.ahead) >= NOTICED:
        seconds = ahead.total_seconds()
        logger.error("The database's clock is ahead of this machine's by %.0f s", seconds)
    _Difference.ahead = ahead
