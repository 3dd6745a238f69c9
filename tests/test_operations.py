"""Operations of migrations that were interrupted and are run again."""

import threading
import time

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from schema.operations import AddIndex, AlterFieldWithoutIndex, RemoveIndex

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="Only PostgreSQL makes indexes beside writers."
    ),
]
INDEX = models.Index(fields=["name"], name="tag_of_a_test")


def run(operation):
    before = ProjectState.from_apps(apps)
    if isinstance(operation, RemoveIndex):
        AddIndex("tag", INDEX).state_forwards("tickets", before)
    after = before.clone()
    operation.state_forwards("tickets", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("tickets", editor, before, after)


def is_valid():
    """Whether the index is whole; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX.name]
        )
        row = cursor.fetchone()
    return row and row[0]


@pytest.fixture
def index():
    run(AddIndex("tag", INDEX))
    yield
    run(RemoveIndex("tag", INDEX.name))


@pytest.mark.usefixtures("index")
def test_an_index_that_is_there_does_not_stop_the_migration():
    run(AddIndex("tag", INDEX))

    assert is_valid()


@pytest.mark.usefixtures("index")
def test_half_an_index_is_made_whole():
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)",
            [INDEX.name],
        )

    run(AddIndex("tag", INDEX))

    assert is_valid()


@pytest.mark.usefixtures("index")
def test_an_index_that_is_gone_does_not_stop_the_migration():
    run(RemoveIndex("tag", INDEX.name))
    run(RemoveIndex("tag", INDEX.name))

    assert is_valid() is None


@pytest.fixture
def other():
    """Another session, in a transaction that has read the table."""
    given = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password")
    with psycopg.connect(**{name: given[name] for name in names if given.get(name)}) as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        session.execute("SELECT count(*) FROM tickets_tag")
        yield session


WAITS = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'virtualxid' AND NOT granted
        AND pid = (SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%%'
            AND datname = current_database() AND pid <> pg_backend_pid())
"""


def test_an_index_waits_for_older_transactions_as_long_as_they_take(other):
    """Cut off by the limits of requests it would be left half made."""

    def end_when_it_waits():
        end = time.monotonic() + 20
        while not other.execute(WAITS).fetchone()[0] and time.monotonic() < end:
            other.execute("SELECT pg_sleep(0.02)")
        other.rollback()

    ending = threading.Thread(target=end_when_it_waits)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1ms'; SET statement_timeout = '10ms'")
    ending.start()
    try:
        run(AddIndex("tag", INDEX))
    finally:
        ending.join()
        connection.close()

    assert is_valid()
    run(RemoveIndex("tag", INDEX.name))


def names_of_keys(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid, conname FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        )
        return sorted(cursor.fetchall())


def test_the_index_of_a_foreign_key_goes_and_the_key_stays():
    keys = names_of_keys("tickets_ticketlink")
    field = apps.get_model("tickets.TicketLink")._meta.get_field("created_by").clone()
    field.db_index = False
    operation = AlterFieldWithoutIndex("ticketlink", "created_by", field)
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation.state_forwards("tickets", after)

    def has_index():
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, "tickets_ticketlink")
        return any(
            each["index"] and each["columns"] == ["created_by_id"] for each in constraints.values()
        )

    seen = [has_index()]
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("tickets", editor, before, after)
        seen.append(has_index())
        operation.database_backwards("tickets", editor, after, before)
        seen.append(has_index())

    assert seen == [True, False, True]
    assert names_of_keys("tickets_ticketlink") == keys
