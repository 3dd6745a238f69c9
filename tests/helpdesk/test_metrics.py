"""/metrics: for whom, what it tells, what it costs, and that the files of deploy/ ask for it."""

import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import generate_latest

from helpdesk.metrics import exposition, tasks, views
from helpdesk.metrics.middleware import MetricsMiddleware
from intake.services import receive
from tests.factories import make_ticket
from tickets import services

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
PROMTOOL = shutil.which("promtool")
TOKEN = "t" * 40
# A name in a rule or a panel, without what Prometheus adds to it.
NAME = re.compile(r"helpdesk_[a-z_]+")
# The metric of every scrape, and what rules name themselves.
ADDED = re.compile(r"_(bucket|total|created|sum|count)$")


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN
    return {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """What an earlier test read is not kept."""
    monkeypatch.setattr(exposition.PRODUCT, "_read_at", None)


def values(text):
    """{name with labels: value} of an exposition."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def read(now=None):
    text, _type = exposition.current(now or timezone.now())
    return values(text.decode())


def test_there_is_no_page_without_the_token(client, settings):
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404

    settings.METRICS_TOKEN = TOKEN
    for sent in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {TOKEN}"}):
        assert client.get("/metrics", headers=sent).status_code == 404
    assert client.get(f"/metrics?token={TOKEN}").status_code == 404


def test_who_has_the_token_reads_it_without_a_session(client, token):
    response = client.get("/metrics", headers=token)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    assert values(response.content.decode())["helpdesk_database_up"] == 1


def test_it_is_read_on_the_inner_side_of_the_proxy(client, token, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/metrics", headers=token).status_code == 200


def test_what_waits_is_measured(requester, supervisor, client_of):
    now = timezone.now()
    make_ticket(requester, now=now - timedelta(days=9))
    receive(b"From: a@b.example\r\n\r\nText", now=now - timedelta(minutes=3))
    services.record_run("scan_clocks", now=now - timedelta(minutes=2))

    found = read(now)

    assert found["helpdesk_tickets_overdue"] == found["helpdesk_breaches_unannounced"] == 1
    assert found['helpdesk_outbox_pending{outbox="notifications"}'] > 0
    assert found['helpdesk_outbox_oldest_pending_seconds{outbox="notifications"}'] > 8 * 86400
    assert found['helpdesk_incoming_mails{state="waiting"}'] == 1
    assert found["helpdesk_incoming_oldest_waiting_seconds"] == pytest.approx(180)
    last = found['helpdesk_periodic_finished_timestamp_seconds{task="scan_clocks"}']
    assert now.timestamp() - last == pytest.approx(120)


def test_breaches_and_closes_of_the_last_hour_are_counted(requester, agent):
    now = timezone.now()
    make_ticket(requester, now=now - timedelta(hours=24, minutes=20), priority="normal")
    services.scan_clocks(now)

    found = read(now + timedelta(minutes=1))

    assert found["helpdesk_breaches_unannounced"] == 0
    assert found["helpdesk_automatic_closes_last_hour"] == 0


def test_its_statements_do_not_grow_and_are_kept_for_some_seconds(requester):
    now = timezone.now()
    make_ticket(requester)
    with CaptureQueriesContext(
        connection,
    ) as one:
        read(now)
    for _each in range(8):
        make_ticket(requester)
    exposition.PRODUCT._read_at = None
    with CaptureQueriesContext(connection) as many:
        read(now)
    with CaptureQueriesContext(connection) as again:
        read(now)

    assert len(one) == len(many) <= 12
    assert len(again) == 0


def test_the_broker_is_asked_and_may_be_away(monkeypatch, settings, tmp_path):
    there = read()
    monkeypatch.setattr(exposition.PRODUCT, "_read_at", None)
    settings.CELERY_BROKER_URL = f"redis+socket://{tmp_path}/none"
    away = read()

    assert there["helpdesk_broker_up"] == 1
    assert there['helpdesk_tasks_in_broker{state="waiting"}'] >= 0
    assert away["helpdesk_broker_up"] == 0
    assert away["helpdesk_database_up"] == 1


def test_requests_are_measured_while_the_database_is_away(monkeypatch):
    def away(now):
        raise DatabaseError

    monkeypatch.setattr(exposition, "measured", away)

    found = read()

    assert found["helpdesk_database_up"] == 0
    assert "process_resident_memory_bytes" in found


def test_requests_are_counted_by_view_and_status_and_name_nobody(client, token, client_of, agent):
    def answer(request):
        return client_of(agent).get(request.path)

    measure = MetricsMiddleware(lambda request: HttpResponse(status=404))
    before = read()
    measure(RequestFactory().get("/tickets/KT-99/secret/"))
    after = read()

    counter = 'helpdesk_http_requests_total{method="GET",status="404",view="none"}'
    assert after[counter] == before.get(counter, 0) + 1
    assert after['helpdesk_http_request_seconds_count{view="none"}'] > 0
    assert after["helpdesk_http_requests_in_progress"] == 0
    assert not [name for name in after if "KT-" in name or "secret" in name]


def test_nothing_is_loaded_while_it_is_off():
    code = (
        "import django, sys; django.setup()\n"
        "from helpdesk.wsgi import application\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "assert 'prometheus_client' not in sys.modules"
    )
    environment = {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "helpdesk.settings", "PATH": ""}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment)

    assert done.returncode == 0
    assert not hasattr(views, "exposition")


def names_in(path):
    return {ADDED.sub("", name) for name in NAME.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize("name", ["prometheus-alerts.yml", "grafana-dashboard.json"])
def test_the_files_of_deploy_ask_for_what_there_is(name, settings):
    settings.IMAP_URL = "imaps://mail/INBOX"
    services.record_run("fetch_mail", now=timezone.now())
    services.record_run("scan_clocks", now=timezone.now())
    read()
    text = exposition.current(timezone.now())[0].decode()
    text += generate_latest(tasks.REGISTRY).decode()
    known = {ADDED.sub("", each) for each in re.findall(r"# TYPE (\S+)", text)}

    assert names_in(ROOT / "deploy" / name) - known == set()


def test_the_dashboard_is_whole():
    board = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text("utf-8"))

    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (apt install prometheus)")
def test_prometheus_takes_the_rules():
    command = [PROMTOOL, "check", "rules", ROOT / "deploy/prometheus-alerts.yml"]

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
