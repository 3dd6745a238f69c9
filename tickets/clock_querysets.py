"""The words in which clocks are asked for."""

from django.db import models
from django.db.models import Q


class ClockQuerySet(models.QuerySet):
    def running(self):
        """Not stopped yet; those whose due has fallen included."""
        return self.filter(stopped_at__isnull=True)

    def alive(self):
        """What something can still happen to: running ones, and resolution clocks, since a
        reopening goes on with one that a close met."""
        return self.filter(Q(stopped_at__isnull=True) | Q(kind="resolution"))

    def ended(self):
        return self.filter(stopped_at__isnull=False)

    def older_than(self, key):
        return self.filter(pk__lt=key)

    def explained(self):
        """With the ledger, and with the versions of plan and calendar that were counted by."""
        return (
            self.select_related(
                "plan_version__plan", "calendar_version__calendar", "agent", "assignee_at_breach"
            )
            .defer("calendar_version__definition")
            .prefetch_related("changes")
        )

    def breach_to_tell(self, at):
        return self.running().filter(breach_told_at__isnull=True, due_at__lte=at).order_by("due_at")

    def due_soon_to_tell(self, at):
        """Not what is overdue already: telling that it is due soon would be untrue."""
        return (
            self.running()
            .filter(due_soon_told_at__isnull=True, due_soon_at__lte=at, due_at__gt=at)
            .order_by("due_soon_at")
        )
