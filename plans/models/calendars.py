"""Calendars: working hours, holidays, extra hours and closures, and their versions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from plans.querysets import (
    CalendarQuerySet,
    ClosureQuerySet,
    ExtraHoursQuerySet,
    HolidayProposalQuerySet,
    HolidayQuerySet,
    WorkingHoursQuerySet,
)
from plans.working_time import MINUTES_A_DAY
from ui.wording import digits, format_date

from .names import Named


class Calendar(Named):
    """Working hours, breaks, holidays and a time zone in which a target counts."""

    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Tehran")

    objects = CalendarQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["pk"]


class Weekday(models.IntegerChoices):
    """Days as `datetime.date.weekday()` counts them; the week of the product starts on Saturday."""

    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")


class WorkingHours(models.Model):
    """One stretch of a weekday, half-open; a break is the gap between two stretches.

    An end of 00:00 is the midnight that ends the day.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"), help_text=_("00:00 is midnight, the end of the day."))

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["calendar", "weekday", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "weekday", "starts_at"], name="working_hours_start_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(ends_at="00:00"),
                name="working_hours_end_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
        ]

    def __str__(self):
        hours = digits(f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}")
        return f"{self.get_weekday_display()} {hours}"

    @property
    def minutes(self):
        """Start and end in minutes of the day; midnight at the end is 1440."""
        return minutes_of(self.starts_at, self.ends_at)


def minutes_of(starts_at, ends_at):
    """Two times of day in minutes of it; midnight at the end is 1440."""
    start, end = (each.hour * 60 + each.minute for each in (starts_at, ends_at))
    return start, end or MINUTES_A_DAY


class Holiday(Named):
    """A date, or some hours of it, on which no working time passes, in the zone of its calendar.

    Without hours it is the whole day. An end of 00:00 is the midnight that ends it.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holidays")
    held_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("from"), null=True, blank=True)
    ends_at = models.TimeField(_("to"), null=True, blank=True)
    is_estimate = models.BooleanField(
        _("estimate"), default=False, help_text=_("The date depends on sighting the moon.")
    )

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["held_on", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "held_on"],
                condition=Q(starts_at__isnull=True),
                name="whole_holiday_once_a_day",
                violation_error_message=_("This date is already a holiday of this calendar."),
            ),
            models.UniqueConstraint(
                fields=["calendar", "held_on", "starts_at"], name="partial_holiday_start_once"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at"))
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at="00:00"),
                name="holiday_end_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
        ]

    @property
    def minutes(self):
        """Start and end in minutes of the day; all of it for a whole holiday."""
        if self.starts_at is None:
            return 0, MINUTES_A_DAY
        return minutes_of(self.starts_at, self.ends_at)


class ExtraHours(models.Model):
    """Hours of one date that count although the weekday is closed or the date is a holiday.

    An end of 00:00 is the midnight that ends the day.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="extra_hours")
    opens_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"))

    objects = ExtraHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("extra hours")
        verbose_name_plural = _("extra hours")
        ordering = ["opens_on", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "opens_on", "starts_at"], name="extra_hours_start_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(ends_at="00:00"),
                name="extra_hours_end_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
        ]

    def __str__(self):
        hours = digits(f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}")
        return f"{format_date(self.opens_on)} {hours}"

    @property
    def minutes(self):
        """Start and end in minutes of the day; midnight at the end is 1440."""
        return minutes_of(self.starts_at, self.ends_at)


class Closure(models.Model):
    """An unplanned time in which no working time passes; nothing of it is ever overwritten.

    One that was ended early keeps the end that was declared.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="closures")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason_fa = models.CharField(_("why, in Persian"), max_length=200)
    reason_en = models.CharField(_("why, in English"), max_length=200)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    declared_at = models.DateTimeField()
    ended_early_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_early_at = models.DateTimeField(null=True, blank=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="closure_end_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_early_at__isnull=True)
                | Q(ended_early_at__gte=F("starts_at"), ended_early_at__lt=F("ends_at")),
                name="closure_ended_early_inside",
            ),
        ]

    def __str__(self):
        return self.reason

    @property
    def reason(self):
        """The reason in the language of the reader."""
        return self.reason_fa if get_language() == "fa" else self.reason_en

    @property
    def reopens_at(self):
        """When time passes again: the declared end, or the early one."""
        return self.ended_early_at or self.ends_at


class HolidayProposal(models.Model):
    """Official holidays of a Persian year, which wait for an admin to add them to a calendar."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DISMISSED = "dismissed", _("Dismissed")

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holiday_proposals")
    year = models.PositiveSmallIntegerField(_("Persian year"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HolidayProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of holidays")
        verbose_name_plural = _("proposals of holidays")
        ordering = ["calendar", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "year"], name="holiday_proposal_once_a_year"
            )
        ]

    def __str__(self):
        return f"{self.calendar} {digits(self.year)}"


class CalendarVersion(models.Model):
    """The content of a calendar from a moment on; never changed. Clocks refer to versions.

    `definition`: {"time_zone": IANA name, "weekly": {"0".."6": [[start minute, end minute], …]},
    "holidays": {"2026-03-21": {"fa": name, "en": name}}, "extra": {"2026-03-27": [[start minute,
    end minute], …]}, "closures": [{"from": ISO, "to": ISO, "fa": reason, "en": reason}, …]}.
    Minutes of the day, half-open; instants in UTC. A partial holiday also has "from" and "to" in
    minutes; a date with several has a list of them. Old versions lack "extra" and "closures", as do
    those that have none.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    # The older version of the same number into which closures were put for the clocks that count
    # by it. New clocks never count by such a one: a later version has the closures as well.
    amends = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="amendments"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["calendar", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "number"],
                condition=Q(amends__isnull=True),
                name="calendar_version_once",
            )
        ]

    def __str__(self):
        return f"{self.calendar} #{digits(self.number)}"
