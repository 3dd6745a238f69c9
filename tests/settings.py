"""Settings of the tests: the product's own, with quick passwords and folders of their own."""

import os
from pathlib import Path

# `make test` gives a database, a Redis and a folder that it throws away. Workers of pytest-xdist
# share all three, so each has a part of its own, as Django gives each a database of its own.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_FOLDER = os.environ.get("TEST_FOLDER") or Path(__file__).resolve().parent.parent / ".run" / "tests"
os.environ["RUN_DIR"] = str(Path(_FOLDER) / (_WORKER or "main"))
Path(os.environ["RUN_DIR"], "static").mkdir(parents=True, exist_ok=True)
os.environ.setdefault("DEBUG", "1")
# Tests of the required second factor ask for it themselves.
os.environ.setdefault("STAFF_SECOND_FACTOR", "optional")
os.environ.setdefault("DATABASE_URL", "postgresql:///helpdesk")
# Tests stop the clock and let it go on as they like.
os.environ.setdefault("CLOCK_OF_DATABASE", "0")
_REDIS = os.environ.get("REDIS_URL", "")
# One that names its part already was chosen by a test, for a process that it starts.
if _WORKER and _REDIS.startswith("redis+socket:") and "?" not in _REDIS:
    os.environ["REDIS_URL"] = f"{_REDIS}?virtual_host={_WORKER.removeprefix('gw')}"

from helpdesk.settings import *  # noqa: E402, F403

# Tickets of tests are closed at fixed instants, and their pages are shown now.
REOPEN_WITHIN_DAYS = 36_500
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SITE_URL = "http://testserver"
# In the process, so that a test can empty it without a database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
