"""What the environment may say, and what stops a start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "9b" * 32,
    "ALLOWED_HOSTS": "helpdesk.example",
    "SITE_URL": "https://helpdesk.example",
    "DATABASE_URL": "postgresql://helpdesk@database/helpdesk",
    "REDIS_URL": "redis://broker/0",
    "EMAIL_URL": "smtp://mail:25",
}


def start(**changes):
    """Read the settings in a process of its own, with the environment of a production."""
    given = {name: value for name, value in (PRODUCTION | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "helpdesk.settings", **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_what_it_needs():
    started = start()

    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "insecure-key-for-development-only"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "helpdesk.example,*"}, "ALLOWED_HOSTS"),
        ({"DEBUG": "1", "PRODUCTION": "1"}, "DEBUG"),
        ({"DEBUG": "maybe"}, "maybe"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"SITE_URL": None}, "SITE_URL"),
        ({"SITE_URL": "helpdesk.example"}, "SITE_URL"),
        ({"TICKET_PREFIX": "kt1"}, "TICKET_PREFIX"),
        ({"STAFF_SECOND_FACTOR": "never"}, "STAFF_SECOND_FACTOR"),
        ({"STAFF_SECOND_FACTOR": "optional"}, "STAFF_SECOND_FACTOR"),
        ({"ATTACHMENT_MAX_BYTES": "ten"}, "ten"),
        ({"TIME_ZONE": "Asia/Nowhere"}, "Asia/Nowhere"),
        ({"LOG_LEVEL": "LOUD"}, "LOUD"),
        ({"METRICS_TOKEN": "guessed"}, "METRICS_TOKEN"),
    ],
)
def test_a_malformed_or_missing_setting_stops_the_start(changes, complaint):
    started = start(**changes)

    assert started.returncode != 0
    assert complaint in started.stderr


def test_development_needs_nothing_but_debug():
    nothing = dict.fromkeys(PRODUCTION)

    started = start(**nothing, DEBUG="1", STAFF_SECOND_FACTOR="optional")

    assert started.returncode == 0, started.stderr


def test_secrets_may_be_in_files(tmp_path):
    secret, database = tmp_path / "secret", tmp_path / "database"
    secret.write_text("9b" * 25 + "\n")
    database.write_text(PRODUCTION["DATABASE_URL"] + "\n")
    files = {"SECRET_KEY_FILE": str(secret), "DATABASE_URL_FILE": str(database)}

    assert start(SECRET_KEY=None, DATABASE_URL=None, **files).returncode == 0

    secret.write_text("9b" * 24 + "9\n")
    assert "SECRET_KEY" in start(SECRET_KEY=None, DATABASE_URL=None, **files).stderr
