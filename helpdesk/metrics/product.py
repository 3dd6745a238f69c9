"""What is measured of the product: a constant number of statements, each led by an index."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django_celery_beat.models import PeriodicTask

from helpdesk.health import SCAN
from intake.backlog import FETCH, backlog
from notifications import deliveries
from notifications.models import AccountMail, Notification
from notifications.publishing import tasks_in_broker
from tickets.lists.counts import count_up_to
from tickets.models import Clock, PeriodicRun, Recalculation, Ticket, TicketJob
from webhooks import backlog as webhooks

HOUR = timedelta(hours=1)
# Within so long a run comes by whatever webhook is due.
RUN_TIME = timedelta(minutes=5)
# Before the first ticket.
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


class Measure(NamedTuple):
    """A number by the values of its label, or under the key None where it has no label."""

    name: str
    help: str
    values: dict
    labels: tuple = ()


def measured(now):
    """All measures of now. Counts go no farther than those of pages (MOST_COUNTED)."""
    return [
        *_outboxes(now),
        *_broker(),
        *_periodic(),
        *_incoming(now),
        *_webhooks(now),
        *_counted(now),
    ]


def _outboxes(now):
    outboxes = {
        "notifications": deliveries.backlog_of(Notification),
        "account_mail": deliveries.backlog_of(AccountMail),
    }
    pending = {name: each.pending for name, each in outboxes.items()}
    failed = {name: each.failed for name, each in outboxes.items()}
    oldest = {name: _age(each.oldest_at, now) for name, each in outboxes.items()}
    yield Measure("helpdesk_outbox_pending", "Rows that wait to be sent.", pending, ("outbox",))
    yield Measure("helpdesk_outbox_failed", "Rows that have finally failed.", failed, ("outbox",))
    yield Measure(
        "helpdesk_outbox_oldest_pending_seconds",
        "Age of the oldest that waits.",
        oldest,
        ("outbox",),
    )


def _broker():
    found = tasks_in_broker()
    yield Measure("helpdesk_broker_up", "Whether the broker answered.", {None: found is not None})
    if found:
        yield Measure(
            "helpdesk_tasks_in_broker",
            "Tasks that no worker has taken yet, and those that workers have.",
            found._asdict(),
            ("state",),
        )


def _periodic():
    finished = dict(PeriodicRun.objects.exclude(name=FETCH).values_list("name", "finished_at"))
    beat = PeriodicTask.objects.filter(name=SCAN).values_list("last_run_at", flat=True).first()
    yield Measure(
        "helpdesk_periodic_finished_timestamp_seconds",
        "When a worker last brought a periodic task to its end.",
        {name: at.timestamp() for name, at in finished.items()},
        ("task",),
    )
    yield Measure(
        "helpdesk_beat_timestamp_seconds",
        "When beat last handed over the scan of clocks.",
        {None: beat.timestamp() if beat else 0},
    )


def _incoming(now):
    found = backlog()
    waiting = {"waiting": found.waiting, "held_back": found.held_back}
    yield Measure(
        "helpdesk_incoming_mails",
        "E-mails not settled yet, and those that wait for a decision.",
        waiting,
        ("state",),
    )
    yield Measure(
        "helpdesk_incoming_oldest_waiting_seconds",
        "Age of the oldest e-mail not settled yet.",
        {None: _age(found.oldest_at, now)},
    )
    if found.fetched_at:
        yield Measure(
            "helpdesk_mailbox_read_timestamp_seconds",
            "When the mailbox was last read.",
            {None: found.fetched_at.timestamp()},
        )


def _webhooks(now):
    found = webhooks.backlog(now - RUN_TIME)
    yield Measure(
        "helpdesk_webhooks_pending", "Webhooks that wait to be sent.", {None: found.pending}
    )
    yield Measure(
        "helpdesk_webhooks_failed", "Webhooks that have finally failed.", {None: found.failed}
    )
    yield Measure(
        "helpdesk_webhook_endpoints",
        "Endpoints for which nobody sends what is due, that accept nothing, or are disabled.",
        {"unserved": found.due, "failing": found.failing, "disabled": found.disabled},
        ("state",),
    )


def _counted(now):
    breached = Clock.objects.due_between(now - HOUR, now).filter(breached_at__isnull=False)
    counts = count_up_to(
        {
            "jobs": TicketJob.objects.unfinished(),
            "recalculations": Recalculation.objects.unfinished(),
            "overdue": Ticket.objects.due_within(BEFORE_ALL, now),
            "breaches": breached,
            "unannounced": Clock.objects.breach_to_tell(now),
            "closes": Ticket.objects.closed_automatically_since(now - HOUR),
            "to_close": Ticket.objects.closing_by(now),
        }
    )
    jobs = {name: counts[name] for name in ("jobs", "recalculations")}
    plain = {
        "helpdesk_tickets_overdue": ("Open tickets whose answer is overdue.", "overdue"),
        "helpdesk_breaches_last_hour": ("Clocks that were breached in the last hour.", "breaches"),
        "helpdesk_breaches_unannounced": ("Breaches that no scan has found.", "unannounced"),
        "helpdesk_automatic_closes_last_hour": (
            "Tickets closed automatically in the last hour, and not reopened.",
            "closes",
        ),
        "helpdesk_automatic_closes_due": ("Tickets whose 48 hours are over.", "to_close"),
    }
    yield Measure("helpdesk_jobs_waiting", "Background changes to be done.", jobs, ("kind",))
    for name, (text, key) in plain.items():
        yield Measure(name, text, {None: counts[key]})


def _age(moment, now):
    return max((now - moment).total_seconds(), 0) if moment else 0
