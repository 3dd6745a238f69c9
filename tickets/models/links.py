"""Which tickets belong together."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.choices import Relation
from tickets.querysets.links import TicketLinkQuerySet

from .ticket import Ticket


class TicketLink(models.Model):
    """What `other` is to `ticket`. Each link has two rows, one for either side of it."""

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="links", db_index=False)
    other = models.ForeignKey(Ticket, models.CASCADE, related_name="linked_from")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = TicketLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between tickets")
        verbose_name_plural = _("links between tickets")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other"], name="ticket_link_once"),
            models.CheckConstraint(
                condition=~models.Q(ticket=models.F("other")), name="ticket_link_to_another"
            ),
        ]

    def __str__(self):
        return f"{self.ticket_id} {self.relation} {self.other_id}"
