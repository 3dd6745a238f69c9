"""The processes that `make capacity` and `make soak` load: web, worker, beat and Redis."""

import contextlib
import os
import subprocess
import sys

from bench import Web, environment
from bench_live import cpu_ms, cpu_ms_with_children, fields_of
from environment import ROOT, redis_server
from servers import StartError, die_with_parent, stop_process, throwaway_redis


def production(server, folder, redis):
    """The settings of a production whose mails go nowhere."""
    more = {"REDIS_URL": redis, "EMAIL_URL": "dummymail://", "DATABASE_CONN_MAX_AGE": "6000"}
    return environment(server, folder) | more


@contextlib.contextmanager
def redis(folder):
    """The URL of a Redis of one's own."""
    if not (binary := redis_server()):
        raise StartError("Redis is needed: install redis-server.")
    with throwaway_redis(binary, folder / "redis") as url:
        yield url


class Stack:
    """Some web processes, a worker, and beat, on one database; what they use of the processors."""

    def __init__(self, database, folder, *, webs):
        self.database, self.folder = database, folder
        self.webs, self.processes = [Web(folder / f"web-{n}", database, 8) for n in range(webs)], {}

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for web in self.webs:
                stack.enter_context(web)
            for name, more in [("worker", ["--concurrency", "2"]), ("beat", ["--pidfile="])]:
                self.processes[name] = self._celery(name, more)
                stack.callback(stop_process, self.processes[name])
            self.stack = stack.pop_all()
        self.postmaster = _parent_of_the_connection()
        return self

    def __exit__(self, *details):
        self.stack.close()

    def _celery(self, name, more):
        command = [sys.executable, "-m", "celery", "-A", "helpdesk.celery:app", name, *more]
        with (self.folder / name).open("wb") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": self.database},
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    @property
    def ports(self):
        return [web.port for web in self.webs]

    @property
    def families(self):
        """{name: the first process of it}."""
        named = {f"web {n + 1}": web.process for n, web in enumerate(self.webs)}
        return {name: each.pid for name, each in (named | self.processes).items()}

    def used(self):
        """Milliseconds on a processor so far, of web, database and worker."""
        web = sum(cpu_ms(each.process.pid) for each in self.webs)
        worker = sum(cpu_ms_with_children(each.pid) for each in self.processes.values())
        return {
            "web": web,
            "database": cpu_ms_with_children(self.postmaster),
            "worker": worker,
        }


def _parent_of_the_connection():
    """The first process of the database, which has to run on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    try:
        return int(fields_of(pid)[1])
    except OSError as error:
        raise StartError("The database must run on this machine, to be measured.") from error
