"""The databases of the workers: migrated once, and copied for the others.

`make test` names the copy when the server is its own. Without that each worker migrates.
"""

import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

COPY = os.environ.get("TEST_DATABASE_COPY") if "PYTEST_XDIST_WORKER" in os.environ else None

OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


@contextmanager
def one_at_a_time():
    """Let one worker migrate while the others wait for the copy."""
    if not COPY:
        yield
        return
    with Path(os.environ["TEST_FOLDER"], "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start_from_copy():
    """Have the test database made from the copy, if another worker has left one."""
    if COPY and COPY in databases():
        connection.settings_dict["TEST"]["TEMPLATE"] = COPY


def leave_copy():
    """Copy the migrated database for the other workers, unless it is a copy itself."""
    if not COPY or COPY in databases():
        return
    ours = connection.settings_dict["NAME"]
    # PostgreSQL copies only what nobody is connected to.
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{COPY}" TEMPLATE "{ours}"')


def databases():
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def end_connections():
    """End what still holds the test database, which cannot be deleted meanwhile.

    Gives the last statement of each such connection: a thread that a test left behind.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        for _try in range(20):
            cursor.execute(f"SELECT query {OTHERS}")
            if not (left := cursor.fetchall()):
                break
            time.sleep(0.1)
        cursor.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")
    return [query for (query,) in left]
