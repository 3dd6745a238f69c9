"""Machines whose clocks are wrong agree on what time it is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from helpdesk import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_difference(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")
    connection.ensure_connection()
    monkeypatch.setattr(clock._Difference, "ahead", timedelta(0))


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
