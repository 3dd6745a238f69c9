"""Runs `run_bulk` once in a process of its own that is killed (SIGKILL) at a given instant.

python -m tests.tickets.bulk.killed INSTANT
"""

import os
import signal
import sys
from functools import wraps
from importlib import import_module

import django

RUNNING = "tickets.services.bulk.running"
# Where the process ends: before or after which call of a function, and the how many-eth.
INSTANTS = {
    "before a ticket": ("before", RUNNING, "_do", 2),
    "after the act, before its result": ("after", RUNNING, "act_on", 2),
    "after the commit of a ticket": ("after", RUNNING, "_do", 2),
    "before the run is given back": ("before", RUNNING, "_give_back", 1),
}


def end_at(when, module, name, number):
    """Have the process killed before or after that call of the function."""
    holder = import_module(module)
    original, calls = getattr(holder, name), []

    @wraps(original)
    def last(*args, **options):
        calls.append(name)
        if when == "after" or len(calls) < number:
            result = original(*args, **options)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(holder, name, last)


def main(instant):
    django.setup()
    from tickets.tasks import run_bulk

    end_at(*INSTANTS[instant])
    run_bulk()


if __name__ == "__main__":
    main(*sys.argv[1:])
