"""Queries of ratings."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from .tickets import RowAfter


class RatingQuerySet(models.QuerySet):
    def of(self, ticket):
        """The rating of a ticket, or None."""
        return self.select_related("rated_by").filter(ticket=ticket).first()

    def between(self, start, end):
        """First given from `start` on and before `end`."""
        return self.filter(rated_at__gte=start, rated_at__lt=end)

    def with_ticket(self):
        return self.select_related("ticket__organization", "agent")

    def summed_by(self, *columns):
        """Tuples of the columns, how many ratings, their points, and how many say solved."""
        solved = models.Count("pk", filter=Q(is_solved=True))
        sums = {"count": models.Count("pk"), "points": models.Sum("score"), "solved": solved}
        return self.order_by().values_list(*columns).annotate(**sums)

    def summed_by_day(self):
        """As `summed_by`, by the date in the zone of settings.TIME_ZONE."""
        zone = timezone.get_default_timezone()
        return self.annotate(day=TruncDate("rated_at", tzinfo=zone)).summed_by("day")

    def after(self, fields, values):
        return self.filter(RowAfter(fields, values))

    def before(self, fields, values):
        return self.filter(RowAfter(fields, values, operator="<"))
