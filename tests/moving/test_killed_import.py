"""An import that is killed goes on where it was, and writes nothing twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count

from moving.models import SourceId
from organizations.models import Membership, User
from tests.moving.test_import_csv import ANSWER, fill
from tickets.models import Event, Message, Ticket

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
TICKETS = 2500


@pytest.fixture
def folder(tmp_path):
    tickets = [
        {"id": str(n), "number": str(n), "requester": f"p{n % 50}@old.example"}
        for n in range(TICKETS)
    ]
    messages = [
        {"ticket": each["id"], "author": each["requester"], **answer}
        for each in tickets
        for answer in ({}, ANSWER)
    ]
    fill(tmp_path, tickets=tickets, messages=messages)
    return tmp_path


def start(folder):
    url = urlsplit(os.environ["DATABASE_URL"])
    url = url._replace(path=f"/{quote(connection.settings_dict['NAME'])}").geturl()
    command = [sys.executable, "-u", "manage.py", "import_tickets", "csv", str(folder)]
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_after(folder, text):
    """Run the import and kill it as soon as it has printed a line that begins so."""
    process = start(folder)
    for line in process.stdout:
        if line.startswith(text):
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    return process.wait()


def test_an_import_killed_twice_is_whole_after_the_third_run(folder, agent):
    if connection.vendor != "postgresql":
        pytest.skip("two processes at once need PostgreSQL")

    for text in ("500 of", "1500 of"):
        assert kill_after(folder, text) == -signal.SIGKILL
        assert 0 < Ticket.objects.count() < TICKETS
    last = start(folder)
    out, _errors = last.communicate()

    assert last.returncode == 0, out
    numbers = Ticket.objects.values_list("earlier_number", flat=True)
    assert Counter(numbers) == Counter(str(n) for n in range(TICKETS))
    messages = Message.objects.order_by().values("ticket").annotate(n=Count("pk"))
    assert set(messages.values_list("n", flat=True)) == {2}
    assert Event.objects.filter(kind="imported").count() == TICKETS
    assert SourceId.objects.filter(kind="ticket").count() == TICKETS
    assert User.objects.filter(email__endswith="@old.example").count() == 50
    assert Membership.objects.filter(user__email__endswith="@old.example").count() == 50
