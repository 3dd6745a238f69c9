"""The words in which plans and calendars are looked for."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

# A calendar that knows no holiday for so long was forgotten by somebody.
HOLIDAY_OUTLOOK = timedelta(days=90)


class PlanQuerySet(QuerySet):
    def default(self):
        """The one plan of organizations that nobody chose a plan for."""
        return self.get(is_default=True)


class CalendarQuerySet(QuerySet):
    def in_use(self):
        """Calendars that a plan counts in."""
        plans = self.model._meta.get_field("plans").related_model
        return self.filter(Exists(plans.objects.filter(calendar=OuterRef("pk"))))

    def without_coming_holidays(self, at):
        """Calendars in use that know no holiday in the 90 days from `at` on."""
        holidays = self.model._meta.get_field("holidays").related_model
        days = (at.date(), (at + HOLIDAY_OUTLOOK).date())
        coming = holidays.objects.filter(calendar=OuterRef("pk"), held_on__range=days)
        return self.in_use().exclude(Exists(coming))
