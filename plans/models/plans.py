"""Plans, the cells of their matrix, and their versions."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from plans.querysets import PlanQuerySet, ResponseTargetQuerySet
from ui.wording import digits

from .calendars import Calendar
from .names import Named

LONGEST_TARGET = timedelta(days=366)


class Priority(models.TextChoices):
    """How urgent a ticket is. Stored, posted and put into addresses as the English word."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")
    CRITICAL = "critical", _("Critical")

    @property
    def rank(self):
        """0 for low up to 4 for critical."""
        return list(Priority).index(self)

    @property
    def purpose(self):
        """What the document's table says the priority is for."""
        return PURPOSES[self]


PURPOSES = {
    Priority.LOW: _("General guidance"),
    Priority.NORMAL: _("System impaired"),
    Priority.HIGH: _("Production system impaired"),
    Priority.URGENT: _("Production system down"),
    Priority.CRITICAL: _("Business-critical system down"),
}


class Plan(Named):
    """A support plan: a matrix of priority × response target, counted in a calendar or 24/7."""

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", _("Use small Latin letters, digits and -."))
        ],
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_default = models.BooleanField(_("default for new organizations"), default=False)
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("calendar"),
        help_text=_("Empty: around the clock, every day (24/7)."),
    )
    architecture_guidance_fa = models.CharField(
        _("architecture guidance (Persian)"), max_length=200, blank=True
    )
    architecture_guidance_en = models.CharField(
        _("architecture guidance (English)"), max_length=200, blank=True
    )

    objects = PlanQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="plan_one_default",
                violation_error_message=_("There is already a default plan."),
            )
        ]

    @property
    def support_hours(self):
        """When technical support answers: the row of the table that the calendar decides."""
        return _("24/7") if self.calendar_id is None else _("Working hours")

    @property
    def architecture_guidance(self):
        """The kind of architecture guidance, in the language of the reader."""
        return (
            self.architecture_guidance_fa
            if get_language() == "fa"
            else self.architecture_guidance_en
        )


class ResponseTarget(models.Model):
    """One cell of a plan's matrix. An answer must come in less than `target` of counted time.

    No `target` is no commitment. `aim` is shown and reported, never due. `resolution` is the
    optional promise to have the ticket closed.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="targets")
    priority = models.CharField(_("priority"), max_length=10, choices=Priority.choices)
    target = models.DurationField(_("response target"), null=True, blank=True)
    aim = models.DurationField(_("aim"), null=True, blank=True)
    resolution = models.DurationField(_("resolution target"), null=True, blank=True)

    objects = ResponseTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("response target")
        verbose_name_plural = _("response targets")
        constraints = [
            models.UniqueConstraint(fields=["plan", "priority"], name="response_target_cell_once"),
            models.CheckConstraint(
                condition=Q(target__isnull=True)
                | Q(target__gt=timedelta(0), target__lte=LONGEST_TARGET),
                name="response_target_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(aim__isnull=True)
                | Q(target__isnull=False, aim__gt=timedelta(0), aim__lt=F("target")),
                name="response_target_aim_below_target",
            ),
            models.CheckConstraint(
                condition=Q(resolution__isnull=True)
                | Q(resolution__gt=timedelta(0), resolution__lte=LONGEST_TARGET),
                name="resolution_target_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="response_target_known_priority"
            ),
        ]

    def __str__(self):
        return f"{self.plan}: {self.get_priority_display()}"


class PlanVersion(models.Model):
    """What a plan promised from a moment on; never changed. Clocks point here.

    `targets`: {"normal": {"target": seconds, "aim": seconds or null, "resolution": seconds or
    null}, …}; a priority without commitment has a null target.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    targets = models.JSONField()
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]

    def __str__(self):
        return f"{self.plan} #{digits(self.number)}"
