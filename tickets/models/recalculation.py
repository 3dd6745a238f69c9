"""Recalculations of running clocks: what was edited, and how far a worker has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.models import Calendar, Plan
from tickets.querysets.clocks import RecalculationQuerySet


class Recalculation(models.Model):
    """Asked for by an admin after a preview, or by a closure; done in batches by a worker.

    `last_ticket` is the highest ticket id dealt with: a worker that is killed goes on behind it.
    """

    class Scope(models.TextChoices):
        HELPING = "helping", _("Where it helps the customer")
        ALL = "all", _("All running clocks")
        CLOSURE = "closure", _("Declared closure")
        # What was promised to nobody before starts, whatever is chosen for running clocks.
        STARTING = "starting", _("New commitments")

    # What was edited: one of both.
    plan = models.ForeignKey(
        Plan, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("plan")
    )
    calendar = models.ForeignKey(
        Calendar,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("calendar"),
    )
    scope = models.CharField(_("running clocks"), max_length=10, choices=Scope.choices)
    # The reason of a closure as shown to people, by language, and its end.
    reasons = models.JSONField(default=dict, blank=True)
    closed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("asked for"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    last_ticket = models.BigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(_("tickets looked at"), default=0)
    moved = models.PositiveIntegerField(_("tickets whose clocks moved"), default=0)
    failed = models.PositiveIntegerField(_("tickets that failed"), default=0)
    # Tries of the next batch that failed as a whole; after the last one it is given up for this
    # problem, and finished.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    problem = models.CharField(
        _("stopped because"), max_length=300, blank=True, default="", db_default=""
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # The people whom a closure concerns; they are notified once, when all is done.
    concerned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    objects = RecalculationQuerySet.as_manager()

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(plan__isnull=False, calendar__isnull=True)
                | Q(plan__isnull=True, calendar__isnull=False),
                name="recalculation_of_one_thing",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(finished_at__isnull=True),
                name="recalculation_unfinished",
            )
        ]

    def __str__(self):
        return f"{self.edited}: {self.get_scope_display()}"

    @property
    def edited(self):
        """The plan or the calendar that was edited."""
        return self.plan or self.calendar
