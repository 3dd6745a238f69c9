"""Settings of the tests: the product's own, with quick passwords and nothing left on disk."""

import os
import tempfile

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("RUN_DIR", tempfile.mkdtemp(prefix="helpdesk-tests-"))
# `make test` gives a database and a Redis; outside of it only tests that need neither make sense.
os.environ.setdefault("DATABASE_URL", "postgresql:///helpdesk")
# Every worker of pytest-xdist has a broker of its own, as it has a database of its own.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if (
    os.environ.get("REDIS_URL", "").startswith("redis+socket:")
    and "?" not in os.environ["REDIS_URL"]
):
    os.environ["REDIS_URL"] += f"?virtual_host={_WORKER}"

from helpdesk.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SITE_URL = "http://testserver"
# In the process, so that a test can empty it without a database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
