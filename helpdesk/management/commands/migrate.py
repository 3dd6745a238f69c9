"""`manage.py migrate`: Django's, one at a time, and giving way to the people who work meanwhile."""

import time
from contextlib import contextmanager

import psycopg
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DatabaseError, connections
from psycopg import errors

# So long a change of a table waits for those who use it, while others wait behind it. Less than a
# request waits, so that none of them fails.
LOCK_SECONDS = 2
# How often it is tried, and the pause in which those who waited are served.
TRIES = 60
PAUSE_SECONDS = 3
# So long a second one waits for the first.
TURN_SECONDS = 3600
# Of all `migrate` of one database one at a time has this lock.
TURN = (7364, 1)

IN_THE_WAY = """
    SELECT pid, extract(epoch FROM now() - xact_start)::int, application_name, left(query, 60)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start < now() - interval '1 second'
    ORDER BY xact_start LIMIT 5
"""


class Command(migrate.Command):
    help = (
        f"{migrate.Command.help} On PostgreSQL one runs at a time, and a table that is in use is "
        "tried again instead of being waited for."
    )

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        if connection.vendor != "postgresql" or connection.in_atomic_block:
            return super().handle(*args, **options)
        try:
            with self._limits(connection), self._turn(connection):
                return self._migrate(connection, *args, **options)
        except DatabaseError as error:
            raise CommandError(self._sentence_of(error)) from error

    def _migrate(self, connection, *args, **options):
        """What was applied stays applied: each try goes on with the migration that gave way."""
        for left in reversed(range(TRIES)):
            try:
                return super().handle(*args, **options)
            except DatabaseError as error:
                if not (_is_in_use(error) and left):
                    raise
                self._say(f" in use; tried again ({self._in_the_way(connection)}) …")
                time.sleep(PAUSE_SECONDS)
        return None

    @contextmanager
    def _limits(self, connection):
        """Limits for a session that changes tables instead of those of requests."""
        options = connection.settings_dict["OPTIONS"]
        usual = options.get("options")
        limits = f"-c lock_timeout={LOCK_SECONDS}s -c statement_timeout=0"
        options["options"] = f"{usual} {limits}" if usual else limits
        connection.close()
        try:
            yield
        finally:
            options["options"] = usual
            if usual is None:
                del options["options"]
            connection.close()

    @contextmanager
    def _turn(self, connection):
        """Wait until no other one runs, by asking: a waiting statement would hold up an index that
        the other makes. The lock ends with the session, however that ends."""
        end, is_announced = time.monotonic() + TURN_SECONDS, False
        while not _take_turn(connection):
            if time.monotonic() > end:
                raise CommandError("Another `migrate` of this database is still running.")
            if not is_announced:
                self._say("Another `migrate` of this database is running; waiting for it …")
            is_announced = True
            time.sleep(1)
        yield

    def _in_the_way(self, connection):
        with connection.cursor() as cursor:
            cursor.execute(IN_THE_WAY)
            found = [
                f"process {pid} of the database, for {seconds} s: {name} {query.split()}"
                for pid, seconds, name, query in cursor.fetchall()
            ]
        return "; ".join(found) or "by short transactions"

    @staticmethod
    def _sentence_of(error):
        what = _kind_of(error)
        again = "What was applied before stays; `migrate` goes on from there when it is run again."
        if what is not None:
            return f"{what} {again}\n{error}"
        return f"{type(error).__name__}: {error}\n{again}"

    def _say(self, line):
        self.stderr.write(line)


def _take_turn(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", TURN)
        return cursor.fetchone()[0]


def _is_in_use(error):
    return isinstance(_cause_of(error), errors.LockNotAvailable | errors.DeadlockDetected)


def _cause_of(error):
    """The error of PostgreSQL; the framework wraps it once or twice."""
    while error is not None and not isinstance(error, psycopg.Error):
        error = error.__cause__ or error.__context__
    return error


def _kind_of(error):
    """A sentence for what an operator mends, or nothing."""
    match _cause_of(error):
        case errors.ReadOnlySqlTransaction():
            return "The database takes no writes: it is a standby, or set to read only."
        case errors.DiskFull() | errors.OutOfMemory():
            return "The machine of the database has no room left: make some, then run it again."
        case errors.LockNotAvailable() | errors.DeadlockDetected():
            return f"A table was in use, {TRIES} times: `check_upgrade` names by whom."
        case errors.InsufficientPrivilege():
            return "The account of DATABASE_URL may not change the tables: it has to own them."
        case errors.AdminShutdown() | errors.CrashShutdown() | errors.CannotConnectNow():
            return "The database was stopped on the way."
    return None
