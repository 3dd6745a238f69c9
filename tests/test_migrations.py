"""What a migration may do to a large table: nothing that locks it while it is read through.

Rows of the desk are in the millions, and people work while a migration runs. An index is made
with `AddIndex` of `schema/operations.py`, a constraint is added NOT VALID and validated in a
migration of its own, a new column is empty or has a default, and no column changes its name: the
previous release uses it until it is replaced.
"""

import ast
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, NotInTransactionMixin
from django.db import connection, models
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    RenameField,
    SeparateDatabaseAndState,
)
from django.db.migrations.state import ModelState, ProjectState

from schema.operations import AddConstraintNotValid
from schema.operations import AddIndex as AddIndexWithoutLock

OURS = (
    *("api", "intake", "moving", "notifications", "organizations", "plans", "tickets"),
    "webhooks",
)
LARGE = {
    *("ticket", "message", "attachment", "event", "clock", "clockchange", "rating", "watcher"),
    *("notification", "accountmail"),
}
# Made before any desk was large.
EARLIER = {
    "notifications.0002_initial",
    "notifications.0003_account_mail_language_and_key",
    "tickets.0002_constrain_awaiting_customer",
    "tickets.0003_index_large_lists",
    "tickets.0004_let_clocks_pause",
    "tickets.0006_constrain_sums_of_clocks",
    "tickets.0010_recalculate_clocks",
    "tickets.0013_index_dues_of_clocks",
    "tickets.0017_index_the_list",
    "tickets.0019_index_falling_dues",
    "tickets.0020_thumbnail_by_worker",
}


@cache
def migrations():
    """{"tickets.0001_initial": the migration} of our apps, each after what it depends on."""
    loader = MigrationLoader(None)
    graph = loader.graph
    plan = dict.fromkeys(
        key for leaf in sorted(graph.leaf_nodes()) for key in graph.forwards_plan(leaf)
    )
    return {".".join(key): graph.nodes[key] for key in plan}


@cache
def faults():
    """{name of a migration: what it does that locks a large table}."""
    state, found = ProjectState(real_apps=set()), {}
    for name, migration in migrations().items():
        if migration.app_label in OURS:
            found[name] = faults_of(migration, state)
        migration.mutate_state(state, preserve=False)
    return {name: wrong for name, wrong in found.items() if wrong}


def faults_of(migration, state):
    """What the operations of `migration`, applied to `state`, do to large tables there are."""
    state = state.clone()
    operations = list(of_database(migration.operations))
    created = {each.name.lower() for each in operations if isinstance(each, CreateModel)}
    wrong = []
    for operation in operations:
        table = getattr(operation, "model_name", "").lower()
        if table in LARGE - created:
            before = state.models[migration.app_label, table].fields
            wrong += [f"{table}: {fault}" for fault in faults_of_operation(operation, before)]
        if isinstance(operation, NotInTransactionMixin) and migration.atomic:
            wrong.append(f"{table}: CONCURRENTLY needs atomic = False")
        operation.state_forwards(migration.app_label, state)
    return wrong


def of_database(operations):
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from of_database(operation.database_operations)
        else:
            yield operation


def faults_of_operation(operation, before):
    """Faults of an operation on a table that is there and has the fields `before`."""
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid():
            pass
        case AddIndex():
            yield f"{operation.index.name} is made without CONCURRENTLY"
        case AddConstraint():
            yield f"{operation.constraint.name} is checked on all rows under a lock"
        case AddField():
            yield from faults_of_new_field(operation)
        case AlterField():
            yield from faults_of_change(operation, before[operation.name])
        case RenameField():
            if not before[operation.old_name].db_column:
                yield f"{operation.old_name} is asked for by the previous release"


def faults_of_new_field(operation):
    field = operation.field
    if has_index(field):
        yield f"{operation.name} has an index made without CONCURRENTLY"
    if not (field.null or field.many_to_many or has_default(field)):
        yield f"{operation.name} is NOT NULL without a default"


