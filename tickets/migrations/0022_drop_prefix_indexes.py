import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Columns whose own index is the beginning of another one.
COLUMNS = [
    ("Clock", "ticket"),
    ("Event", "ticket"),
    ("Message", "author"),
    ("Message", "ticket"),
    ("Ticket", "organization"),
    ("Ticket", "requester"),
    ("Watcher", "ticket"),
]


def drop(apps, schema_editor):
    """Nobody waits for it; may be run again."""
    concurrently = _concurrently(schema_editor)
    for _table, name, _column in _indexes(apps, schema_editor):
        schema_editor.execute(f"DROP INDEX {concurrently} IF EXISTS {name}")


def create(apps, schema_editor):
    concurrently = _concurrently(schema_editor)
    for table, name, column in _indexes(apps, schema_editor):
        schema_editor.execute(
            f"CREATE INDEX {concurrently} IF NOT EXISTS {name} ON {table} ({column})"
        )


def _concurrently(schema_editor):
    return "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""


def _indexes(apps, schema_editor):
    """(table, name of the index, column), quoted; the names as the framework makes them."""
    quote = schema_editor.quote_name
    for model_name, field_name in COLUMNS:
        model = apps.get_model("tickets", model_name)
        table, column = model._meta.db_table, model._meta.get_field(field_name).column
        name = schema_editor._create_index_name(table, [column])
        yield quote(table), quote(name), quote(column)


class Migration(migrations.Migration):
    # Indexes are dropped without a lock that others wait for.
    atomic = False

    dependencies = [
        ("organizations", "0004_invitation_history"),
        ("tickets", "0021_ticket_jobs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="clock",
                    name="ticket",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="tickets.ticket",
                    ),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="ticket",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="tickets.ticket",
                    ),
                ),
                migrations.AlterField(
                    model_name="message",
                    name="author",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="message",
                    name="ticket",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="tickets.ticket",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="organization",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="organizations.organization",
                        verbose_name="organization",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="requester",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requested_tickets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requester",
                    ),
                ),
                migrations.AlterField(
                    model_name="watcher",
                    name="ticket",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watchers",
                        to="tickets.ticket",
                    ),
                ),
            ],
            database_operations=[migrations.RunPython(drop, create)],
        ),
    ]
