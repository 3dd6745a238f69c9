"""How soon worker and beat are back at a broker that was away."""

import socket
import time

import pytest
from kombu import connection as library

from helpdesk.celery import app
from notifications import publishing
from tests.s3 import free_port


def test_a_broker_that_is_back_was_left_alone_for_half_a_minute(monkeypatch):
    waits = []

    def remember(*given, **named):
        # After what connects, its errors and arguments, what is called of each, and how many times.
        waits.append(given[6:9])

    monkeypatch.setattr(library, "retry_over_time", remember)

    for connection in (app.connection_for_read(), app.connection_for_write()):
        connection.ensure_connection(lambda *_failure: None, None, callback=lambda: None)

    assert waits == [(1, 1, 3), (1, 1, 3)]


@pytest.fixture
def quiet_for(settings, monkeypatch):
    """For how many seconds nothing is handed over after a failure of the broker at that port."""

    def seconds(port):
        monkeypatch.setattr(publishing._Quiet, "until", 0.0)
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
        assert publishing.publish("any.task", [1]) == 0
        return publishing._Quiet.until - time.monotonic()

    return seconds


def test_a_broker_that_refuses_was_left_alone_for_ten_seconds(quiet_for):
    assert quiet_for(free_port()) < 5


def test_a_broker_that_hangs_costs_one_request_in_a_while(quiet_for):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert quiet_for(silent.getsockname()[1]) > 5
