"""What counts how in the reports: the results of a clock, and the classes that times fall into."""

import math
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.choices import ClockKind, ClockState

# A time is kept as the class that it falls into. Each class reaches 4 % farther than the one
# before, and is shown as its middle: at most 2 % from the true time. All up to a second is class 0.
GROWTH = 1.04

_KEPT = Q(state=ClockState.MET)
_LATE = Q(state=ClockState.BREACHED)
_COUNTED = _KEPT | _LATE
# Answered by a public message of an agent, or resolved by a close, in time or not.
_DONE_LATE = _LATE & (
    Q(answer__isnull=False) | Q(kind=ClockKind.RESOLUTION, stopped_at__isnull=False)
)
_DONE = _KEPT | _DONE_LATE
_WITH_AIM = _COUNTED & Q(aim__isnull=False)

# What a number of a report is the number of; each also narrows the list behind it.
RESULTS = {
    "counted": _COUNTED,
    "kept": _KEPT,
    "late": _LATE,
    "open_late": _LATE & ~_DONE,
    "done": _DONE,
    "with_aim": _WITH_AIM,
    "within_aim": _WITH_AIM & _DONE & Q(counted__lt=F("aim")),
    # Ended without an answer before the due: shown apart, outside every share.
    "withdrawn": Q(state=ClockState.WITHDRAWN),
}
RESULT_LABELS = {
    "counted": _("All counted"),
    "kept": pgettext_lazy("promises", "On time"),
    "late": pgettext_lazy("promises", "Late"),
    "open_late": _("Late, unanswered"),
    "done": pgettext_lazy("promises", "Answered or resolved"),
    "with_aim": _("With an aim"),
    "within_aim": _("Within the aim"),
    "withdrawn": pgettext_lazy("promises", "Withdrawn"),
}
# Running clocks whose due has not fallen are in no report yet.
IN_REPORTS = _COUNTED | RESULTS["withdrawn"]

# The sums of a day, each the number of a result.
SUMS = ["kept", "late", "withdrawn", "with_aim", "within_aim"]


class TimeClass(models.Func):
    """The class of a duration, as `class_of` says it in Python."""

    output_field = models.IntegerField()

    def as_sql(self, compiler, connection, **extra):
        raise NotImplementedError(connection.vendor)

    def as_postgresql(self, compiler, connection, **extra):
        return self._class(compiler, connection, "GREATEST(EXTRACT(EPOCH FROM %(expressions)s), 1)")

    def as_sqlite(self, compiler, connection, **extra):
        return self._class(compiler, connection, "MAX(%(expressions)s / 1000000.0, 1)")

    def _class(self, compiler, connection, seconds):
        template = f"CAST(ROUND(LN({seconds}) / {math.log(GROWTH)!r}) AS INTEGER)"
        return super().as_sql(compiler, connection, template=template)


def class_of(duration):
    """The class that a duration falls into."""
    return round(math.log(max(duration.total_seconds(), 1)) / math.log(GROWTH))


def middle_of(time_class):
    """The duration by which a class is shown."""
    return timedelta(seconds=round(GROWTH**time_class))


class DayQuerySet(models.QuerySet):
    def between(self, first, last):
        """Of the days from `first` to `last`, both included."""
        return self.filter(day__gte=first, day__lte=last)


class DayTotalQuerySet(DayQuerySet):
    def of_kinds(self, kinds):
        return self.filter(kind__in=kinds)

    def summed_by(self, *columns):
        """Tuples of the columns and the sums of SUMS, in that order."""
        sums = {f"sum_{name}": models.Sum(name) for name in SUMS}
        return self.order_by().values_list(*columns).annotate(**sums)
