"""Which bulk runs, and which of their tickets."""

from django.db import models
from django.db.models import Count, Q

from tickets.choices import BulkOutcome
from tickets.lists.row_after import RowAfter


class BulkRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Supervisors see every run, other agents their own."""
        if not user.is_agent:
            return self.none()
        return self if user.is_supervisor else self.filter(created_by=user)

    def keyed(self, key):
        """The one of that key with who started and stopped it, or None."""
        return self.select_related("created_by", "stopped_by").filter(pk=key).first()

    def with_starters(self):
        return self.select_related("created_by")

    def unfinished(self):
        """What is still to be done, the earliest first."""
        return self.filter(finished_at__isnull=True).order_by("pk")

    def unclaimed(self, at):
        """Those that no process works on at `at`."""
        return self.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=at))

    def after(self, fields, key):
        return self.filter(RowAfter(fields, key))

    def before(self, fields, key):
        return self.filter(RowAfter(fields, key, operator="<"))


class BulkItemQuerySet(models.QuerySet):
    def of_run(self, run):
        return self.filter(run=run)

    def waiting(self):
        """Those that nothing was done to yet, in the order of the run."""
        return self.filter(outcome=BulkOutcome.WAITING).order_by("place")

    def skipped(self):
        """Those that were left as they are, for a reason."""
        return self.filter(outcome=BulkOutcome.SKIPPED)

    def left_as_they_are(self):
        """Those that were skipped, or that a stop came before, in the order of the run."""
        left = [BulkOutcome.SKIPPED, BulkOutcome.WAITING]
        return self.filter(outcome__in=left).order_by("place")

    def waiting_after(self, place):
        return self.waiting().filter(place__gt=place)

    def with_tickets(self):
        """With what a line of a result shows of each ticket."""
        return self.select_related("ticket").only(
            *("run_id", "place", "outcome", "code", "ticket__title", "ticket__status")
        )

    def counts(self):
        """{outcome: how many tickets}, by one index."""
        rows = self.order_by().values("outcome").annotate(n=Count("pk"))
        return {row["outcome"]: row["n"] for row in rows}

    def after(self, fields, key):
        return self.filter(RowAfter(fields, key))

    def before(self, fields, key):
        return self.filter(RowAfter(fields, key, operator="<"))
