"""Tickets that are put away, and those that are back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from schema.operations import AddConstraintNotValid


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0012_fill_absences"),
        ("tickets", "0053_split_relations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="returned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="snoozed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="snoozed by",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="snoozed_for_message",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ticket",
            name="snoozed_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="snoozed until"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="queue_band",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "Returned"),
                    (1, "Due"),
                    (2, "Waiting, no commitment"),
                    (3, "Our turn"),
                    (4, "Awaiting customer"),
                    (5, "Snoozed"),
                    (9, "Closed"),
                ]
            ),
        ),
        AddConstraintNotValid(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("snoozed_by__isnull", True),
                        ("snoozed_until__isnull", True),
                        models.Q(("queue_band", 5), _negated=True),
                    ),
                    models.Q(
                        ("snoozed_by__isnull", False),
                        ("snoozed_until__isnull", False),
                        ("queue_band", 5),
                        ("status__in", ["awaiting_response", "in_progress"]),
                    ),
                    _connector="OR",
                ),
                name="ticket_snoozed_is_ours",
            ),
        ),
    ]
