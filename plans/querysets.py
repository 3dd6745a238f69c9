"""Queries of plans and calendars."""

from datetime import timedelta

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, When

# A calendar that knows no holiday for so long was forgotten by somebody.
HOLIDAY_OUTLOOK = timedelta(days=90)
YEAR = timedelta(days=365)
COUNTRY_ZONE = "Asia/Tehran"


class PlanQuerySet(QuerySet):
    def default(self):
        """The one plan of organizations that nobody chose a plan for."""
        return self.get(is_default=True)

    def published(self):
        """Plans that promise something: those with a version."""
        versions = self.model._meta.get_field("versions").related_model
        return self.filter(Exists(versions.objects.filter(plan=OuterRef("pk"))))

    def with_usage(self):
        """Each plan with `organization_count`: how many organizations are on it."""
        return self.annotate(organization_count=Count("organizations"))


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

    def of_the_country(self):
        """Calendars in use that the country's official holidays are meant for."""
        return self.in_use().filter(time_zone=COUNTRY_ZONE)


class ResponseTargetQuerySet(QuerySet):
    def by_priority(self):
        """In the order of the document: from low to critical."""
        priorities = self.model._meta.get_field("priority").choices
        ranks = (When(priority=value, then=rank) for rank, (value, _) in enumerate(priorities))
        return self.order_by(Case(*ranks))

    def counted_in(self, calendar):
        """The cells of the plans that count in a calendar."""
        return self.filter(plan__calendar=calendar) if calendar.pk else self.none()


class WorkingHoursQuerySet(QuerySet):
    def by_weekday(self):
        """In the order of the product's week, which starts on Saturday."""
        weekdays = self.model._meta.get_field("weekday").choices
        places = (When(weekday=value, then=place) for place, (value, _) in enumerate(weekdays))
        return self.order_by(Case(*places), "starts_at")


class ExtraHoursQuerySet(QuerySet):
    def not_long_past(self, at):
        """Those of the year before `at`, and all to come."""
        return self.filter(opens_on__gte=(at - YEAR).date())


class ClosureQuerySet(QuerySet):
    def closed_at(self, at):
        """Those in which `at` lies: declared, not over, not ended early."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, ended_early_at__isnull=True)

    def not_over(self, at):
        """Those that end after `at`, also one that began at this very moment."""
        return self.filter(ends_at__gt=at, ended_early_at__isnull=True)


class HolidayProposalQuerySet(QuerySet):
    def waiting(self):
        """Those that no admin has accepted or dismissed."""
        return self.filter(state="open")


class HolidayQuerySet(QuerySet):
    def not_long_past(self, at):
        """Those of the year before `at`, and all to come."""
        return self.filter(held_on__gte=(at - YEAR).date())

    def between(self, first, last):
        """Those of the dates from `first` to `last`, both included."""
        return self.filter(held_on__range=(first, last))
