"""Real worker, beat and Redis: people are notified of what commits, whatever is away meanwhile."""

import re
import signal
import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from kombu import Connection

from helpdesk.request_ids import HEADER, RequestIdMiddleware
from helpdesk.schedule import SCHEDULE
from notifications import publishing, services
from notifications.models import Notification
from tickets import services as tickets
from tickets.choices import Status
from tickets.models import PeriodicRun, Ticket
from tickets.tasks import scan_clocks

from .conftest import eventually, send_to

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
# What a request may wait for a broker that is away, in seconds.
PATIENCE_OF_A_PERSON = 2


@pytest.fixture
def draft():
    return tickets.Draft(title="سرور", description="قطع است.", category="technical")


@pytest.fixture
def file_for(requester, agent, organization, draft):
    """Open a ticket of which the requester is notified, because an agent files it."""

    def file(**kwargs):
        people = {"requester": requester, "opened_by": agent, "organization": organization}
        return tickets.open_ticket(**people, draft=draft, **kwargs)

    return file


@pytest.fixture
def overdue_schedule(transactional_db):
    """Entries that beat finds due at its start, and one that the code no longer declares."""
    every = IntervalSchedule.objects.create(every=60, period="seconds")
    long_ago = timezone.now() - HOUR
    for name in ("auto_close", "scan_clocks", "sweep_outbox"):
        PeriodicTask.objects.create(
            name=name, task=SCHEDULE[name]["task"], interval=every, last_run_at=long_ago
        )
    PeriodicTask.objects.create(name="forgotten", task="no.such.task", interval=every)


def times_ready(processes):
    return processes.log("worker").count(" ready.")


def state_of(ticket):
    return Notification.objects.by_external().get(ticket=ticket).state


def test_a_worker_notifies_of_what_was_committed_and_of_nothing_else(
    processes, post, file_for, requester
):
    processes.worker()
    with transaction.atomic():
        file_for()
        transaction.set_rollback(True)

    committed = file_for()

    assert eventually(lambda: state_of(committed) == "sent"), processes.log("worker")
    assert post.recipients == [requester.email]
    assert Notification.objects.by_external().count() == 1


def test_a_backlog_of_mails_does_not_keep_periodic_tasks_waiting(transactional_db, broker):
    rows_of_three_tasks = range(2 * publishing.ROWS_PER_TASK + 1)
    publishing.publish(services.DELIVER_NOTIFICATION, rows_of_three_tasks)
    send_to(broker, scan_clocks)

    assert publishing.tasks_in_broker().waiting == 4
    assert first_task(broker) == scan_clocks.name


def first_task(broker):
    """What the next free worker is given."""
    with Connection(broker.url) as connection:
        return connection.default_channel.basic_get("celery").headers["task"]


@pytest.mark.full
def test_a_worker_that_is_reloaded_goes_on_as_the_same_process(processes, file_for):
    worker = processes.worker("--loglevel", "INFO")
    assert eventually(lambda: processes.log("worker").count(" ready.") == 1)

    worker.send_signal(signal.SIGHUP)

    assert eventually(lambda: processes.log("worker").count(" ready.") == 2), processes.log(
        "worker"
    )
    ticket = file_for()
    assert eventually(lambda: state_of(ticket) == "sent"), processes.log("worker")
    assert worker.poll() is None


@pytest.mark.full
def test_a_ticket_opened_while_redis_is_away_is_saved_at_once_and_notified_of_later(
    processes, broker, post, file_for, requester, overdue_schedule
):
    broker.stop()
    started = time.monotonic()
    ticket = file_for()
    took = time.monotonic() - started
    processes.worker()
    processes.beat()

    broker.start()

    assert took < PATIENCE_OF_A_PERSON
    assert eventually(lambda: state_of(ticket) == "sent"), processes.log("beat")
    assert post.recipients == [requester.email]


def test_a_ticket_opened_while_redis_hangs_is_saved_at_once(transactional_db, broker, file_for):
    broker.hang()
    started = time.monotonic()

    first, second = file_for(), file_for()

    assert time.monotonic() - started < PATIENCE_OF_A_PERSON
    assert {state_of(first), state_of(second)} == {"pending"}


@pytest.mark.full
def test_beat_has_a_ticket_closed_that_was_left_alone_for_48_hours(
    processes, file_for, agent, overdue_schedule
):
    then = timezone.now() - 49 * HOUR
    ticket = file_for(now=then)
    tickets.reply_as_agent(ticket, actor=agent, content=tickets.NewMessage("پاسخ"), now=then)
    processes.worker()

    processes.beat()

    assert eventually(lambda: Ticket.objects.get(pk=ticket.pk).status == Status.CLOSED), (
        processes.log("beat") + processes.log("worker")
    )
    assert eventually(lambda: PeriodicRun.objects.filter(name="scan_clocks").exists())
    assert set(PeriodicTask.objects.values_list("name", flat=True)) == set(SCHEDULE)


@pytest.mark.full
def test_a_worker_killed_while_sending_loses_no_mail(processes, post, file_for, requester):
    worker = processes.worker("--loglevel", "INFO")
    post.before_taking = lambda: processes.kill(worker)
    ticket = file_for()
    assert eventually(lambda: worker.poll() is not None), processes.log("worker")
    post.before_taking = None
    post.taken.clear()

    processes.worker()
    Notification.objects.filter(ticket=ticket).update(next_try_at=timezone.now())
    services.sweep()

    assert eventually(lambda: state_of(ticket) == "sent"), processes.log("worker")
    assert set(post.recipients) == {requester.email}


def test_one_id_leads_from_a_page_to_the_mail_of_its_task(processes, post, file_for):
    processes.worker("--loglevel", "INFO")
    filed = []
    page = RequestIdMiddleware(lambda _request: filed.append(file_for()) or HttpResponse())

    request_id = page(RequestFactory().get("/")).headers[HEADER]

    assert eventually(lambda: state_of(filed[0]) == "sent"), processes.log("worker")
    ended = f"[{request_id}] Task notifications.tasks.deliver_notification"
    assert eventually(lambda: ended in processes.log("worker"))
    assert re.search(rf"\[{request_id}\] Notification \d+ by email: sent", processes.log("worker"))
    assert post.recipients[0] not in processes.log("worker")
