"""Which links between tickets, and which merges."""

from django.db import models

from tickets.choices import Relation


class TicketLinkQuerySet(models.QuerySet):
    def is_follow_up(self, ticket, earlier):
        """Whether `ticket` was opened because `earlier` could no longer be reopened."""
        return self.filter(ticket=ticket, other=earlier, relation=Relation.FOLLOWS).exists()


class TicketMergeQuerySet(models.QuerySet):
    def latest_into(self, target, *, after):
        """The latest merge of those that put something into the target after the merge `after`,
        and were not undone; None without one."""
        merged = self.filter(source__in=target.merged_tickets.all(), undone_at=None)
        return merged.filter(pk__gt=after.pk).order_by("-pk").first()
