"""Teams, their members and categories, and the team of a ticket."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0009_shortcuts"),
        ("tickets", "0043_message_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TeamCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("activation", "Activation"),
                            ("technical", "Technical"),
                            ("financial", "Financial"),
                            ("sales", "Sales"),
                        ],
                        max_length=10,
                        unique=True,
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "category of a team",
                "verbose_name_plural": "categories of teams",
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "member of a team",
                "verbose_name_plural": "members of teams",
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "assigns_automatically",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="assign tickets automatically"
                    ),
                ),
                (
                    "most_tickets",
                    models.PositiveSmallIntegerField(
                        db_default=10, default=10, verbose_name="most tickets of one agent"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("form_key", models.UUIDField(editable=False, null=True, unique=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("ended_at", None)),
                        name="team_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_tickets__gte", 1)), name="team_gives_at_least_one"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="ticket",
            name="team",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="tickets.team",
            ),
        ),
        migrations.AddField(
            model_name="teamcategory",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="categories",
                to="tickets.team",
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="team",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="tickets.team",
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="in_teams",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="teamcategory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("category__in", ["activation", "technical", "financial", "sales"])
                ),
                name="team_category_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.UniqueConstraint(fields=("team", "user"), name="team_member_once"),
        ),
    ]
