import datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0016_fill_list_columns"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization"),
                models.F("title_place"),
                models.F("id"),
                name="ticket_list_by_title",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization"),
                models.Case(
                    models.When(priority="low", then=models.Value(0)),
                    models.When(priority="normal", then=models.Value(1)),
                    models.When(priority="high", then=models.Value(2)),
                    models.When(priority="urgent", then=models.Value(3)),
                    models.When(priority="critical", then=models.Value(4)),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("id"),
                name="ticket_list_by_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization"),
                models.Case(
                    models.When(category="activation", then=models.Value(0)),
                    models.When(category="technical", then=models.Value(1)),
                    models.When(category="financial", then=models.Value(2)),
                    models.When(category="sales", then=models.Value(3)),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("id"),
                name="ticket_list_by_category",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization"),
                models.Case(
                    models.When(status="awaiting_response", then=models.Value(0)),
                    models.When(status="in_progress", then=models.Value(1)),
                    models.When(status="awaiting_customer", then=models.Value(2)),
                    models.When(status="closed", then=models.Value(3)),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("id"),
                name="ticket_list_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization"),
                models.F("support_spoke_last"),
                models.F("id"),
                name="ticket_list_by_speaker",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization"),
                Coalesce(
                    "due_at",
                    models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                    output_field=models.DateTimeField(),
                ),
                models.F("id"),
                name="ticket_list_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["organization", "id"], name="ticket_list_by_number"),
        ),
    ]
