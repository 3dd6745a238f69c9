"""`manage.py migrate` on a PostgreSQL that others use, or that cannot be changed."""

import io

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate as of_django
from django.db import OperationalError, connection
from psycopg import errors

from helpdesk.management.commands import migrate

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL"),
]


def run():
    output = io.StringIO()
    call_command("migrate", stderr=output, stdout=output, interactive=False, verbosity=0)
    return output.getvalue()


@pytest.fixture
def other():
    """Another session of the same database."""
    given = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password")
    with psycopg.connect(**{name: given[name] for name in names if given.get(name)}) as session:
        yield session


def failing(monkeypatch, error, *, times):
    """Have the migrations fail so often, by what PostgreSQL says; gives how often they were run."""
    tries = []

    def handle(self, *args, **options):
        tries.append(True)
        if len(tries) <= times:
            raise OperationalError(str(error)) from error

    monkeypatch.setattr(of_django.Command, "handle", handle)
    monkeypatch.setattr(migrate.time, "sleep", lambda _seconds: None)
    return tries


def test_a_table_that_is_in_use_is_tried_again(monkeypatch, other):
    tries = failing(monkeypatch, errors.DeadlockDetected("deadlock detected"), times=2)

    output = run()

    assert len(tries) == 3
    assert output.count("in use; tried again") == 2


def test_a_table_that_stays_in_use_ends_with_a_sentence(monkeypatch):
    failing(monkeypatch, errors.LockNotAvailable("lock timeout"), times=migrate.TRIES)

    with pytest.raises(CommandError, match="A table was in use"):
        run()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errors.DiskFull("could not extend file"), "no room left"),
        (errors.ReadOnlySqlTransaction("cannot execute"), "takes no writes"),
        (errors.InsufficientPrivilege("must be owner"), "has to own them"),
        (errors.AdminShutdown("terminating connection"), "stopped on the way"),
    ],
)
def test_what_an_operator_mends_is_named_in_a_sentence(monkeypatch, error, sentence):
    failing(monkeypatch, error, times=1)

    with pytest.raises(CommandError, match=sentence) as refused:
        run()

    assert "goes on from there" in str(refused.value)


def test_two_at_once_run_one_after_the_other(monkeypatch, other):
    other.execute("SELECT pg_advisory_lock(%s, %s)", migrate.TURN)
    waits = []

    def wait(_seconds):
        waits.append(True)
        other.execute("SELECT pg_advisory_unlock(%s, %s)", migrate.TURN)

    monkeypatch.setattr(migrate.time, "sleep", wait)
    output = run()

    assert waits == [True]
    assert output.count("waiting for it") == 1


def test_the_limits_of_requests_hold_again_afterwards():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()

    run()

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == before
