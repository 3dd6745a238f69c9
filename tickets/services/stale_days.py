"""Which days of the reports have to be counted again, because something that counts has changed."""

from datetime import datetime, time, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from tickets.models import Clock, ClockChange, DayTotal, StaleDay

DAY = timedelta(days=1)


def mark_stale(clocks, changes):
    """Have the days recounted on which these clocks count, or counted before they went on again.

    Inserts only, so nobody waits for it. Inside the transaction that changed the clocks.
    """
    instants = {clock.due_at for clock in clocks if clock.state != Clock.State.RUNNING}
    again = {ClockChange.Reason.RESUMED, ClockChange.Reason.UNMERGED}
    instants |= {change.old_due_at for change in changes if change.reason in again}
    _mark({day_of(at) for at in instants if at is not None})


def mark_stale_of(tickets):
    """Have the days recounted on which any clock of these tickets counts: their category moved."""
    dues = Clock.objects.filter(ticket__in=tickets).in_reports().values_list("due_at", flat=True)
    _mark({day_of(at) for at in dues})


def mark_all_stale():
    """Have every day recounted on which a due fell or that has totals."""
    dues = Clock.objects.aggregate(first=Min("due_at"), last=Max("due_at"))
    days = DayTotal.objects.aggregate(first=Min("day"), last=Max("day"))
    known = [day_of(at) for at in dues.values() if at] + [day for day in days.values() if day]
    if known:
        first = min(known)
        _mark({first + DAY * number for number in range((max(known) - first).days + 1)})


def _mark(days):
    StaleDay.objects.bulk_create([StaleDay(day=day) for day in sorted(days)])


def day_of(moment):
    """The day of settings.TIME_ZONE that an instant falls on."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def bounds(day):
    """The instants that begin and end a day of settings.TIME_ZONE."""
    zone = timezone.get_default_timezone()
    return tuple(datetime.combine(each, time.min, tzinfo=zone) for each in (day, day + DAY))
