"""Merges of tickets, and what their messages, links and clocks record of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0009_shortcuts"),
        ("tickets", "0048_tags"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TicketMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("merged_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("before", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "merge of tickets",
                "verbose_name_plural": "merges of tickets",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="message",
            name="written_on",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_tickets",
                to="tickets.ticket",
                verbose_name="merged into",
            ),
        ),
        migrations.AlterField(
            model_name="clockchange",
            name="reason",
            field=models.CharField(
                choices=[
                    ("started", "Started"),
                    ("raised", "Priority raised"),
                    ("lowered", "Priority lowered"),
                    ("plan", "Plan changed"),
                    ("recalculated", "Plan or calendar edited"),
                    ("closure", "Closure of the calendar"),
                    ("paused", "Paused"),
                    ("resumed", "Counting again"),
                    ("due_soon", "Due soon"),
                    ("breached", "Breached"),
                    ("met", "Met"),
                    ("answered_late", "Answered late"),
                    ("closed_late", "Closed late"),
                    ("withdrawn", "Withdrawn"),
                    ("merged", "Ended by a merge"),
                    ("handed_over", "Moved by a merge"),
                    ("unmerged", "Merge undone"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="clockstretch",
            name="ended_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("started", "Started"),
                    ("raised", "Priority raised"),
                    ("lowered", "Priority lowered"),
                    ("plan", "Plan changed"),
                    ("recalculated", "Plan or calendar edited"),
                    ("closure", "Closure of the calendar"),
                    ("paused", "Paused"),
                    ("resumed", "Counting again"),
                    ("due_soon", "Due soon"),
                    ("breached", "Breached"),
                    ("met", "Met"),
                    ("answered_late", "Answered late"),
                    ("closed_late", "Closed late"),
                    ("withdrawn", "Withdrawn"),
                    ("merged", "Ended by a merge"),
                    ("handed_over", "Moved by a merge"),
                    ("unmerged", "Merge undone"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="ticketlink",
            name="relation",
            field=models.CharField(
                choices=[
                    ("follows", "Follow-up of"),
                    ("continued", "Continued in"),
                    ("related", "Related to"),
                    ("caused_by", "Caused by"),
                    ("causes", "Cause of"),
                    ("merged_in", "Merged into"),
                    ("holds", "Merged here"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="ticketmerge",
            name="merged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ticketmerge",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticketmerge",
            name="target",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.ticket",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketmerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("source",),
                name="merge_once",
            ),
        ),
    ]
