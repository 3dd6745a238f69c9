"""The databases of the workers: migrated once, and copied for the others.

`make test` names the copy when the server is its own. Without that each worker migrates.
"""

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

COPY = os.environ.get("TEST_DATABASE_COPY") if "PYTEST_XDIST_WORKER" in os.environ else None


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
    """End what threads of the live server still hold: a browser keeps its connections to that
    open, and each keeps one to the database, which cannot be deleted meanwhile."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
