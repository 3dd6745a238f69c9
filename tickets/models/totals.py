"""What reports are read from: the sums of each day, which are stale, and who took copies."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from plans.models import Plan, Priority
from tickets.choices import Category
from tickets.querysets.append_only import AppendOnlyQuerySet
from tickets.querysets.results import DayQuerySet, DayTotalQuerySet

from .append_only import AppendOnly
from .clocks import Clock


class DayTotal(models.Model):
    """How many promises of one sort fell due on one day, and what became of them.

    Derived from the clocks, a whole day at a time, by `services.refresh_totals`. Days are those of
    settings.TIME_ZONE; months count on from year 0 of their calendar. What was answered or resolved
    has the class of its counted time (`counting.class_of`), the rest has none.
    """

    day = models.DateField()
    jalali_month = models.PositiveIntegerField()
    gregorian_month = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Clock.Kind.choices)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+", db_index=False)
    priority = models.CharField(max_length=10, choices=Priority.choices)
    category = models.CharField(max_length=10, choices=Category.choices)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    # Null: it counts for nobody.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False
    )
    time_class = models.PositiveIntegerField(null=True)
    kept = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    with_aim = models.PositiveIntegerField()
    within_aim = models.PositiveIntegerField()

    objects = DayTotalQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["day"], name="day_total_day")]

    def __str__(self):
        return f"{self.day} {self.kind}: {self.kept + self.late}"


class StaleDay(models.Model):
    """Something that counts on this day has changed since its totals were made.

    Whoever changes a clock adds a row in the same transaction; there may be many of a day, so that
    nobody waits for anybody.
    """

    day = models.DateField(db_index=True)

    objects = DayQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.day}"


class ReportExport(AppendOnly):
    """Who took which part of the reports out of the product, and when. Append-only."""

    class Content(models.TextChoices):
        TABLE = "table", _("The table")
        TICKETS = "tickets", _("The tickets behind it")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who")
    )
    content = models.CharField(_("what"), max_length=10, choices=Content.choices)
    format = models.CharField(_("format"), max_length=10, choices=Format.choices)
    # The filters as written in the address of the report.
    filters = models.TextField(_("filters"), blank=True)
    created_at = models.DateTimeField(_("when"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("report export")
        verbose_name_plural = _("report exports")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.content}.{self.format}"
