"""The indexes by which open tickets are sorted by the columns of the queue."""

import datetime

import django.db.models.functions.comparison
from django.db import migrations, models

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0058_saved_views")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("title_place"),
                models.F("id"),
                condition=models.Q(("status", "closed"), _negated=True),
                name="ticket_open_by_title",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                models.Case(
                    models.When(priority="critical", then=models.Value(0)),
                    models.When(priority="urgent", then=models.Value(1)),
                    models.When(priority="high", then=models.Value(2)),
                    models.When(priority="normal", then=models.Value(3)),
                    models.When(priority="low", then=models.Value(4)),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("queue_band"),
                models.F("queue_rank"),
                models.F("queue_at"),
                models.F("id"),
                condition=models.Q(("status", "closed"), _negated=True),
                name="ticket_open_by_priority",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                models.Case(
                    models.When(status="awaiting_response", then=models.Value(0)),
                    models.When(status="in_progress", then=models.Value(1)),
                    models.When(status="awaiting_customer", then=models.Value(2)),
                    models.When(status="closed", then=models.Value(3)),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("queue_band"),
                models.F("queue_rank"),
                models.F("queue_at"),
                models.F("id"),
                condition=models.Q(("status", "closed"), _negated=True),
                name="ticket_open_by_status",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "waiting_since",
                    models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                    output_field=models.DateTimeField(),
                ),
                models.F("id"),
                condition=models.Q(("status", "closed"), _negated=True),
                name="ticket_open_by_waiting",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "waiting_since",
                    models.Value(datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                    output_field=models.DateTimeField(),
                ),
                models.F("id"),
                condition=models.Q(("status", "closed"), _negated=True),
                name="ticket_open_by_waiting_falling",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("public_updated_at"),
                models.F("id"),
                condition=models.Q(("status", "closed"), _negated=True),
                name="ticket_open_by_updated",
            ),
        ),
    ]
