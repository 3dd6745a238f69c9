"""Who has the page of a ticket open."""

from django.db import models


class ViewingQuerySet(models.QuerySet):
    def beside(self, person, number, at):
        """What other agents do on the page of a ticket at that instant: names and activities."""
        others = self.filter(ticket=number, until__gt=at, user__is_active=True).exclude(user=person)
        return others.select_related("user").order_by("user")

    def of(self, person, number):
        """The sign of one agent on one ticket."""
        return self.filter(ticket=number, user=person)

    def past(self, at):
        """Signs that count no more."""
        return self.filter(until__lte=at)
