import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0008_rated_event"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Rating",
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
                        verbose_name="category",
                    ),
                ),
                ("is_solved", models.BooleanField(verbose_name="solved")),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="score",
                    ),
                ),
                ("words", models.TextField(blank=True, default="", verbose_name="words")),
                ("rated_at", models.DateTimeField(verbose_name="rated")),
                ("changed_at", models.DateTimeField(verbose_name="last change")),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agent",
                    ),
                ),
                (
                    "rated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="rated by",
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "ordering": ["-rated_at", "-pk"],
                "indexes": [
                    models.Index(fields=["-rated_at", "-id"], name="rating_latest"),
                    models.Index(
                        fields=["agent", "-rated_at", "-id"], name="rating_latest_of_agent"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 1), ("score__lte", 5)),
                        name="rating_from_one_to_five",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("category__in", ["activation", "technical", "financial", "sales"])
                        ),
                        name="rating_known_category",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("changed_at__gte", models.F("rated_at"))),
                        name="rating_changed_after_rated",
                    ),
                ],
            },
        ),
    ]
