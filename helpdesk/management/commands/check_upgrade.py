"""`manage.py check_upgrade`: what `migrate` would do, to whom, for how long. Changes nothing."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections

from helpdesk.upgrades import look, megabytes
from schema.forecast import INSTANT, NOBODY

# For scripts: something has to be mended first.
STOP = 1


class Command(BaseCommand):
    help = (
        "Say what the migrations of this code would do to the database, whom that keeps waiting "
        "and for about how long, and what stands in the way. Ends with 1 where an upgrade should "
        "not begin. Run it with the new code while the previous release serves."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(self, database, **options):
        connection = connections[database]
        if connection.vendor != "postgresql":
            raise CommandError("Only a PostgreSQL serves while it is changed; stop everything.")
        found = look(connection)
        if found.facts:
            self.stdout.write("; ".join(found.facts) + ".")
            self._write_plan(found)
        for warning in found.warnings:
            self.stdout.write(f"Warning: {warning}")
        for error in found.errors:
            self.stdout.write(f"Error: {error}")
        if found.errors:
            self.stdout.write("Do not upgrade before this is mended.")
            sys.exit(STOP)

    def _write_plan(self, found):
        if not found.planned:
            self.stdout.write("No migration is left to do.")
            return
        for each in found.planned:
            self.stdout.write(f"\n{each.name}")
            for step in each.steps:
                self.stdout.write(f"  {self._line(step, found.tables)}")
        unknown = sum(step.seconds is None for each in found.planned for step in each.steps)
        more = f", and {unknown} steps that depend on the rows" if unknown else ""
        self.stdout.write(
            f"\n{len(found.planned)} migrations, about {found.seconds:.0f} s of work{more}; "
            f"{megabytes(found.room)} of room. While they run the previous release serves, unless "
            "a warning says otherwise."
        )

    def _line(self, step, tables):
        line = step.words
        if rows_and_size := tables.get(step.table):
            rows, size = rows_and_size
            line += f" [{step.table}, {rows:,} rows, {megabytes(size)}]"
        is_long = step.seconds is None or step.seconds >= 1
        waits = step.waits if is_long or step.waits == NOBODY else INSTANT
        return f"{line}: {waits}{self._time(step.seconds)}"

    @staticmethod
    def _time(seconds):
        if seconds is None:
            return ", for as long as its rows take"
        return f", about {seconds:.0f} s" if seconds >= 1 else ""
