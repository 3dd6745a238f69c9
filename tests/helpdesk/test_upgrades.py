"""What `check_upgrade` says of a database, and when it says no."""

import io
import shutil
import zoneinfo

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    RemoveField,
    RunPython,
)
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from helpdesk import checks, upgrades
from helpdesk.management.commands import check_upgrade
from helpdesk.upgrades import Findings
from schema import forecast, operations

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL"),
]


def check():
    """(exit code, what was printed)."""
    output, code = io.StringIO(), 0
    try:
        call_command("check_upgrade", stdout=output)
    except SystemExit as end:
        code = end.code
    return code, output.getvalue()


@pytest.fixture
def other():
    given = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password")
    settings_of_it = {name: given[name] for name in names if given.get(name)}
    with psycopg.connect(**settings_of_it, application_name="helpdesk 0.0.9") as session:
        session.execute("SELECT 'what it did last'")
        yield session


def test_a_database_that_is_away_was_up_to_date(monkeypatch):
    monkeypatch.setattr(check_upgrade, "look", lambda _connection: Findings(errors=["It is away."]))

    code, output = check()

    assert (code, output) == (1, "Error: It is away.\nDo not upgrade before this is mended.\n")


def test_a_database_that_is_up_to_date_has_nothing_to_do():
    code, output = check()

    assert (code, "No migration is left to do." in output) == (0, True)
    assert output.startswith("PostgreSQL ")


def test_what_is_left_is_listed_step_by_step():
    late = MigrationRecorder.Migration.objects.filter(app="tickets", name__gte="0067")
    late.delete()

    code, output = check()

    assert code == 0
    assert "tickets.0069_filter_in_indexes" in output
    assert "[tickets_ticket, " in output
    assert "nobody waits" in output
    assert "While they run the previous release serves" in output


def test_a_transaction_that_is_in_the_way_is_named(monkeypatch, other):
    monkeypatch.setattr(upgrades, "LONG_SECONDS", 0)

    _code, output = check()

    assert f"process {other.info.backend_pid} of the database, helpdesk 0.0.9, idle in" in output
    assert "what it did last" in output


def test_processes_of_two_releases_are_named(other):
    with psycopg.connect(**{**other.info.get_parameters(), "application_name": "helpdesk 0.1.9"}):
        _code, output = check()

    # A thread of another test may still be connected, under the present release.
    [warning] = [line for line in output.splitlines() if "Processes of two releases" in line]
    assert "helpdesk 0.0.9" in warning
    assert "helpdesk 0.1.9" in warning


def test_a_database_that_takes_no_writes_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_transaction_read_only = on")

    code, output = check()

    assert code == 1
    assert "Error: The database takes no writes" in output


def test_too_little_room_is_refused(monkeypatch):
    full = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr(upgrades.shutil, "disk_usage", lambda _path: full)

    code, output = check()

    assert code == 1
    assert "Error: The disk of STATIC_ROOT has 1 MB free." in output


def test_time_zones_of_before_2022_are_named(tmp_path):
    """Kabul is as far from Tehran as Tehran's summer time was."""
    (tmp_path / "Asia").mkdir()
    kabul = next(shutil.os.path.join(path, "Asia/Kabul") for path in zoneinfo.TZPATH)
    shutil.copy(kabul, tmp_path / "Asia/Tehran")
    try:
        zoneinfo.reset_tzpath([tmp_path])
        zoneinfo.ZoneInfo.clear_cache()
        [error] = checks.time_zones()
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache()

    assert error.msg == "The time zones of this machine are older than 2022: Asia/Tehran."
    assert checks.time_zones() == []


# --- What is forecast at a million rows -------------------------------------------------------

MILLION = 1_000_000
TITLE = models.Index(fields=["title"], name="by_title")
WORDS = GinIndex(fields=["title_folded"], name="by_words")
NOT_NONE = models.CheckConstraint(condition=~models.Q(title="none"), name="not_none")
PERSON = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


def move(apps, schema_editor):
    """Fill a column, a batch at a time."""


@pytest.mark.parametrize(
    ("operation", "waits", "seconds", "serves"),
    [
        (operations.AddIndex("ticket", TITLE), forecast.NOBODY, 6, True),
        (operations.AddIndex("ticket", WORDS), forecast.NOBODY, 180, True),
        (AddIndex("ticket", TITLE), forecast.WRITERS, 3, True),
        (AddConstraint("ticket", NOT_NONE), forecast.CLOSED, 1, True),
        (operations.AddConstraintNotValid("ticket", NOT_NONE), forecast.INSTANT, 0, True),
        (operations.ValidateConstraint("ticket", "not_none"), forecast.NOBODY, 1, True),
        (AddField("ticket", "x", models.CharField(null=True)), forecast.INSTANT, 0, True),
        (AddField("ticket", "x", models.CharField(default="")), forecast.INSTANT, 0, False),
        (AddField("ticket", "x", models.CharField(db_index=True)), forecast.CLOSED, 3, False),
        (AlterField("ticket", "opened_by", PERSON), forecast.CLOSED, 1, True),
        (AlterField("ticket", "due_at", models.DateTimeField()), forecast.CLOSED, 1, False),
        (
            AlterField("ticket", "title", models.CharField(max_length=999)),
            forecast.INSTANT,
            0,
            True,
        ),
        (AlterField("ticket", "title", models.CharField(max_length=9)), forecast.CLOSED, 31, False),
        (RemoveField("ticket", "title"), forecast.INSTANT, 0, False),
        (RunPython(move), forecast.NOBODY, None, True),
    ],
)
def test_an_operation_is_forecast(operation, waits, seconds, serves):
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation.state_forwards("tickets", after)
    tells = forecast.Forecast(connection, lambda _table: MILLION)

    step = tells._step("tickets", operation, before, after)

    assert (step.waits, step.seconds, step.serves) == (waits, seconds, serves)
