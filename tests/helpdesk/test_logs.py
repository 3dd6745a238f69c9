"""The log: fields of each line, and nothing of people in it, whatever they sent."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, IntegrityError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from helpdesk.logs import logging_to_console
from helpdesk.logs.masks import masked
from helpdesk.middleware import AccessLogMiddleware
from helpdesk.request_ids import HEADER
from tickets import tasks

ROOT = Path(__file__).resolve().parent.parent.parent
logger = logging.getLogger("tests.logs")

# What people can bring into a message of the log, and what of it must not stand there.
HOSTILE = [
    ("sara@pars.example", "sara@pars.example"),
    ("سارا@پارس.example", "سارا@پارس"),
    ("/accounts/password/reset/key/1-" + "c" * 40 + "/", "c" * 40),
    ("hdk_0123456789_" + "s" * 43, "s" * 43),
    ("Authorization: Bearer 12345678", "12345678"),
    ("GET /x?next=/&token=abc123&page=2", "abc123"),
    ("redis://helpdesk:hunter22@broker/0", "hunter22"),
    ("whsec_" + "A" * 32, "A" * 32),
    ("+989121234567", "9121234567"),
    ("09121234567", "9121234567"),
    ("x\n2026-11-29 00:00:00,000 INFO forged [000000000000] line", "\n2026"),
    ("x\r\u2028\u2029\x85\x1b[2J\x00\ud800", "\u2028"),
    ('"}\n{"level": "error", "message": "forged"}', '\n{"level"'),
]


@pytest.mark.parametrize("form", ["plain", "json"])
@pytest.mark.parametrize(("sent", "secret"), HOSTILE)
def test_a_line_is_one_line_without_what_opens_or_names(log_lines, form, sent, secret):
    lines = log_lines(form)

    logger.warning("Asked for %s", sent)

    assert len(lines) == 1
    shown = json.loads(lines[0])["message"] if form == "json" else lines[0]
    assert secret not in shown
    assert secret not in lines[0]
    assert shown.isprintable()


@pytest.mark.parametrize("form", ["plain", "json"])
def test_a_failure_tells_where_and_not_what_somebody_wrote(log_lines, form):
    lines = log_lines(form)
    text = "my password is hunter22 " * 20
    forged = "nima@pars.example\n2026-11-29 INFO forged [x] line"

    try:
        try:
            raise KeyError(forged)
        except KeyError as missing:
            raise ValueError(text) from missing
    except ValueError:
        logger.exception("It failed")

    shown = json.loads(lines[0])["failure"] if form == "json" else "\n".join(lines)
    assert "test_logs.py" in shown
    assert shown.index("ValueError: my password") < shown.index("KeyError: ")
    assert text not in shown
    assert "nima@pars.example" not in shown
    assert len(lines) == 1 or all(line.startswith("    ") for line in lines[1:])


@pytest.mark.django_db
def test_a_refusal_of_the_database_is_logged_without_its_values(log_lines, requester, agent):
    lines = log_lines("json")

    try:
        type(agent).objects.filter(pk=agent.pk).update(email=requester.email)
    except (IntegrityError, DataError):
        logger.exception("Not stored")

    (line,) = lines
    assert "IntegrityError" in line
    assert "unique" in line or "UNIQUE" in line
    assert requester.email not in line
    assert "DETAIL" not in line
    assert connection.vendor


def test_a_line_is_cut_and_masking_it_takes_no_time(log_lines):
    lines = log_lines("plain")

    for text in ("a" * 10**6, "a@" * 10**5, "//" * 10**5, "/a" * 10**5, "+1" * 10**5):
        logger.warning("%s", text)

    assert max(map(len, lines)) < 5000


def test_json_has_the_fields_and_nothing_else_that_a_record_carries(log_lines):
    lines = log_lines("json")

    logger.info("Done", extra={"duration_ms": 3, "body": "the text", "view": "home"})

    shown = json.loads(lines[0])
    assert shown.pop("timestamp").endswith("+00:00")
    assert shown == {
        "level": "info",
        "logger": "tests.logs",
        "message": "Done",
        "request_id": "-",
        "duration_ms": 3,
        "view": "home",
    }


@pytest.mark.django_db
def test_a_request_is_logged_with_id_person_and_duration(
    log_lines, client_of, agent, settings, client
):
    settings.ACCESS_LOG = True
    lines = log_lines("json")

    response = client_of(agent).get("/queue/?q=secret")
    client.get("/accounts/login/")

    mine, anonymous = (json.loads(line) for line in lines if '"helpdesk.access"' in line)
    assert mine["request_id"] == response.headers[HEADER]
    assert mine["user_id"] == agent.pk
    assert (mine["method"], mine["status"], mine["view"]) == ("GET", 200, "queue:list")
    assert mine["duration_ms"] >= 0
    assert "user_id" not in anonymous
    assert "secret" not in "".join(lines)
    assert agent.email not in "".join(lines)


def test_who_was_not_asked_for_is_not_asked_for_by_the_log(log_lines, settings):
    settings.ACCESS_LOG = True
    lines = log_lines("json")
    request = RequestFactory().get("/nowhere/")
    request.user = AnonymousUser()

    AccessLogMiddleware(lambda _request: HttpResponse())(request)

    assert "user_id" not in json.loads(lines[0])


@pytest.mark.django_db
def test_a_task_is_logged_with_name_id_outcome_and_duration(log_lines):
    lines = log_lines("json")

    done = tasks.scan_clocks.apply()

    shown = [json.loads(line) for line in lines if '"helpdesk.tasks"' in line]
    assert len(shown) == 1
    assert shown[0]["task"] == "tickets.tasks.scan_clocks"
    assert shown[0]["task_id"] == done.id
    assert shown[0]["outcome"] == "succeeded"
    assert shown[0]["duration_ms"] >= 0
    assert len(shown[0]["request_id"]) == 12


def test_words_stay_as_they_are():
    text = "Ticket 549 at 10:30 of KT-549, /tickets/KT-549/ in 12345678901 ms: 50% done (a+b)"

    assert masked(text) == text


def test_another_form_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT"):
        logging_to_console("INFO", "xml")


def test_plain_lines_load_no_library():
    code = "import django, sys; django.setup(); assert 'structlog' not in sys.modules"
    environment = {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "helpdesk.settings", "PATH": ""}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment)

    assert done.returncode == 0
