"""PgBouncer between the product and its database, sharing connections by transaction."""

import contextlib
import os
import shutil
import socket
import subprocess
from copy import deepcopy

import pytest
from django.db import connection, connections
from servers import die_with_parent, stop_process, throwaway_folder, unprivileged, wait_until

from helpdesk.database_settings import configure_connections
from organizations.models import User
from tests.factories import make_user
from tests.s3 import free_port

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH')}:/usr/sbin")
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed"),
]
SETTINGS = """
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 2
ignore_startup_parameters = options
"""


@contextlib.contextmanager
def pgbouncer(server, user):
    """The port of one that shares two connections."""
    port = free_port()
    with throwaway_folder() as folder:
        users, settings, log = folder / "users", folder / "pgbouncer.ini", folder / "log"
        users.write_text(f'"{user}" ""\n')
        settings.write_text(SETTINGS.format(server=server, port=port, users=users))
        prefix = unprivileged()[0] if os.geteuid() == 0 else []
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*prefix, PGBOUNCER, settings],
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - before any thread of the test
            )
        try:
            wait_until(lambda: _answers(port), process, log)
            yield port
        finally:
            stop_process(process)


def _answers(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def pooled(transactional_db):
    """Two connections of the product that reach the database through the pooler."""
    given = connection.settings_dict
    if connection.vendor != "postgresql" or given["PASSWORD"]:
        pytest.skip("of a PostgreSQL that trusts its neighbours")
    host = given["HOST"] or given["OPTIONS"].get("host", "/var/run/postgresql")
    server = f"host={host} port={given['PORT'] or 5432}"
    with pgbouncer(server, given["USER"]) as port:
        names = ["pooled", "beside"]
        for name in names:
            made = deepcopy(given) | {"HOST": "127.0.0.1", "PORT": port, "OPTIONS": {}}
            configure_connections(made, max_age=60, keeps_plans=False)
            connections.databases[name] = made
            connections[name].connect()
        yield [connections[name] for name in names]
        for name in names:
            connections[name].close()
            del connections[name]
            del connections.databases[name]


def test_nothing_is_expected_of_a_connection_after_a_transaction(pooled):
    ours, beside = pooled
    people = [make_user(f"person{number}@pars.example") for number in range(6)]
    read = User.objects.using("pooled").order_by("pk").iterator(chunk_size=1)
    found, backends = [], set()

    with beside.cursor() as other, ours.cursor() as cursor:
        for turn in range(6):
            # Every other time somebody else has the connection that was used last.
            beside.set_autocommit(False)
            if turn % 2 == 0:
                other.execute("SELECT 1")
            found.append(next(read))
            cursor.execute("SELECT pg_backend_pid(), %s", [turn])
            backends.add(cursor.fetchone()[0])
            beside.rollback()
            beside.set_autocommit(True)

    assert found == people
    assert len(backends) == 2
