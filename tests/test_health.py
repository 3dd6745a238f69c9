"""What /healthz says of the parts, to whom, while each of them is away."""

from datetime import timedelta

import pytest
from django.db import NotSupportedError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from helpdesk.middleware import FailureMiddleware
from helpdesk.views import is_database_away
from intake.services import receive
from notifications import publishing
from tickets import services

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ask(client):
    def health(by=None):
        if by:
            client.force_login(by)
        response = client.get("/healthz")
        return response.status_code, response.json()

    return health


@pytest.fixture
def scanned(db):
    def at(moment):
        services.record_run("scan_clocks", outcome="due soon 0, overdue 0", now=moment)

    return at


@pytest.fixture
def handed_over(db):
    def at(moment):
        every = IntervalSchedule.objects.create(every=1, period="minutes")
        PeriodicTask.objects.create(name="scan_clocks", interval=every, last_run_at=moment)

    return at


def test_all_is_well_after_a_scan(ask, scanned):
    scanned(timezone.now() - MINUTE)

    assert ask() == (
        200,
        {
            "status": "ok",
            "web": "ok",
            "database": "ok",
            "broker": "ok",
            "worker": "ok",
            "beat": "ok",
        },
    )


def test_beat_is_stale_when_no_scan_happened_for_five_minutes(ask, scanned):
    scanned(timezone.now() - 6 * MINUTE)

    status, answer = ask()

    assert (status, answer["status"], answer["beat"]) == (200, "degraded", "stale")


def test_the_worker_is_stale_when_beat_goes_on_alone(ask, scanned, handed_over):
    scanned(timezone.now() - 6 * MINUTE)
    handed_over(timezone.now() - MINUTE)

    _status, answer = ask()

    assert (answer["worker"], answer["beat"]) == ("stale", "ok")


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/redis.sock?virtual_host=0"]
)
def test_a_broker_that_is_away_is_degraded_and_served_on(ask, scanned, settings, url):
    settings.CELERY_BROKER_URL = url
    scanned(timezone.now())

    status, answer = ask()

    assert (status, answer["status"], answer["broker"]) == (200, "degraded", "down")


def test_without_a_database_the_answer_is_503(ask, db, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("password=secret host=db.internal")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        status, answer = ask()

    assert (status, answer["status"], answer["database"]) == (503, "down", "down")
    assert "secret" not in str(answer)


def test_a_database_of_a_release_that_is_too_old_is_named_again_and_again(
    ask, scanned, monkeypatch
):
    scanned(timezone.now())

    # Django refuses when it connects, and keeps the connection for whoever asks next.
    monkeypatch.setattr(type(connection.features), "minimum_database_version", (99,))
    answers = [ask(), ask()]

    assert [(status, each["database"]) for status, each in answers] == [(503, "too old")] * 2


def test_a_page_of_a_database_that_is_too_old_was_a_500_and_then_worked(db, monkeypatch, rf):
    with monkeypatch.context() as newer:
        newer.setattr(type(connection.features), "minimum_database_version", (99,))
        closed = []
        newer.setattr(connection, "close", lambda: closed.append(True))
        with pytest.raises(NotSupportedError) as refused:
            connection.check_database_version_supported()

        answer = FailureMiddleware(None).process_exception(rf.get("/queue/"), refused.value)

    assert answer.status_code == 503
    assert closed == [True]
    assert not is_database_away(NotSupportedError("of a statement, with a good database"))


def test_a_database_that_takes_no_writes_was_ok(ask, scanned):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite tells of it in another way")
    scanned(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")

    status, answer = ask()

    assert status == 200
    assert (answer["status"], answer["database"]) == ("degraded", "read-only")


def test_strangers_and_customers_learn_no_details(ask, scanned, requester):
    scanned(timezone.now())

    assert "details" not in ask()[1]
    assert "details" not in ask(by=requester)[1]


def test_staff_see_times_failures_and_calendars(ask, scanned, agent, settings):
    scanned(timezone.now())

    _status, answer = ask(by=agent)

    assert answer["details"]["periodic"]["scan_clocks"]["outcome"] == "due soon 0, overdue 0"
    assert answer["details"]["notifications"] == {
        "pending": 0,
        "late": 0,
        "failed": 0,
        "oldest_pending_seconds": 0,
    }
    assert "calendars_without_holidays" in answer["details"]


def test_it_is_read_only(client, db):
    assert client.post("/healthz").status_code == 405


def test_asking_the_broker_never_takes_long(settings):
    settings.CELERY_BROKER_URL = "redis://192.0.2.1:6379/0"
    started = timezone.now()

    assert not publishing.broker_answers()
    assert timezone.now() - started < timedelta(seconds=3)


def test_staff_without_the_second_factor_that_they_need_see_no_details(ask, agent, settings):
    settings.STAFF_SECOND_FACTOR = "required"

    _status, answer = ask(by=agent)

    assert "details" not in answer


def test_a_database_that_is_older_than_the_code_says_what_it_lacks(ask, db):
    MigrationRecorder.Migration.objects.filter(app="tickets", name="0001_initial").delete()

    status, answer = ask()

    assert status == 503
    assert answer["status"] == "down"
    assert answer["database"] == "unapplied migrations"
    assert answer["unapplied_migrations"] == ["tickets.0001_initial"]


def test_a_mailbox_that_has_not_been_read_for_a_while_is_stale(ask, scanned, settings):
    now = timezone.now()
    scanned(now)
    assert "mailbox" not in ask()[1]

    settings.IMAP_URL = "imaps://mail.example"
    assert (ask()[1]["status"], ask()[1]["mailbox"]) == ("degraded", "stale")

    services.record_run("fetch_mail", now=now - MINUTE)
    assert (ask()[1]["status"], ask()[1]["mailbox"]) == ("ok", "ok")


def test_staff_see_how_long_incoming_mail_has_waited(ask, agent, settings):
    settings.IMAP_URL, fetched = "imaps://mail.example", timezone.now() - MINUTE
    services.record_run("fetch_mail", now=fetched)
    receive(b"Subject: x\n\nhello", now=timezone.now() - 2 * MINUTE)

    incoming = ask(by=agent)[1]["details"]["incoming_mail"]

    assert incoming["waiting"] == 1
    assert 120 <= incoming["oldest_waiting_seconds"] < 180
    assert incoming["last_fetched_at"] == fetched.isoformat()
