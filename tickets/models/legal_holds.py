"""What must be kept, whatever its age and whoever asks for its removal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from tickets.querysets.legal_holds import LegalHoldQuerySet

from .ticket import Ticket


class LegalHold(models.Model):
    """An organization or one ticket whose contents are neither removed by age nor erased, until an
    admin lifts it. The row stays: it is the history of the hold."""

    # Holds are few: only those that are in force are indexed, by the constraints.
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )
    ticket = models.ForeignKey(
        Ticket,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("ticket"),
    )
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set"))
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=True, ticket__isnull=False)
                | Q(organization__isnull=False, ticket__isnull=True),
                name="legal_hold_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(lifted_at__isnull=True),
                name="legal_hold_of_organization_once",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(lifted_at__isnull=True),
                name="legal_hold_of_ticket_once",
            ),
        ]

    def __str__(self):
        return self.ticket.number if self.ticket_id else str(self.organization)
