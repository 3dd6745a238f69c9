"""What a worker measures of its tasks, and who may read it."""

import http.client
from types import SimpleNamespace

import pytest
from billiard.einfo import ExceptionInfo
from celery.exceptions import Retry
from prometheus_client import REGISTRY as NOT_OURS
from prometheus_client import generate_latest

from helpdesk.celery import app
from helpdesk.metrics import tasks
from helpdesk.metrics.worker_port import open_port
from helpdesk.metrics.workers import measure_tasks

TOKEN = "t" * 40


class Request(tasks.MeasuredRequest):
    """One that has neither a message nor a broker."""

    name, time_start = "tests.task", 0

    def __init__(self):
        pass


@pytest.fixture(autouse=True)
def no_celery(monkeypatch):
    """What Celery does itself is not of interest here."""
    for name in ("on_accepted", "on_failure", "on_timeout", "acknowledge"):
        monkeypatch.setattr(tasks.Request, name, lambda *args, **kwargs: None)


def value(name, **labels):
    return tasks.REGISTRY.get_sample_value(name, labels) or 0


def failure(error):
    try:
        raise error
    except type(error):
        return ExceptionInfo()


def run(end):
    """The outcomes that were counted for one run which ended so."""
    names = ("succeeded", "failed", "retried")
    before = [value("helpdesk_tasks_total", task="tests.task", outcome=each) for each in names]
    request = Request()
    request.on_accepted(1, 0)
    assert value("helpdesk_tasks_running") == 1
    end(request)
    after = [value("helpdesk_tasks_total", task="tests.task", outcome=each) for each in names]
    assert value("helpdesk_tasks_running") == 0
    return {
        name: int(new - old)
        for name, new, old in zip(names, after, before, strict=True)
        if new > old
    }


def fail(request):
    # A failure is acknowledged as well.
    request.on_failure(failure(ValueError()))
    request.acknowledge()


def kill(request):
    request.on_timeout(soft=True, timeout=1)
    request.on_timeout(soft=False, timeout=2)
    request.acknowledge()


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (lambda request: request.acknowledge(), "succeeded"),
        (fail, "failed"),
        (kill, "failed"),
        (lambda request: request.on_failure(failure(Retry())), "retried"),
    ],
)
def test_each_run_is_counted_once_by_its_outcome(end, outcome):
    assert run(end) == {outcome: 1}
    assert value("helpdesk_task_seconds_count", task="tests.task") > 0


def test_nothing_is_measured_unless_a_worker_is_asked_for_it(settings):
    original = app.Task.Request
    try:
        measure_tasks(app)
        assert app.Task.Request == original
        settings.WORKER_METRICS_ADDRESS = ("127.0.0.1", 9101)
        measure_tasks(app)
        assert app.Task.Request == "helpdesk.metrics.tasks.MeasuredRequest"
    finally:
        app.Task.Request = original


@pytest.fixture
def port():
    opened = open_port(("127.0.0.1", 0), TOKEN)
    yield opened
    opened.shutdown()
    opened.server_close()


def ask(port, path="/metrics", **headers):
    connection = http.client.HTTPConnection(*port.server_address, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return SimpleNamespace(status=answer.status, text=answer.read().decode())


def test_the_port_answers_who_has_the_token(port):
    answer = ask(port, authorization=f"Bearer {TOKEN}")

    assert answer.status == 200
    assert "helpdesk_tasks_running" in answer.text
    assert answer.text.encode() != generate_latest(NOT_OURS)


@pytest.mark.parametrize("sent", ["", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_the_port_answers_nobody_else(port, sent):
    assert ask(port, authorization=sent).status == 404
    assert ask(port, path=f"/metrics?token={TOKEN}").status == 404
    assert ask(port, path="/", authorization=f"Bearer {TOKEN}").status == 404


def test_a_port_that_is_taken_stops_no_worker(port, caplog):
    assert open_port(port.server_address, TOKEN) is None
    assert "Metrics cannot be read" in caplog.text
