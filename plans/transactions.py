"""The transaction of a service, and the one place where it is repeated after a lock conflict."""

from functools import wraps

from django.db import OperationalError, connection, transaction

# Deadlock, serialisation failure, lock not available: repeated, the same may succeed.
PASSING = {"40P01", "40001", "55P03"}
MOST_RETRIES = 2


def in_transaction(service=None, *, durable=False):
    """Run a service in a transaction; after a deadlock, a serialisation failure or a lock time-out
    do it again, at most MOST_RETRIES times, before the error surfaces.

    Inside another transaction only that one can be repeated. With `durable` there may be none:
    what the service has written is committed when it returns.
    """
    if service is None:
        return lambda wrapped: in_transaction(wrapped, durable=durable)

    @wraps(service)
    def run(*args, **kwargs):
        retries = 0 if connection.in_atomic_block else MOST_RETRIES
        for left in range(retries, -1, -1):
            try:
                with transaction.atomic(durable=durable):
                    return service(*args, **kwargs)
            except OperationalError as error:
                if not left or not _is_passing(error):
                    raise
        raise AssertionError  # the last try returns or raises

    return run


def _is_passing(error):
    return getattr(error.__cause__, "sqlstate", None) in PASSING
