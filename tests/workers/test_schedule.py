"""The schedule is what the code declares."""

import pytest
from celery import current_app

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
