"""Which links between tickets."""

from django.db import models

from tickets.choices import Relation


class TicketLinkQuerySet(models.QuerySet):
    def is_follow_up(self, ticket, earlier):
        """Whether `ticket` was opened because `earlier` could no longer be reopened."""
        return self.filter(ticket=ticket, other=earlier, relation=Relation.FOLLOWS).exists()
