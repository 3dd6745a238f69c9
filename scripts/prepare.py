"""Brings the database up to date before a start: tables, cache table, static files, demo data.

One process for all, because loading Django takes most of the time of each.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command


def prepare(*, with_demo):
    print("Preparing the database …", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable")
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    # What was loaded once stays as people left it; foreign users make the command refuse.
    if with_demo and not get_user_model().objects.filter(email="sara@pars.example").exists():
        print("Loading the demo data …", flush=True)
        call_command("demo")


if __name__ == "__main__":
    try:
        django.setup()
    except ImproperlyConfigured as problem:
        sys.exit(f"\n{problem}")
    prepare(with_demo="--demo" in sys.argv[1:])
