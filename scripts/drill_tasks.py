"""Loaded by the workers of `make drill`: notes each periodic task that ended well, one line each.

A line is the time of CLOCK_MONOTONIC, which all processes of the machine share and which a wrong
clock of one of them leaves alone.
"""

import os
import time

from celery.signals import task_success

from helpdesk.schedule import SCHEDULE

PERIODIC = {entry["task"] for entry in SCHEDULE.values()}


@task_success.connect
def note(sender, **kwargs):
    if sender.name in PERIODIC:
        with open(os.environ["DRILL_TASKS"], "a") as file:  # noqa: PTH123 - as quick as can be
            file.write(f"{time.monotonic()}\n")
