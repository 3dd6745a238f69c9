"""How the parts are, for load balancers; in detail for staff. Needs none of them to work."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask

from notifications.models import AccountMail, Notification
from notifications.publishing import broker_answers
from plans.models import Calendar
from tickets.models import PeriodicRun

# Longer than this without a scan is an alarm.
SCAN_EVERY = timedelta(minutes=5)
SCAN = "scan_clocks"


@require_safe
@never_cache
def health(request):
    """200 while pages can be served, 503 while the database is away."""
    now = timezone.now()
    parts = {"web": "ok", "database": _database()}
    parts["broker"] = "ok" if broker_answers() else "down"
    details = {}
    if parts["database"] == "ok":
        parts |= _periodic(now)
        if request.user.is_authenticated and request.user.is_agent:
            details = {"details": _details(now)}
    else:
        parts |= {"worker": "unknown", "beat": "unknown"}
    answer = {"status": _overall(parts), **parts, **details}
    return JsonResponse(answer, status=200 if parts["database"] == "ok" else 503)


def _overall(parts):
    if parts["database"] != "ok":
        return "down"
    return "ok" if set(parts.values()) == {"ok"} else "degraded"


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _periodic(now):
    """Beat by what it handed over last, the worker by what it brought to its end last."""
    finished = PeriodicRun.objects.filter(name=SCAN).values_list("finished_at", flat=True).first()
    handed_over = (
        PeriodicTask.objects.filter(name=SCAN).values_list("last_run_at", flat=True).first()
    )
    scanned, beats = _is_fresh(finished, now), _is_fresh(handed_over, now)
    return {
        "worker": "ok" if scanned else "stale",
        "beat": "ok" if scanned or beats else "stale",
    }


def _is_fresh(moment, now):
    return moment is not None and moment > now - SCAN_EVERY


def _details(now):
    """What an operator looks for; for staff only."""
    runs = PeriodicRun.objects.order_by("name")
    return {
        "periodic": {
            run.name: {"finished_at": run.finished_at.isoformat(), "outcome": run.outcome}
            for run in runs
        },
        "calendars_without_holidays": [
            calendar.name_en for calendar in Calendar.objects.without_coming_holidays(now)
        ],
        "notifications": _outbox(Notification, now),
        "account_mail": _outbox(AccountMail, now),
    }


def _outbox(model, now):
    return {
        "pending": model.objects.pending().count(),
        "late": model.objects.to_send(now - SCAN_EVERY).count(),
        "failed": model.objects.failed().count(),
    }
