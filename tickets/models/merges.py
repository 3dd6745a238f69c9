"""Which tickets were merged, and what it takes to undo that exactly."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.querysets.links import TicketMergeQuerySet

from .ticket import Ticket


class TicketMerge(models.Model):
    """One merge of `source` into `target`.

    `before` holds what the merge changed and an undo gives back, as `services.merging` writes it.
    """

    # Asked for by the source alone, which begins the index of a constraint.
    source = models.ForeignKey(Ticket, models.PROTECT, related_name="merges", db_index=False)
    target = models.ForeignKey(Ticket, models.PROTECT, related_name="+", db_index=False)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict)

    objects = TicketMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of tickets")
        verbose_name_plural = _("merges of tickets")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at__isnull=True), name="merge_once"
            ),
        ]

    def __str__(self):
        return f"{self.source_id} → {self.target_id}"
