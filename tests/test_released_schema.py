"""An upgrade while the previous release serves: what its migrations lock, and what they break.

The database is brought to the last release (schema/released.toml), then to this one, and each
statement is watched. What a statement says matters less than what the server does about it.
"""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    DeleteModel,
    Migration,
    RemoveField,
    RenameField,
    RunPython,
    RunSQL,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from schema.operations import AddConstraintNotValid
from tests.migration_locks import Schema, Watch
from tests.test_migrations import LARGE, OURS, migrations, of_database

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="Only PostgreSQL tells what it locks."
)
RELEASE = tomllib.loads((Path(settings.BASE_DIR) / "schema/released.toml").read_text("utf-8"))
TABLES = {
    model._meta.db_table
    for app in OURS
    for model in apps.get_app_config(app).get_models()
    if model._meta.model_name in LARGE
}


@pytest.fixture(scope="module")
def upgraded(django_db_setup, django_db_blocker):
    """What was seen, the tables of the last release, and those of now; in another database."""
    usual = connection.settings_dict["NAME"]
    name = f"{usual}_released"
    with django_db_blocker.unblock():
        run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        use(name)
        try:
            found = upgrade()
        finally:
            use(usual)
            run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    return found


def upgrade():
    executor = MigrationExecutor(connection)
    released = list(RELEASE["migrations"].items())
    executor.migrate(released)
    # Apps of others are as old as ours need them.
    before, watch = Schema(), Watch(TABLES)
    executor = MigrationExecutor(connection, watch.started)
    with watch.on():
        executor.migrate(executor.loader.graph.leaf_nodes())
    return watch, before, Schema()


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def use(name):
    connection.close()
    connection.settings_dict["NAME"] = name


@pytest.mark.full
@pytest.mark.django_db
def test_no_migration_since_the_last_release_reads_a_large_table_under_a_lock(upgraded):
    watch, _before, _after = upgraded

    assert watch.faults == {}


@pytest.mark.full
@pytest.mark.django_db
def test_the_last_release_can_write_into_the_tables_of_this_one(upgraded):
    _watch, before, after = upgraded

    assert after.breaks(before) == []


def since_the_release():
    """The migrations that the last release does not have, by name."""
    graph = MigrationExecutor(connection).loader.graph
    released = {
        ".".join(key) for leaf in RELEASE["migrations"].items() for key in graph.forwards_plan(leaf)
    }
    ours = {name: each for name, each in migrations().items() if each.app_label in OURS}
    return {name: each for name, each in ours.items() if name not in released}


def moves_rows_at_once(migration):
    """Whether it holds what it changes until all is changed."""
    return any(
        isinstance(operation, RunPython)
        and (migration.atomic if operation.atomic is None else operation.atomic)
        for operation in of_database(migration.operations)
    )


@pytest.mark.django_db
def test_rows_are_moved_in_transactions_of_their_own():
    assert [name for name, each in since_the_release().items() if moves_rows_at_once(each)] == []


def test_a_migration_that_moves_rows_at_once_is_found():
    move = Migration("move", "tickets")
    move.operations = [RunPython(RunPython.noop)]

    assert moves_rows_at_once(move)
    move.atomic = False
    assert not moves_rows_at_once(move)


@pytest.mark.django_db
def test_the_last_release_is_named_in_full():
    """Its migrations are there, and there are no later ones of the same release."""
    known = MigrationExecutor(connection).loader.graph.nodes

    assert RELEASE["migrations"].items() <= set(known)
    assert re.fullmatch("[0-9a-f]{40}", RELEASE["commit"])


# --- Tried on what is wrong -------------------------------------------------------------------


def person(**options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


TITLE = models.CheckConstraint(condition=~models.Q(title="none"), name="title_is_some")
ONCE = models.UniqueConstraint(fields=["name"], name="name_once")
TEXT = models.CharField(max_length=9)


def effect_of(operation):
    """(faults of its locks, what it breaks for who wrote into the tables before); rolled back."""
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation.state_forwards("tickets", after)
    watch, earlier = Watch(TABLES), Schema()
    with transaction.atomic(), watch.on():
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("tickets", editor, before, after)
        broken = Schema().breaks(earlier)
        transaction.set_rollback(True)
    return "; ".join(watch.faults.get("", [])), "; ".join(broken)


@pytest.mark.full
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (AddIndex("ticket", models.Index(fields=["title"], name="by_title")), "CREATE INDEX"),
        (AddConstraint("ticket", TITLE), "ADD CONSTRAINT"),
        (AddField("ticket", "other", models.BooleanField(db_index=True, null=True)), "INDEX"),
        (AlterField("message", "body", models.CharField(max_length=9)), "ALTER COLUMN"),
        (AlterField("ticket", "due_at", models.DateTimeField()), "SET NOT NULL"),
        (AlterField("ticket", "opened_by", person()), "read through"),
        (RunSQL("LOCK tickets_event; LOCK tickets_ticket"), "closed in one transaction"),
    ],
)
def test_what_keeps_people_waiting_is_found(operation, fault):
    locks, _broken = effect_of(operation)

    assert fault in locks


@pytest.mark.full
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (AddField("tag", "other", models.CharField(max_length=9, default="")), "no default in"),
        (AlterField("ticket", "due_at", models.DateTimeField()), "due_at is required now"),
        (AlterField("tag", "name", TEXT), "name has another type"),
        (AddConstraint("tag", ONCE), "break the rule name_once"),
        (RemoveField("tag", "colour"), "tag.colour is gone"),
        (RenameField("tag", "colour", "tint"), "tag.colour is gone"),
        (DeleteModel("TicketMerge"), "ticketmerge.id is gone"),
    ],
)
def test_what_the_previous_release_cannot_live_with_is_found(operation, fault):
    _locks, broken = effect_of(operation)

    assert fault in broken


@pytest.mark.full
@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation",
    [
        AddField("ticket", "other", models.CharField(max_length=9, null=True)),
        AddField("ticket", "other", models.CharField(max_length=9, db_default="")),
        AddField("ticket", "other", person(null=True, db_index=False)),
        AddConstraintNotValid(
            "event", models.CheckConstraint(condition=~models.Q(kind="none"), name="kind_is_some")
        ),
    ],
)
def test_what_keeps_nobody_waiting_is_left_alone(operation):
    locks, _broken = effect_of(operation)

    assert locks == ""
