"""Machines whose clocks are wrong agree on what time it is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from helpdesk import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_difference(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")
    connection.ensure_connection()
    monkeypatch.setattr(clock._Difference, "ahead", timedelta(0))
    monkeypatch.setattr(clock._Difference, "is_known", False)
    monkeypatch.setattr(clock._Difference, "next_try", 0.0)


def time_of_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("wrong", [timedelta(seconds=90), timedelta(seconds=-90)])
def test_a_machine_whose_clock_is_wrong_takes_the_time_of_the_database(wrong, caplog):
    with time_machine.travel(datetime.now(UTC) + wrong):
        clock.measure(None, connection)
        clock.measure(None, connection)

        assert abs(clock.now() - time_of_database()) < clock.NOTICED
        assert abs(timezone.now() - time_of_database()) > timedelta(seconds=60)

    assert len(caplog.records) == 1


def test_a_clock_that_is_set_right_is_taken_as_it_is_again():
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=90)):
        clock.measure(None, connection)

    clock.measure(None, connection)

    assert clock._Difference.ahead == timedelta(0)


def test_the_first_moment_of_a_process_is_not_that_of_its_wrong_machine():
    """A worker that had not connected yet closed tickets 37 seconds early."""
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=90)):
        assert abs(clock.now() - time_of_database()) < clock.NOTICED


def test_the_connection_of_the_first_moment_is_not_left_to_be_shared(monkeypatch):
    opened = []
    fresh = connection.copy()
    monkeypatch.setattr(clock, "default_connection", fresh)
    monkeypatch.setattr(fresh, "ensure_connection", lambda: opened.append(fresh))
    monkeypatch.setattr(fresh, "close", opened.clear)

    clock.now()

    assert opened == []


def test_a_database_that_is_away_is_asked_for_the_time_once_in_five_seconds(monkeypatch):
    tries = []

    def refuse():
        tries.append(1)
        raise OperationalError

    away = connection.copy()
    monkeypatch.setattr(clock, "default_connection", away)
    monkeypatch.setattr(away, "ensure_connection", refuse)

    first, second = clock.now(), clock.now()

    assert second >= first
    assert len(tries) == 1


def test_a_slow_answer_still_shows_a_clock_that_is_wrong_by_more(monkeypatch):
    monkeypatch.setattr(clock, "SLOWEST", timedelta(0))
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=90)):
        clock.measure(None, connection)

        assert abs(clock.now() - time_of_database()) < clock.NOTICED
