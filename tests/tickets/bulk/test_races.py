"""Bulk runs, people and workers at once, and killed workers: real threads and processes."""

import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from tests.factories import NOW, again, make_ticket
from tests.tickets.services.test_races import SECONDS, at_once, in_thread
from tickets import services
from tickets.errors import TicketError
from tickets.models import BulkItem, BulkRun, Event, Ticket

from .killed import INSTANTS

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _only_on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("rows are locked on PostgreSQL only")


@pytest.fixture
def tickets(requester):
    return [make_ticket(requester) for _n in range(6)]


def start(tickets, actor, *, category="sales", form_key=None):
    return services.start_bulk(
        Ticket.objects.visible_to(actor).order_by("pk"),
        services.BulkChange("category", category=category),
        services.Selection(tuple(ticket.pk for ticket in tickets)),
        actor=actor,
        form_key=form_key,
        now=NOW,
    )


def outcomes(run):
    return Counter(BulkItem.objects.of_run(run).values_list("outcome", flat=True))


def changes():
    """How often the category of each ticket was changed."""
    kinds = Event.objects.filter(kind=Event.Kind.CATEGORY_CHANGED)
    return Counter(kinds.values_list("ticket", flat=True))


def test_workers_at_once_do_each_ticket_once(tickets, agent):
    run = start(tickets, agent)

    at_once(*[lambda: services.do_now(run, now=NOW + HOUR)] * 3)
    services.run_bulk(now=NOW + 2 * HOUR)

    assert outcomes(run) == {"done": 6}
    assert changes() == dict.fromkeys([each.pk for each in tickets], 1)
    assert again(run).is_finished


def test_workers_that_both_believe_the_run_theirs_do_each_ticket_once(tickets, agent, monkeypatch):
    monkeypatch.setattr("tickets.services.bulk.running._claim", lambda *_args: 1)
    run = start(tickets, agent)

    at_once(*[lambda: services.run_bulk(now=NOW + HOUR)] * 3)

    assert outcomes(run) == {"done": 6}
    assert changes() == dict.fromkeys([each.pk for each in tickets], 1)


def test_of_two_runs_over_the_same_tickets_the_second_skips_what_the_first_changed(
    tickets, agent, supervisor
):
    runs = start(tickets, agent), start(tickets, supervisor, category="financial")

    at_once(*[lambda run=run: services.do_now(run, now=NOW + HOUR) for run in runs])

    found = sum((outcomes(run) for run in runs), Counter())
    assert found == {"done": 6, "skipped": 6}
    assert changes() == dict.fromkeys([each.pk for each in tickets], 1)
    codes = BulkItem.objects.skipped().values_list("code", flat=True)
    assert set(codes) == {"stale"}


def test_a_form_that_is_sent_twice_at_once_starts_one_run(tickets, agent):
    key = uuid.uuid4()

    first, second = at_once(*[lambda: start(tickets, agent, form_key=key)] * 2)

    assert first == second
    assert BulkRun.objects.count() == 1
    assert BulkItem.objects.count() == 6


def test_stopped_in_the_middle_each_ticket_is_done_or_left_alone(tickets, agent):
    run = start(tickets, agent)

    at_once(
        lambda: services.run_bulk(now=NOW + HOUR),
        lambda: services.stop_bulk(run, actor=agent, now=NOW + HOUR),
    )
    services.run_bulk(now=NOW + 2 * HOUR)

    run = again(run)
    assert run.is_finished
    assert sum(run.counts.values()) == 6
    assert run.counts.get("done", 0) == len(changes())


def test_a_line_that_is_held_is_passed_over_and_done_later(tickets, agent):
    run = start(tickets, agent)
    with transaction.atomic():
        BulkItem.objects.select_for_update().get(run=run, place=1)
        with ThreadPoolExecutor(1) as pool:
            act = lambda: services.run_bulk(now=NOW + HOUR)  # noqa: E731
            pool.submit(in_thread, act).result(SECONDS)
    assert outcomes(run) == {"waiting": 1, "done": 5}

    services.run_bulk(now=NOW + 2 * HOUR)

    assert outcomes(run) == {"done": 6}
    assert again(run).is_finished


def test_a_single_change_at_the_same_instant_comes_before_or_after(tickets, agent, second_agent):
    run = start(tickets, agent)

    found = at_once(
        lambda: services.run_bulk(now=NOW + HOUR),
        *(
            lambda ticket=ticket: services.change_category(
                ticket,
                actor=second_agent,
                category="activation",
                seen_version=ticket.version,
                now=NOW + HOUR,
            )
            for ticket in tickets
        ),
    )

    refused = [each for each in found if isinstance(each, TicketError)]
    assert {each.code for each in refused} <= {"stale"}
    assert outcomes(run)["done"] == len(refused)
    assert changes() == dict.fromkeys([each.pk for each in tickets], 1)


@pytest.mark.full
@pytest.mark.parametrize("instant", INSTANTS)
def test_killed_at_an_instant_no_ticket_is_lost_and_none_done_twice(
    instant, tickets, agent, monkeypatch
):
    name = quote(connection.settings_dict["NAME"])
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
    monkeypatch.setenv("DATABASE_URL", url.geturl())
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    run = start(tickets, agent)
    command = [sys.executable, "-m", "tests.tickets.bulk.killed", instant]

    ended = subprocess.run(command, cwd=django_settings.BASE_DIR, timeout=60).returncode

    assert ended == -signal.SIGKILL
    assert not again(run).is_finished
    # The claim of the dead process holds until a minute has passed.
    assert services.run_bulk(now=timezone.now()) == 0
    services.run_bulk(now=timezone.now() + 2 * MINUTE)
    assert outcomes(run) == {"done": 6}
    assert changes() == dict.fromkeys([each.pk for each in tickets], 1)
    assert again(run).is_finished
