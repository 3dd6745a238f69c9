"""Operations of migrations that were interrupted and are run again."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from schema.operations import AddIndex, RemoveIndex

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
