"""A real worker tells what it did, at a port of its own."""

import http.client

import pytest

from tests.s3 import free_port
from tickets import tasks

from .conftest import eventually, send_to

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
TOKEN = "t" * 40
DONE = 'helpdesk_tasks_total{outcome="succeeded",task="tickets.tasks.scan_clocks"} 1.0'


def test_a_worker_tells_which_tasks_it_ran(processes, broker):
    port = free_port()
    processes.given(METRICS_TOKEN=TOKEN, WORKER_METRICS_ADDRESS=f"127.0.0.1:{port}")
    processes.worker()

    def text():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
            return connection.getresponse().read().decode()
        except OSError:
            return ""
        finally:
            connection.close()

    assert eventually(text), processes.log("worker")
    send_to(broker, tasks.scan_clocks)

    assert eventually(lambda: DONE in text()), processes.log("worker")
    assert "helpdesk_tasks_running 0.0" in text()
