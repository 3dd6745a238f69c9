"""Faults that monitoring reports, each with the ticket that it is about."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from tickets.querysets.alerts import AlertQuerySet

from .ticket import Ticket

LONGEST_SOURCE, LONGEST_FINGERPRINT = 80, 200


class Alert(models.Model):
    """One fault as one source knows it. However often it is reported, it has one row and one
    ticket; after that was closed for long, the ticket that follows it."""

    # What begins another index needs none of its own.
    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )
    # The name of the API key: one that replaces another goes on with its alerts.
    source = models.CharField(_("source"), max_length=LONGEST_SOURCE)
    fingerprint = models.CharField(_("fingerprint"), max_length=LONGEST_FINGERPRINT)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="alerts")
    title = models.CharField(_("title"), max_length=200)
    is_firing = models.BooleanField(_("firing"))
    # Whether by the last message about it it fires; while it comes and goes, the row knows better.
    is_announced = models.BooleanField()
    # When it began, by the clock of the source.
    starts_at = models.DateTimeField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    # How often it was reported to fire.
    count = models.PositiveIntegerField(default=1)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "fingerprint"], name="alert_known_once"
            ),
        ]

    def __str__(self):
        return f"{self.source}: {self.title}"
