"""What a deployment learns about its database before anybody works with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import NotSupportedError, connection
from environment import redis_server
from servers import die_with_parent, stop_process, wait_until

from helpdesk import checks
from notifications import publishing
from tests.s3 import free_port

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def postgresql(db):
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")


def complaints():
    return [error.msg for error in checks.database(databases=["default"])]


@pytest.mark.usefixtures("postgresql")
def test_a_sound_database_passes():
    assert complaints() == []


@pytest.mark.usefixtures("postgresql")
def test_a_release_that_is_too_old_is_named(monkeypatch):
    with monkeypatch.context() as newer:
        newer.setattr(type(connection.features), "minimum_database_version", (99,))
        with pytest.raises(NotSupportedError) as refused:
            connection.check_database_version_supported()

    def refuse():
        raise refused.value

    with monkeypatch.context() as older:
        older.setattr(connection, "ensure_connection", refuse)
        [complaint] = complaints()

    assert complaint.startswith(
        "DATABASE_URL: this release of the database is too old. PostgreSQL 99"
    )
    assert "found" in complaint


@pytest.mark.usefixtures("postgresql")
def test_a_time_zone_that_the_database_does_not_know_is_named(settings):
    settings.TIME_ZONE = "Asia/Atlantis"

    assert complaints() == ["TIME_ZONE: the database does not know the time zone Asia/Atlantis."]


@pytest.mark.usefixtures("postgresql")
def test_a_database_whose_limits_a_pooler_has_dropped_is_named():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")

    assert complaints() == ["DATABASE_URL: statements wait for locks, and run, without a limit."]


def manage(*arguments, **changes):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "helpdesk.settings", "DEBUG": "1"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**environment, **changes},
        capture_output=True,
        text=True,
    )


def test_migrate_says_in_a_sentence_that_the_database_is_away():
    url = f"postgresql://somebody:secret@127.0.0.1:{free_port()}/none"

    done = manage("migrate", DATABASE_URL=url)

    assert done.returncode == 1
    assert "DATABASE_URL: the database cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


@pytest.fixture
def locked_redis(tmp_path):
    """The address of a Redis that wants a password, without it."""
    binary = redis_server()
    port, log = free_port(), tmp_path / "log"
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--requirepass", "p@ss/word"]
    with log.open("w") as lines:
        process = subprocess.Popen(
            [*command, "--save", "", "--dir", str(tmp_path)],
            stdout=lines,
            preexec_fn=die_with_parent,  # noqa: PLW1509 no threads yet
        )
    try:
        wait_until(lambda: "Ready to accept" in log.read_text(), process, log)
        yield f"127.0.0.1:{port}/0"
    finally:
        stop_process(process)


@pytest.mark.parametrize(
    ("password", "answers"), [(":p%40ss%2Fword@", True), (":wrong@", False), ("", False)]
)
def test_a_redis_with_a_password_is_the_broker_and_a_wrong_one_is_as_if_it_were_away(
    locked_redis, settings, monkeypatch, caplog, password, answers
):
    monkeypatch.setattr(publishing._Quiet, "until", 0.0)
    settings.CELERY_BROKER_URL = f"redis://{password}{locked_redis}"

    assert publishing.broker_answers() is answers
    assert publishing.publish("any.task", [1]) == int(answers)
    assert "wrong" not in caplog.text
