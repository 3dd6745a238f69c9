"""Trigram indexes of what is searched. Only PostgreSQL has them; SQLite reads the text itself."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# The name, the table and the column of each.
INDEXES = [
    ("ticket_title_trigrams", "tickets_ticket", "title_folded"),
    ("message_text_trigrams", "tickets_message", "body_folded"),
]


def create(apps, schema_editor):
    """Without a lock that writers wait for; may be run again, also after half an index."""
    if schema_editor.connection.vendor != "postgresql":
        return
    # Large tables take minutes, and requests that began before are waited for.
    schema_editor.execute("SET statement_timeout = 0")
    schema_editor.execute("SET lock_timeout = 0")
    for name, table, column in INDEXES:
        if _is_invalid(schema_editor, name):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY {name}")
        # A short pending list: what waits in it is read by each search.
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} "
            f"USING gin (replace({column}, ' ', '') gin_trgm_ops) "
            "WITH (gin_pending_list_limit = 512)"
        )
        # The planner learns how common words are in an expression only by this.
        schema_editor.execute(f"ANALYZE {table}")
    schema_editor.execute("RESET statement_timeout")
    schema_editor.execute("RESET lock_timeout")


def _is_invalid(schema_editor, name):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [name]
        )
        return cursor.fetchone() is not None


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, _table, _column in INDEXES:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0029_event_kinds")]

    operations = [TrigramExtension(), migrations.RunPython(create, drop)]
