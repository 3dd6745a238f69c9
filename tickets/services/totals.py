"""The daily totals that reports are read from, and who took a copy of them.

A day is recounted whole, from the clocks alone: a run that is lost, doubled or killed does no harm.
"""

from django.db import connection, transaction
from django.db.models import Case, Count, DateField, IntegerField, Value, When
from django.utils import timezone

from tickets.models import Clock, DayTotal, ReportExport, StaleDay
from tickets.querysets.results import RESULTS, SUMS, TimeClass
from ui.calendars import GREGORIAN, JALALI, month_number

from .periodic import record_run
from .stale_days import bounds

REFRESH = "refresh_totals"
# What one run takes on at most; the next one goes on with the rest.
MOST_DAYS = 500
# Column of a total, and where a clock has it.
SORTS = {
    "kind": "kind",
    "plan_id": "plan_version__plan",
    "priority": "priority",
    "category": "ticket__category",
    "organization_id": "ticket__organization",
    "agent_id": "agent",
}


def refresh_totals(*, now=None, say=lambda done: None):
    """Recount the stale days, at most MOST_DAYS, each in a transaction. Returns how many.

    All that was changed before `now`, its beginning, is then in the totals; so the page says.
    """
    now = now or timezone.now()
    stale = StaleDay.objects.order_by("day").values_list("day", flat=True).distinct()
    done = 0
    for day in list(stale[:MOST_DAYS]):
        done += _recount(day)
        say(done)
    record_run(REFRESH, outcome=f"recounted {done}", now=now)
    return done


@transaction.atomic
def _recount(day):
    """Count the totals of a day again if it is still stale. Returns whether it was.

    The marks are taken before anything is counted: one that comes meanwhile stays for the next run.
    Another run on the same day waits for these rows, and then finds them gone.
    """
    marks = StaleDay.objects.select_for_update().filter(day=day).order_by("pk")
    keys = list(marks.values_list("pk", flat=True))
    if not keys:
        return False
    StaleDay.objects.filter(pk__in=keys).delete()
    DayTotal.objects.filter(day=day).delete()
    _insert_totals(day)
    return True


def _insert_totals(day):
    """INSERT … SELECT: the rows of a day never leave the database."""
    sums = _sums_of(day)
    sql, params = sums.query.get_compiler(connection=connection).as_sql()
    names = ["day", "jalali_month", "gregorian_month", *SORTS, "time_class", *SUMS]
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    table = connection.ops.quote_name(DayTotal._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {sql}", params)


def _sums_of(day):
    """The rows of a day's totals, in the order of the columns that they are inserted into."""
    done = When(RESULTS["done"], then=TimeClass("counted"))
    return (
        Clock.objects.due_between(*bounds(day))
        .in_reports()
        .order_by()
        .annotate(
            day=Value(day, output_field=DateField()),
            jalali_month=Value(month_number(day, JALALI), output_field=IntegerField()),
            gregorian_month=Value(month_number(day, GREGORIAN), output_field=IntegerField()),
            time_class=Case(done, default=None, output_field=IntegerField()),
        )
        .values_list("day", "jalali_month", "gregorian_month", *SORTS.values(), "time_class")
        .annotate(**{name: Count("pk", filter=RESULTS[name]) for name in SUMS})
    )


def record_export(filters, *, actor, content, form, now=None):
    """Record who exported what from the reports; `filters` as written in the address."""
    return ReportExport.objects.create(
        actor=actor, content=content, format=form, filters=filters, created_at=now or timezone.now()
    )
