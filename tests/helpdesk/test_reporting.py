"""Failures at a Sentry and traces at a collector: what arrives, and that nothing of people does."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.helpdesk.receivers import events_of, open_receiver

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARIES = ("sentry_sdk", "opentelemetry")
REQUEST = "opentelemetry.proto.collector.trace.v1.trace_service_pb2"
SECRETS = ("hunter22", "sara@pars", "nima@pars", "0123456789abcdef0123456789abcdef")


def run(*command, **given):
    environment = {
        "DEBUG": "1",
        "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "PYTHONPATH": str(ROOT),
        "PATH": "",
        **given,
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sent():
    """(what the page answered, the events of the Sentry, the spans of the collector)."""
    with open_receiver() as sentry, open_receiver() as collector:
        answer = run(
            "tests/helpdesk/reported.py",
            SENTRY_DSN=f"http://key@127.0.0.1:{sentry.port}/7",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.port}",
        )
        for secret in SECRETS:
            for _path, body in [*sentry.posted, *collector.posted]:
                assert secret.encode() not in body
        with pytest.MonkeyPatch.context() as patch:
            # This process, which does not trace, keeps the library away.
            patch.delitem(sys.modules, "opentelemetry")
            request = import_module(REQUEST).ExportTraceServiceRequest
        spans = []
        for path, body in collector.posted:
            assert path == "/v1/traces"
            for resource in request.FromString(body).resource_spans:
                spans += [span for scope in resource.scope_spans for span in scope.spans]
        return json.loads(answer), list(events_of(sentry.posted)), spans


def test_failures_arrive_with_place_view_and_request(sent):
    answer, events, _spans = sent

    failed = {
        each["exception"]["values"][-1]["type"]: each for each in events if "exception" in each
    }
    assert answer["status"] == 500
    assert set(failed) == {"ValueError", "KeyError"}
    of_page = failed["ValueError"]
    assert of_page["transaction"] == "/tickets/{number}/"
    assert of_page["request"] == {"method": "POST"}
    assert of_page["tags"]["request_id"] == answer["id"]
    frame = of_page["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert frame["function"] == "page"
    assert "vars" not in frame


def test_what_is_logged_as_an_error_arrives_masked(sent):
    _answer, events, _spans = sent

    [entry] = [each["logentry"] for each in events if "logentry" in each]
    assert entry == {"formatted": "A line about [address]"}


def test_nothing_else_of_an_event_leaves(sent):
    _answer, events, _spans = sent

    known = {
        *("event_id", "timestamp", "platform", "level", "logger", "transaction", "environment"),
        *("release", "sdk", "tags", "user", "request", "exception", "logentry"),
    }
    assert [set(each) - known for each in events if set(each) - known] == []


def test_one_trace_leads_from_a_page_over_its_task_to_a_statement(sent):
    answer, _events, spans = sent

    by_name = {span.name: span for span in spans}
    page, task = by_name["POST tickets/<str:number>/"], by_name["run/tests.task"]
    statement = by_name["SELECT sqlite_master"]
    published = {span.span_id: span for span in spans}
    assert len({span.trace_id for span in spans}) == 1
    assert statement.parent_span_id == task.span_id
    parent = task
    while parent.parent_span_id:
        parent = published[parent.parent_span_id]
    assert parent == page
    attributes = {each.key: each.value for each in page.attributes}
    assert attributes["helpdesk.request_id"].string_value == answer["id"]
    assert attributes["http.status_code"].int_value == 500


def test_without_the_settings_neither_is_loaded():
    code = (
        "import django, sys; django.setup()\n"
        "from helpdesk.wsgi import application\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print(*(name for name, module in sys.modules.items() if module))"
    )

    loaded = run("-c", code).split()
    assert "redis" in loaded
    assert [name for name in loaded if name.startswith(LIBRARIES)] == []


def test_servers_that_are_away_cost_no_page():
    names = "SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT"
    away = dict.fromkeys(names, "http://key@127.0.0.1:9/7")
    answer = json.loads(run("tests/helpdesk/reported.py", **away))

    assert answer["status"] == 500