def faults_of_change(operation, before):
    after = operation.field
    if before.null and not after.null:
        yield f"{operation.name} becomes NOT NULL under a lock"
    if has_index(after) and not has_index(before):
        yield f"{operation.name} gets an index made without CONCURRENTLY"


def has_index(field):
    return field.db_index or field.unique


def has_default(field):
    return field.has_default() or field.db_default is not models.NOT_PROVIDED


@pytest.mark.parametrize("app", OURS)
def test_no_new_migration_locks_a_large_table(app):
    new = {name: wrong for name, wrong in faults().items() if name not in EARLIER}

    assert not {name: wrong for name, wrong in new.items() if name.startswith(f"{app}.")}


def test_every_exception_is_one():
    assert faults().keys() >= EARLIER


def test_large_tables_are_tables_of_ours():
    ours = [model for app in OURS for model in apps.get_app_config(app).get_models()]

    assert {model._meta.model_name for model in ours} >= LARGE


TEXT = models.CharField(max_length=9)
EMPTY = models.CharField(max_length=9, null=True)
FIELDS = {"word": EMPTY, "kept": models.CharField(max_length=9, db_column="kept")}
ROW = models.ForeignKey("tickets.Ticket", models.CASCADE, null=True)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (AddIndex("ticket", models.Index(fields=["title"], name="by_title")), "by_title"),
        (AddConstraint("ticket", models.UniqueConstraint(fields=["title"], name="once")), "once"),
        (AddField("ticket", "word", TEXT), "NOT NULL"),
        (AddField("ticket", "other", ROW), "index"),
        (AlterField("ticket", "word", TEXT), "NOT NULL"),
        (AlterField("ticket", "word", models.CharField(db_index=True, null=True)), "index"),
        (RenameField("ticket", "word", "text"), "previous release"),
    ],
)
def test_what_locks_is_found(operation, fault):
    assert fault in " ".join(faults_of_operation(operation, FIELDS))


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("ticket", models.Index(fields=["title"], name="by_title")),
        AddField("ticket", "word", EMPTY),
        AddField("ticket", "word", models.CharField(default="")),
        AlterField("ticket", "word", EMPTY),
        RenameField("ticket", "kept", "text"),
    ],
)
def test_what_does_not_lock_is_left_alone(operation):
    assert not list(faults_of_operation(operation, FIELDS))


IN_MEMORY = {**connection.settings_dict, "NAME": ":memory:", "OPTIONS": {}}


def sql_of(operation, database):
    """The statements of `operation` and of its reversal on `database`, which does not change."""
    before = ProjectState(real_apps=set())
    before.add_model(ModelState("tickets", "Ticket", [("id", models.AutoField(primary_key=True))]))
    after = before.clone()
    operation.state_forwards("tickets", after)
    with database.schema_editor(collect_sql=True, atomic=False) as editor:
        operation.database_forwards("tickets", editor, before, after)
        operation.database_backwards("tickets", editor, after, before)
    return editor.collected_sql


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("database", "word"),
    [(connection, "INDEX CONCURRENTLY"), (SQLite(IN_MEMORY), "INDEX")],
    ids=["PostgreSQL", "SQLite"],
)
def test_an_index_is_made_without_a_lock_on_postgresql_and_plainly_elsewhere(database, word):
    if database is connection and connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own form")
    operation = AddIndexWithoutLock("ticket", models.Index(fields=["id"], name="by_id"))

    made, removed = sql_of(operation, database)

    assert made.startswith(f'CREATE {word} "by_id"')
    assert removed.startswith(f"DROP {word} ")


def test_no_migration_defines_an_operation_of_its_own():
    """Copies drift apart: what two migrations need is in `schema/operations.py`."""
    paths = Path(settings.BASE_DIR).glob("*/migrations/*.py")
    own = {
        f"{path.parent.parent.name}.{path.stem}: {node.name}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.bases and node.name != "Migration"
    }

    assert own == set()
