"""What the environment may say, and what stops a start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from helpdesk import attachment_settings, environment
from helpdesk.database_settings import configure_connections
from tests.helpdesk.starts import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent.parent
BUCKET = "s3://files?endpoint=https://s3.example"


class Given(dict):
    """An environment."""

    def str(self, name, default):
        return self.get(name, default)


def test_production_starts_with_what_it_needs(start):
    started = start()

    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "insecure-key-for-development-only"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"RETENTION_DAYS": "30"}, "RETENTION_DAYS must be at least 90 days, or 0"),
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
        ({"TIME_ZONE": "Asia/Nowhere"}, "TIME_ZONE: this machine knows no time zone Asia/Nowhere"),
        ({"LOG_LEVEL": "LOUD"}, "LOUD"),
        ({"METRICS_TOKEN": "guessed"}, "METRICS_TOKEN"),
        ({"WORKER_METRICS_ADDRESS": "127.0.0.1:9101"}, "METRICS_TOKEN"),
        ({"ATTACHMENTS_URL": BUCKET}, "ATTACHMENTS_KEY_ID must be set"),
        ({"ATTACHMENTS_SECRET_KEY": "x"}, "ATTACHMENTS_URL must be set"),
    ],
)
def test_a_malformed_or_missing_setting_stops_the_start(start, changes, complaint):
    started = start(**changes)

    assert started.returncode != 0
    assert complaint in started.stderr


KEYS = {"ATTACHMENTS_KEY_ID": "key", "ATTACHMENTS_SECRET_KEY": "secret"}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"ATTACHMENTS_URL": BUCKET, "ATTACHMENTS_KEY_ID": "key"}, "ATTACHMENTS_SECRET_KEY"),
        (KEYS, "ATTACHMENTS_URL must be set"),
        (KEYS | {"ATTACHMENTS_URL": "files"}, "ATTACHMENTS_URL must be of the form"),
        (
            KEYS | {"ATTACHMENTS_URL": "s3://key:secret@files"},
            "ATTACHMENTS_URL must be of the form",
        ),
        (KEYS | {"ATTACHMENTS_URL": "s3://files?regoin=x"}, "ATTACHMENTS_URL must be of the form"),
        (KEYS | {"ATTACHMENTS_URL": "s3://?region=x"}, "must name a bucket"),
        (KEYS | {"ATTACHMENTS_URL": "s3://No_Bucket?region=x"}, "must name a bucket"),
        (KEYS | {"ATTACHMENTS_URL": "s3://files"}, "must name a region, an endpoint or both"),
        (KEYS | {"ATTACHMENTS_URL": "s3://files?endpoint=s3.example"}, "endpoint must be https"),
        (
            KEYS | {"ATTACHMENTS_URL": "s3://files?endpoint=https://s3.example/x"},
            "endpoint must be",
        ),
    ],
)
def test_a_half_of_a_bucket_is_refused(given, complaint):
    with pytest.raises(ImproperlyConfigured, match=complaint):
        attachment_settings.bucket(Given(given))


def test_a_bucket_is_named_by_one_setting():
    made = attachment_settings.bucket(Given(KEYS | {"ATTACHMENTS_URL": BUCKET}))
    deep = KEYS | {"ATTACHMENTS_URL": "s3://files/help/desk/?region=ir-thr-at1"}

    assert made["OPTIONS"]["bucket"] == "files"
    assert made["OPTIONS"]["endpoint"] == "https://s3.example"
    assert attachment_settings.bucket(Given(deep))["OPTIONS"] == {
        "bucket": "files",
        "prefix": "help/desk",
        "endpoint": None,
        "region": "ir-thr-at1",
        "key_id": "key",
        "secret_key": "secret",
    }
    assert attachment_settings.bucket(Given({})) is None


def connections_of(url, *, keeps_plans=True):
    """The settings of the database that a URL names."""
    database = environment.env.db_url_config(url)
    configure_connections(database, max_age=60, keeps_plans=keeps_plans)
    return database


def test_a_database_may_have_a_standby():
    url = "postgresql://helpdesk@one:5432,two:5433/helpdesk?target_session_attrs=read-write"

    database = connections_of(url)

    assert (database["HOST"], database["PORT"]) == ("one,two", "5432,5433")
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"


def test_neither_side_of_a_connection_waits_for_a_machine_that_is_gone():
    options = connections_of("postgresql://database/helpdesk")["OPTIONS"]

    assert options["tcp_user_timeout"] == 15_000
    assert "-c tcp_user_timeout=15000" in options["options"]
    assert "-c lock_timeout=4s" in options["options"]


def test_a_pooler_by_transaction_is_asked_for_nothing_that_outlives_one():
    database = connections_of("postgresql://pooler/helpdesk", keeps_plans=False)

    assert database["OPTIONS"]["prepare_threshold"] is None
    assert database["DISABLE_SERVER_SIDE_CURSORS"]


def test_a_folder_loads_nothing_of_s3():
    code = (
        "import django, sys; django.setup(); from helpdesk import urls; "
        "from django.core.files.storage import default_storage as s; s.base_location; "
        "sys.exit('botocore' in sys.modules)"
    )
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "helpdesk.settings", **PRODUCTION}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=given)

    assert done.returncode == 0


def test_a_system_whose_time_zones_lack_tehran_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "SYSTEM_ZONES", tmp_path)

    with pytest.raises(ImproperlyConfigured, match=r"TIME_ZONE: .* Asia/Tehran; is its package"):
        environment.time_zone("TIME_ZONE", default="Asia/Tehran")


def test_a_machine_that_knows_another_zone_but_not_tehran_does_not_start(monkeypatch, tmp_path):
    (tmp_path / "UTC").touch()
    monkeypatch.setattr(environment, "SYSTEM_ZONES", tmp_path)
    monkeypatch.setenv("TIME_ZONE", "UTC")

    with pytest.raises(ImproperlyConfigured, match=r"TIME_ZONE: .* no time zone Asia/Tehran"):
        environment.time_zone("TIME_ZONE", default="Asia/Tehran")


def test_development_needs_nothing_but_debug(start):
    nothing = dict.fromkeys(PRODUCTION)

    started = start(**nothing, DEBUG="1", STAFF_SECOND_FACTOR="optional")

    assert started.returncode == 0, started.stderr


def test_secrets_may_be_in_files(start, tmp_path):
    secret, database = tmp_path / "secret", tmp_path / "database"
    secret.write_text("9b" * 25 + "\n")
    database.write_text(PRODUCTION["DATABASE_URL"] + "\n")
    files = {"SECRET_KEY_FILE": str(secret), "DATABASE_URL_FILE": str(database)}

    assert start(SECRET_KEY=None, DATABASE_URL=None, **files).returncode == 0

    secret.write_text("9b" * 24 + "9\n")
    assert "SECRET_KEY" in start(SECRET_KEY=None, DATABASE_URL=None, **files).stderr
