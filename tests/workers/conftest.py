"""A Redis, a worker and a beat of the test's own: real processes, real sockets, one database."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from environment import redis_server
from kombu import Connection
from servers import (
    accepts_connections,
    die_with_parent,
    redis_command,
    redis_url,
    stop_process,
    throwaway_folder,
    wait_until,
)

from notifications import publishing
from tests.post_office import open_post_office

BASE_DIR = django_settings.BASE_DIR
PATIENCE = 60


def eventually(is_true, *, within=PATIENCE):
    """Whether it becomes true in time; looked at again and again while real processes work."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if is_true():
            return True
        time.sleep(0.05)
    return bool(is_true())


def _started(command, output, **options):
    """A process in a session of its own that ends with this one, even if this one is killed."""
    return subprocess.Popen(
        command,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - one call, of no Python lock
        **options,
    )


class Broker:
    """A Redis that can be stopped, started again, and made to hang."""

    def __init__(self, binary, folder):
        self._binary, self._folder, self._process = binary, folder, None
        self._socket = folder / "redis.sock"
        self.url = f"{redis_url(self._socket)}?virtual_host=0"

    def start(self):
        command = redis_command(self._binary, self._folder, self._socket, durable=True)
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = _started(command, output)
        wait_until(lambda: accepts_connections(self._socket), self._process, log)

    def stop(self):
        if self._process:
            self._process.send_signal(signal.SIGCONT)
            stop_process(self._process)
            self._process = None

    def hang(self):
        self._process.send_signal(signal.SIGSTOP)


def send_to(broker, task, **options):
    """Hand a task to this broker: `delay` may go to that of an earlier test, which Celery keeps."""
    with Connection(broker.url) as connection:
        task.apply_async(connection=connection, **options)


@pytest.fixture
def broker(settings, monkeypatch):
    """A broker of the test's own, running; this process publishes to it."""
    binary = redis_server()
    if not binary:
        pytest.skip("no redis-server")
    monkeypatch.setattr(publishing._Quiet, "until", 0.0)
    with throwaway_folder() as folder:
        broker = Broker(binary, folder)
        settings.CELERY_BROKER_URL = broker.url
        broker.start()
        yield broker
        broker.stop()


@pytest.fixture
def post():
    with open_post_office() as post:
        yield post


class Processes:
    """Celery processes on the test's database, broker and post office."""

    def __init__(self, broker, post, folder):
        self._folder, self._running = folder, []
        name = quote(connection.settings_dict["NAME"])
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": url.geturl(),
            "REDIS_URL": broker.url,
            "EMAIL_URL": f"smtp://{post.host}:{post.port}",
        }

    def given(self, **settings):
        """What is started from now on has these settings too."""
        self._environment |= settings

    def worker(self, *more):
        few = ("--concurrency", "1", "--without-mingle", "--without-gossip")
        return self._start("worker", *few, *more)

    def beat(self):
        return self._start("beat", "--pidfile=")

    def _start(self, *arguments):
        log = self._folder / f"{arguments[0]}.log"
        with log.open("ab") as output:
            # As units start it: with -m it could not start itself again.
            celery = Path(sys.executable).with_name("celery")
            command = [celery, "-A", "helpdesk.celery:app", *arguments]
            process = _started(command, output, cwd=BASE_DIR, env=self._environment)
        self._running.append(process)
        return process

    def log(self, name):
        path = self._folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self):
        for process in self._running:
            stop_process(process)
            self.kill(process)

    @staticmethod
    def kill(process):
        """End a process and its children at once, as a machine that loses power does."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()


@pytest.fixture
def processes(transactional_db, broker, post, tmp_path):
    processes = Processes(broker, post, Path(tmp_path))
    yield processes
    processes.stop()
