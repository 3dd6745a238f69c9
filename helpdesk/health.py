"""How the parts are, for load balancers; in detail for staff. Needs none of them to work."""

import pkgutil
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, NotSupportedError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask

from intake.backlog import backlog, mailbox_is_away
from notifications import deliveries
from notifications.models import AccountMail, Notification
from notifications.publishing import broker_answers
from organizations.credentials import lacks_second_factor
from plans.models import Calendar
from tickets.lists.counts import count_up_to
from tickets.models import PeriodicRun
from webhooks import backlog as webhooks

from .database_release import is_too_old
from .writable import takes_writes

# Longer than this without a scan is an alarm.
SCAN_EVERY = timedelta(minutes=5)
SCAN = "scan_clocks"
READABLE = {"ok", "read-only"}


@require_safe
@never_cache
def health(request):
    """200 while pages can be read, 503 while the database is away, of a release that is too old, or
    older than the code."""
    now = timezone.now()
    parts = {"web": "ok", "database": _database()}
    parts["broker"] = "ok" if broker_answers() else "down"
    details = {}
    if parts["database"] == "unapplied migrations":
        # Nothing is asked of tables that may not be there.
        parts |= {"worker": "unknown", "beat": "unknown"}
        details = {"unapplied_migrations": unapplied_migrations()}
    elif parts["database"] in READABLE:
        parts |= _periodic(now)
        if may_see_details(request.user):
            details = {"details": _details(now)}
    else:
        parts |= {"worker": "unknown", "beat": "unknown"}
    answer = {"status": _overall(parts), **parts, **details}
    return JsonResponse(answer, status=200 if parts["database"] in READABLE else 503)


def may_see_details(user):
    """Staff, once they have the second factor that the deployment asks of them."""
    return user.is_authenticated and user.is_agent and not lacks_second_factor(user)


def _overall(parts):
    if parts["database"] not in READABLE:
        return "down"
    return "ok" if set(parts.values()) == {"ok"} else "degraded"


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if is_too_old(connection):
            return "too old"
        if unapplied_migrations():
            return "unapplied migrations"
        return "ok" if takes_writes(connection) else "read-only"
    except NotSupportedError:
        return "too old"
    except DatabaseError:
        return "down"


def unapplied_migrations():
    """The migrations of this code that the database has not seen, as `app.name`."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [
        f"{app.label}.{name}"
        for app in apps.get_app_configs()
        for name in _migrations_of(app)
        if (app.label, name) not in applied
    ]


def _migrations_of(app):
    """Their names by the files alone: importing them all would take memory for good."""
    if app.models_module is None:
        return []
    package, _is_chosen = MigrationLoader.migrations_module(app.label)
    if package is None or find_spec(package) is None:
        return []
    modules = pkgutil.iter_modules(import_module(package).__path__)
    return sorted(module.name for module in modules if module.name[0] not in "_~")


def _periodic(now):
    """Beat by what it handed over last, the worker by what it brought to its end last, the mailbox
    of answers, if there is one, by when it was last read."""
    finished = PeriodicRun.objects.filter(name=SCAN).values_list("finished_at", flat=True).first()
    handed_over = (
        PeriodicTask.objects.filter(name=SCAN).values_list("last_run_at", flat=True).first()
    )
    scanned, beats = _is_fresh(finished, now), _is_fresh(handed_over, now)
    mailbox = {"mailbox": "stale" if mailbox_is_away(now) else "ok"} if settings.IMAP_URL else {}
    return mailbox | {
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
        "incoming_mail": _incoming(now),
        "webhooks": webhooks.backlog(now - SCAN_EVERY)._asdict(),
    }


def _incoming(now):
    found = backlog()
    return {
        "waiting": found.waiting,
        "oldest_waiting_seconds": _seconds_since(found.oldest_at, now),
        "held_back": found.held_back,
        "last_fetched_at": found.fetched_at.isoformat() if found.fetched_at else None,
    }


def _outbox(model, now):
    outbox = deliveries.backlog_of(model)
    late = count_up_to({"late": model.objects.to_send(now - SCAN_EVERY)})
    return {
        "pending": outbox.pending,
        **late,
        "failed": outbox.failed,
        "oldest_pending_seconds": _seconds_since(outbox.oldest_at, now),
    }


def _seconds_since(moment, now):
    return int((now - moment).total_seconds()) if moment else 0
