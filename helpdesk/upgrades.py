"""What an upgrade would do to this database, and what stands in its way: for `check_upgrade`."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor

from helpdesk import checks
from schema.forecast import CLOSED, ROW_BYTES, WRITERS, Forecast, Step

# A transaction that is older holds up an index, or a change of its table.
LONG_SECONDS = 5
# Longer than this nobody may be kept waiting: a request gives up after four seconds.
MOST_WAIT_SECONDS = 2
# What is left free beside what the migrations need.
SPARE_BYTES = 500_000_000

# A table that was never analysed tells no number of rows, but its size.
TABLE = """
    SELECT (CASE WHEN reltuples < 0 THEN pg_relation_size(oid) / %s ELSE reltuples END)::bigint,
        pg_total_relation_size(oid)
    FROM pg_class WHERE oid = to_regclass(%s)
"""
LONG = """
    SELECT pid, extract(epoch FROM now() - xact_start)::int, state,
        coalesce(nullif(application_name, ''), usename), left(query, 80)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start < now() - make_interval(secs => %s)
    ORDER BY xact_start
"""
PROCESSES = """
    SELECT coalesce(nullif(application_name, ''), 'without a name'), count(*)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
    GROUP BY 1 ORDER BY 1
"""
WORK = {
    "changes that tickets follow": "tickets_ticketjob WHERE finished_at IS NULL",
    "recalculations": "tickets_recalculation WHERE finished_at IS NULL",
    "bulk runs": "tickets_bulkrun WHERE finished_at IS NULL",
    "notifications to send": "notifications_notification WHERE state = 'pending'",
}


@dataclass
class Planned:
    """A migration that is not applied yet."""

    name: str
    is_atomic: bool
    steps: list[Step]

    @property
    def most_wait(self):
        """How long somebody may wait for it, at most, in seconds."""
        waits = [step.seconds or 0 for step in self.steps if step.waits in {CLOSED, WRITERS}]
        return sum(waits) if self.is_atomic else max(waits, default=0)


@dataclass
class Findings:
    """Errors keep an upgrade from beginning; warnings are for whoever decides when."""

    planned: list[Planned] = field(default_factory=list)
    tables: dict = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    @property
    def room(self):
        return sum(step.room for each in self.planned for step in each.steps)

    @property
    def seconds(self):
        return sum(step.seconds or 0 for each in self.planned for step in each.steps)


def look(connection):
    """Everything that `check_upgrade` says. Changes nothing."""
    found = Findings()
    for each in [*checks.database(databases=[connection.alias]), *checks.time_zones()]:
        (found.errors if each.is_serious() else found.warnings).append(str(each.msg))
    if connection.connection is None:
        return found
    _look_at_server(connection, found)
    found.planned = _planned(connection, found.tables)
    _look_at_plan(found)
    _look_at_room(connection, found)
    _look_at_people(connection, found)
    return found


def _asked(connection, sql, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _look_at_server(connection, found):
    version = connection.pg_version
    found.facts.append(f"PostgreSQL {version // 10000}.{version % 10000}")
    [(is_standby, read_only)] = _asked(
        connection, "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')"
    )
    if is_standby or read_only == "on":
        found.errors.append("The database takes no writes: it is a standby, or set to read only.")
    invalid = _asked(
        connection, "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
    )
    found.warnings += [
        f"The index {name} is half made, by a migration that was cut off: `migrate` mends it, or "
        f"DROP INDEX CONCURRENTLY {name}"
        for (name,) in invalid
    ]


def _planned(connection, tables):
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = executor.loader.project_state(list(executor.loader.applied_migrations))

    def rows(table):
        if table not in tables:
            tables[table] = next(iter(_asked(connection, TABLE, [ROW_BYTES, table])), None)
        return tables[table][0] if tables[table] else None

    forecast = Forecast(connection, rows)
    return [
        Planned(
            f"{migration.app_label}.{migration.name}",
            migration.atomic,
            list(forecast.steps(migration, state)),
        )
        for migration, _backwards in plan
    ]


def _look_at_plan(found):
    for each in found.planned:
        if each.most_wait > MOST_WAIT_SECONDS:
            found.warnings.append(
                f"{each.name} keeps people waiting for about {each.most_wait:.0f} s: "
                "run it when few are there."
            )
        if not all(step.serves for step in each.steps):
            found.warnings.append(
                f"{each.name} takes away what the previous release may use: all of its processes "
                "have to be stopped first, unless the release notes say that it does without."
            )


def _look_at_room(connection, found):
    [(size, folder)] = _asked(
        connection,
        "SELECT pg_database_size(current_database()), current_setting('data_directory', true)",
    )
    found.facts.append(f"the database has {megabytes(size)}")
    free = _free(folder)
    if free is None:
        found.warnings.append(
            "The disk of the database cannot be seen from here (it is another machine's, or closed "
            f"to this account): it needs {megabytes(found.room + SPARE_BYTES)} free."
        )
    elif free < found.room + SPARE_BYTES:
        found.errors.append(
            f"The disk of the database has {megabytes(free)} free, and "
            f"{megabytes(found.room + SPARE_BYTES)} are needed."
        )
    else:
        found.facts.append(f"{megabytes(free)} free on its disk")
    for name in ("STATIC_ROOT", "ATTACHMENT_ROOT"):
        free = _free(getattr(settings, name))
        if free is not None and free < SPARE_BYTES:
            found.errors.append(f"The disk of {name} has {megabytes(free)} free.")


def _free(folder):
    """Bytes free where a folder is, or None where that cannot be seen."""
    try:
        return shutil.disk_usage(Path(folder)).free if folder else None
    except OSError:
        return None


def _look_at_people(connection, found):
    for pid, seconds, state, who, query in _asked(connection, LONG, [LONG_SECONDS]):
        found.warnings.append(
            f"A transaction has been open for {seconds} s, and whatever changes its tables waits "
            f"for it: process {pid} of the database, {who}, {state}: {' '.join(query.split())}"
        )
    releases = _asked(connection, PROCESSES)
    found.facts.append(
        "connected: " + (", ".join(f"{name} ({count})" for name, count in releases) or "nobody")
    )
    ours = {name for name, _count in releases if name.startswith("helpdesk ")}
    if len(ours) > 1:
        found.warnings.append(f"Processes of two releases are running: {', '.join(sorted(ours))}.")
    for name, rows in WORK.items():
        try:
            [(count,)] = _asked(connection, f"SELECT count(*) FROM {rows}")  # noqa: S608
        except DatabaseError:
            continue  # not in the tables of that release
        if count:
            found.facts.append(f"{count} {name}; they go on after the upgrade")


def megabytes(size):
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
