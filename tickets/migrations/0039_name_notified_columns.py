"""Name what a scan has notified of as the glossary does; the columns stay as they are."""

from django.db import migrations, models
from django.db.models import Q

NAMES = {
    "breach_told_at": "breach_notified_at",
    "due_soon_told_at": "due_soon_notified_at",
    "escalation_told_at": "escalation_notified_at",
}
INDEXES = {
    "clock_scan_breach": ("due_at", "breach_notified_at"),
    "clock_scan_due_soon": ("due_soon_at", "due_soon_notified_at"),
    "clock_scan_escalation": ("escalate_at", "escalation_notified_at"),
}


def renamed(old, new):
    """Give the field its column by name, then rename it: neither changes the database."""
    field = models.DateTimeField(blank=True, null=True, db_column=old)
    yield migrations.AlterField(model_name="clock", name=old, field=field)
    yield migrations.RenameField(model_name="clock", old_name=old, new_name=new)


def partial_index(name, field, notified):
    condition = Q(**{f"{notified}__isnull": True, "stopped_at__isnull": True})
    return models.Index(fields=[field], condition=condition, name=name)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0038_index_escalation")]

    operations = [
        *(operation for old, new in NAMES.items() for operation in renamed(old, new)),
        # The indexes of the database name the same columns as before.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                operation
                for name, fields in INDEXES.items()
                for operation in (
                    migrations.RemoveIndex(model_name="clock", name=name),
                    migrations.AddIndex("clock", partial_index(name, *fields)),
                )
            ]
        ),
    ]
