"""Watches what statements of a migration really do to a PostgreSQL: locks, scans, columns."""

import re
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

# The weakest of these lets people read and not write; the last lets nobody do either.
STOPPING = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}

# A small or new table that refers to a large one finds the few rows by the key of the large one.
REFERENCE = re.compile(r'ALTER TABLE "(\w+)" ADD CONSTRAINT .* FOREIGN KEY')

HELD = """
    SELECT relation::regclass::text, array_agg(mode) FROM pg_locks
    WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
        AND relation::regclass::text = ANY(%s)
    GROUP BY relation
"""
# Counted by the session; a transaction before may still be in it.
SCANS = "SELECT relname, pg_stat_get_xact_numscans(oid) FROM pg_class WHERE relname = ANY(%s)"
COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable = 'YES',
        column_default IS NOT NULL OR is_identity = 'YES'
    FROM information_schema.columns WHERE table_schema = 'public'
"""
RULES = """
    SELECT constrained.relname, named.conname, array_agg(attname::text)
    FROM pg_constraint AS named
    JOIN pg_class AS constrained ON constrained.oid = named.conrelid
    JOIN pg_attribute ON attrelid = named.conrelid AND attnum = ANY(named.conkey)
    WHERE named.contype IN ('c', 'u')
    GROUP BY constrained.relname, named.conname
"""


class Watch:
    """The faults of each migration, by its name, as its statements are seen."""

    def __init__(self, large):
        self.large, self.faults, self.migration = sorted(large), {}, ""
        self._is_looking = False

    def started(self, action, migration=None, fake=False):
        """What the executor calls."""
        if action == "apply_start":
            self.migration = f"{migration.app_label}.{migration.name}"

    @contextmanager
    def on(self):
        with connection.execute_wrapper(self._run):
            yield self

    def _run(self, execute, sql, params, many, context):
        if self._is_looking or "CONCURRENTLY" in sql.upper():
            return execute(sql, params, many, context)
        # One statement by itself is kept open for long enough to look at it.
        alone = nullcontext() if connection.in_atomic_block else transaction.atomic()
        with alone:
            before = self._asked(SCANS)
            result = execute(sql, params, many, context)
            self._look(sql, before)
        return result

    def _asked(self, question):
        self._is_looking = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(question, [self.large])
                return dict(cursor.fetchall())
        finally:
            self._is_looking = False

    def _look(self, sql, scans_before):
        held = {table: STOPPING & set(modes) for table, modes in self._asked(HELD).items()}
        scans = self._asked(SCANS)
        refers = REFERENCE.match(sql)
        for table in (table for table, modes in held.items() if modes):
            is_read = scans[table] > scans_before.get(table, 0)
            if is_read and not (refers and refers[1] not in self.large):
                self._note(f"{table} is read through while it is locked: {sql[:150]}")
        closed = sorted(table for table, modes in held.items() if "AccessExclusiveLock" in modes)
        if len(closed) > 1:
            self._note(f"closed in one transaction: {', '.join(closed)}")

    def _note(self, fault):
        of_migration = self.faults.setdefault(self.migration, [])
        if fault not in of_migration:
            of_migration.append(fault)


class Schema:
    """The columns and rules of all tables, as they are."""

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute(COLUMNS)
            self.columns = {(table, name): facts for table, name, *facts in cursor.fetchall()}
            cursor.execute(RULES)
            self.rules = {(table, name): set(columns) for table, name, columns in cursor.fetchall()}
        self.tables = {table for table, _name in self.columns}

    def breaks(self, previous):
        """What the code that was written for `previous` cannot live with, a sentence each."""
        gone = previous.columns.keys() - self.columns.keys()
        found = [f"{table}.{name} is gone" for table, name in gone]
        for (table, name), after in self.columns.items():
            if table in previous.tables:
                found += _of_column(f"{table}.{name}", previous.columns.get((table, name)), after)
        for (table, name), columns in self.rules.items():
            known = {column for of, column in previous.columns if of == table}
            if (table, name) not in previous.rules and columns <= known:
                found.append(f"{table}: rows of the previous release may break the rule {name}")
        return sorted(found)


def _of_column(name, before, after):
    kind, length, is_nullable, has_default = after
    if before is None:
        if not (is_nullable or has_default):
            yield f"{name} is required and has no default in the database"
        return
    if kind != before[0] or (length or 0) < (before[1] or 0):
        yield f"{name} has another type"
    if before[2] and not is_nullable:
        yield f"{name} is required now"
    if before[3] and not (has_default or is_nullable):
        yield f"{name} has lost its default"
