"""Runs `receive_mail` once in a process of its own that is killed (SIGKILL) at a given instant.

    python -m tests.intake.killed INSTANT

Without an instant it comes to its end.
"""

import os
import signal
import sys
from functools import wraps
from importlib import import_module

import django

# Where the process ends: just before the call, or just after it.
INSTANTS = {
    "after fetching, before storing": ("before", "intake.services", "receive"),
    "while storing, before the commit": (
        *("after", "intake.querysets.ReceivedMailQuerySet", "bulk_create"),
    ),
    "after storing, before moving": ("before", "intake.mailbox", "move_away"),
    "after copying, before deleting": ("before", "imap_tools.mailbox.BaseMailBox", "delete"),
    "after moving, before posting": ("after", "intake.mailbox", "move_away"),
    "before posting": ("before", "intake.services.posting", "post"),
    "after posting, before the commit": ("after", "intake.services.posting", "post"),
    "after the commit": ("after", "intake.services.processing", "_settle_once"),
    "at the end of the run": ("before", "intake.tasks", "record_run"),
}


def end_at(when, owner, name):
    """Have the process killed before or after the call of `name` in a module or class."""
    holder = _find(owner)
    original = getattr(holder, name)

    @wraps(original)
    def last(*args, **options):
        if when == "after":
            original(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, name, last)


def _find(path):
    module, _dot, name = path.rpartition(".")
    return getattr(import_module(module), name) if name[0].isupper() else import_module(path)


def main(instant=""):
    django.setup()
    from intake.tasks import receive_mail

    if instant:
        end_at(*INSTANTS[instant])
    receive_mail()


if __name__ == "__main__":
    main(*sys.argv[1:])
