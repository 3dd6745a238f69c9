"""Killed at any instant, the fetcher and the worker lose no mail and post none twice.

With a real IMAP server, real processes and SIGKILL; needs PostgreSQL, Dovecot and root.
"""

import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings as django_settings
from django.db import connection

from intake import services, tasks
from intake.models import ReceivedMail
from tests.factories import make_ticket
from tests.workers.conftest import (  # noqa: F401 - fixtures too
    broker,
    eventually,
    post,
    processes,
    send_to,
)
from tickets.models import Message

from . import imap_server
from .killed import INSTANTS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not imap_server.can_run(), reason="needs Dovecot and root"),
]
TEXTS = ["یک", "دو", "سه"]
MANY = 30


@pytest.fixture(autouse=True)
def _only_on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("two processes at once need PostgreSQL")


@pytest.fixture
def environment(server, settings, monkeypatch, processes_share_the_database):
    """Processes that this test starts receive mail from the same mailbox."""
    monkeypatch.setenv("IMAP_URL", settings.IMAP_URL)
    monkeypatch.setenv("MAILS_PER_MINUTE", "1000")


def receive(instant=""):
    """Receive mail in a process of its own; returns how it ended."""
    command = [sys.executable, "-m", "tests.intake.killed", instant]
    return subprocess.run(command, cwd=django_settings.BASE_DIR, timeout=60).returncode


def posted():
    return sorted(Message.objects.filter(channel="email").values_list("body", flat=True))


@pytest.fixture
def mailbox(server, requester, mail_to):
    ticket = make_ticket(requester)
    for number, text in enumerate(TEXTS):
        server.deliver(mail_to(ticket, requester, text), f"{number}.a")
    return server


@pytest.mark.full
@pytest.mark.parametrize("instant", INSTANTS)
def test_killed_at_an_instant_nothing_is_lost_and_nothing_posted_twice(
    instant, mailbox, environment
):
    assert receive(instant) == -signal.SIGKILL

    tasks.receive_mail()
    tasks.receive_mail()

    assert posted() == sorted(TEXTS)
    assert mailbox.waiting() == []
    assert set(ReceivedMail.objects.values_list("state", flat=True)) == {"posted"}
    assert ReceivedMail.objects.count() == len(TEXTS)


@pytest.mark.full
def test_killed_at_each_instant_in_turn_a_mail_is_posted_once(mailbox, environment):
    codes = {receive(instant) for instant in INSTANTS}

    assert -signal.SIGKILL in codes
    assert receive() == 0
    assert posted() == sorted(TEXTS)
    assert mailbox.waiting() == []


@pytest.mark.full
def test_a_worker_killed_among_many_mails_posts_each_once(
    server,
    requester,
    mail_to,
    environment,
    broker,  # noqa: F811
    processes,  # noqa: F811
):
    ticket = make_ticket(requester)
    for number in range(MANY):
        server.deliver(mail_to(ticket, requester, f"پیام {number}"), f"{number:03}.a")
    worker = processes.worker()
    send_to(broker, tasks.receive_mail)
    assert eventually(lambda: len(posted()) > 3), processes.log("worker")

    processes.kill(worker)
    assert len(posted()) < MANY
    processes.worker()
    send_to(broker, tasks.receive_mail)

    assert eventually(lambda: len(posted()) == MANY), processes.log("worker")
    assert len(set(posted())) == MANY
    assert eventually(lambda: server.waiting() == [])


def at_once(times, act):
    """Run an act several times at one instant, each in a thread and connection of its own."""
    start, problems = threading.Barrier(times), []

    def run():
        start.wait(20)
        try:
            act()
        except Exception as error:  # noqa: BLE001 - it is what the test reports
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return problems


def test_two_workers_on_one_mail_post_it_once(requester, mail_to):
    row = services.receive(mail_to(make_ticket(requester), requester, "یک بار"))

    problems = at_once(3, lambda: services.process(row.pk))

    assert problems == []
    assert posted() == ["یک بار"]


def test_two_fetchers_of_one_mailbox_keep_and_post_each_mail_once(mailbox):
    problems = at_once(2, tasks.receive_mail)
    tasks.receive_mail()

    assert problems == []
    assert posted() == sorted(TEXTS)
    assert ReceivedMail.objects.count() == len(TEXTS)
    assert mailbox.waiting() == []
