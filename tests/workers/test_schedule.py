"""The schedule is what the code declares."""

import pytest
from celery import current_app
from django.db import OperationalError

from helpdesk.beat import DeclaredScheduler
from helpdesk.schedule import SCHEDULE


@pytest.mark.parametrize("name", SCHEDULE)
def test_every_entry_names_a_task_of_its_own_name(name):
    current_app.loader.import_default_modules()

    task = SCHEDULE[name]["task"]

    assert task in current_app.tasks
    assert task.rpartition(".")[2] == name


def test_times_are_utc_and_runs_that_nobody_came_to_are_dropped():
    assert current_app.conf.timezone == "UTC"
    assert all(entry["options"]["expire_seconds"] for entry in SCHEDULE.values())


def test_no_task_may_run_so_long_that_the_broker_gives_it_to_another_worker():
    assert (
        current_app.conf.task_time_limit * 2
        <= (current_app.conf.broker_transport_options["visibility_timeout"])
    )


def test_beat_does_not_end_when_the_database_is_away_as_it_reads_its_schedule_again(monkeypatch):
    scheduler = DeclaredScheduler(app=current_app, lazy=True)
    scheduler._schedule = known = {"scan_clocks": "each minute"}
    monkeypatch.setattr(scheduler, "enabled_models", _refuse)

    assert scheduler.all_as_schedule() is known


def test_beat_that_never_read_its_schedule_says_that_the_database_is_away(monkeypatch):
    scheduler = DeclaredScheduler(app=current_app, lazy=True)
    monkeypatch.setattr(scheduler, "enabled_models", _refuse)

    with pytest.raises(OperationalError):
        scheduler.all_as_schedule()


def _refuse():
    raise OperationalError("the database is away")
