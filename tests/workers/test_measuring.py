"""A real worker tells what it did: at a port of its own, and to a collector of traces."""

import http.client

import pytest

from tests.helpdesk.receivers import open_receiver
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


def test_a_process_of_the_pool_goes_on_with_the_trace_of_the_page(processes, broker):
    trace, page = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with open_receiver() as collector:
        address = f"http://127.0.0.1:{collector.port}"
        processes.given(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_BSP_SCHEDULE_DELAY="200")
        processes.worker()
        send_to(broker, tasks.scan_clocks, headers={"traceparent": f"00-{trace}-{page}-01"})

        def arrived():
            bodies = [body for _path, body in collector.posted]
            return any(bytes.fromhex(trace) in each and b"run/tickets" in each for each in bodies)

        assert eventually(arrived), processes.log("worker")
