"""Which legal holds, and what they keep."""

from django.db import models
from django.db.models import Q


class LegalHoldQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(lifted_at=None)

    def kept(self):
        """Of the tickets of holds in force, those that they keep: by itself, with its
        organization, or because a ticket that is held was merged into it."""
        held, of_tickets = self.in_force(), self.in_force().filter(ticket__isnull=False)
        merged = of_tickets.filter(ticket__merged_into__isnull=False)
        return (
            Q(organization__in=held.filter(ticket=None).values("organization"))
            | Q(pk__in=of_tickets.values("ticket"))
            | Q(pk__in=merged.values("ticket__merged_into"))
        )
