"""The indexes by which open tickets are sorted by the names of organizations and assignees."""

from django.db import migrations, models

from schema.operations import AddIndex

THEN = [models.F(name) for name in ("queue_band", "queue_rank", "queue_at", "id")]
IS_OPEN = models.Q(("status", "closed"), _negated=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0063_fill_places_by_name")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization_place"),
                *THEN,
                condition=IS_OPEN,
                name="ticket_open_by_organization",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("assignee_place"),
                *THEN,
                condition=IS_OPEN,
                name="ticket_open_by_assignee",
            ),
        ),
    ]
