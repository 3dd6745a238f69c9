"""`make bench`: pages, forms, batches and memory against the targets, on a PostgreSQL of its own.

For each size a database is filled and one web process started, as in production. Every page and
form is asked in turns, with its floor in the same round, at all sizes: a busy machine slows all
alike. What counts is the time on a processor of the web process and of its database connection
(from /proc), which other work on the machine hardly changes. Then the batches run, each in a
process and a database of its own, and the memory of all processes is read.

SIZES names other numbers of tickets, ROUNDS how often each is asked, PARTS some of "pages batches
memory"; ROWS a part of the names of rows, such as API, which are then printed alone;
BENCH_DATABASE_URL a server on which the databases are made, kept, and gone on with.

Writes the table to docs/benchmarks.md and ends with 1 where a target is missed.
"""

import contextlib
import http.client
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

from environment import ROOT
from run import choose_port
from servers import (
    StartError,
    die_with_parent,
    stop_process,
    throwaway_folder,
    throwaway_postgresql,
    wait_until,
)

SIZES = [int(size) for size in os.environ.get("SIZES", "10000 100000 1000000").split()]
ROUNDS = int(os.environ.get("ROUNDS", "60"))
PARTS = os.environ.get("PARTS", "pages batches memory").split()
ROWS = os.environ.get("ROWS", "")
WARM_UP = 5
ROWS_BETWEEN_FLOORS = 12
HOST = "localhost"
BATCHES = ["close", "scan", "plan-change", "plan-edit"]


def environment(database, folder):
    """Production, behind a proxy that speaks https."""
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "RUN_DIR": str(folder),
        "REDIS_URL": "redis://127.0.0.1:1/0",  # nothing that is measured asks for it
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "BEHIND_TLS_PROXY": "1",
        "LOG_LEVEL": "ERROR",
        "PYTHONHASHSEED": "1",  # the processes of all sizes alike
        "DJANGO_SETTINGS_MODULE": "bench_settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
    }


def main():
    """Measure and report. Gives whether every target is met."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        server = os.environ.get("BENCH_DATABASE_URL") or stack.enter_context(
            throwaway_postgresql(folder / "postgresql")
        )
        production = environment(server, folder)
        os.environ.clear()
        os.environ.update(production)
        (folder / "static").mkdir()
        manage(server, "collectstatic", "-v0", "--no-input")
        sys.path.insert(0, str(ROOT))
        import bench_report
        import django

        django.setup()
        report = bench_report.Report(SIZES, is_kept=not ROWS)
        if "pages" in PARTS:
            measure_pages(stack, folder, server, report)
        if "batches" in PARTS:
            measure_batches(server, report)
        if "memory" in PARTS:
            import bench_memory

            report.memory = bench_memory.measure(folder / "memory")
        return report.write()


def measure_pages(stack, folder, server, report):
    import bench_pages

    pages = {}
    for size in SIZES:
        database = fill(size, server)
        pages[size] = bench_pages.Pages(rows=ROWS)
        report.statements[size] = pages[size].statements()
        report.shown[size] = pages[size].shown
        if size == SIZES[-1]:
            report.scans = bench_pages.scans_of(report.statements[size])
        webs_folder = folder / f"web-{size}"
        pages[size].web = stack.enter_context(Web(webs_folder, database))
    report.asked = pages[SIZES[0]].asked
    report.times = ask_in_turns(pages)


def use(name, server):
    """The URL of a database, which this process uses from now on; made if it is not there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def fill(size, server, *, name=None, more=()):
    """A database with so many tickets, filled if it is not. Gives its URL."""
    from django.db import connection

    from tickets.models import Ticket

    database = use(name or f"bench_{size}", server)
    manage(database, "migrate", "-v0")
    manage(database, "createcachetable", "-v0")
    started = time.monotonic()
    if (missing := size - Ticket.objects.count()) > size // 100:
        manage(database, "generate_tickets", str(missing), "--force", *more)
        print(f"{size:,} tickets generated in {time.monotonic() - started:.0f} s.", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    return database


def manage(database, *arguments):
    environment = {**os.environ, "DATABASE_URL": database}
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True, env=environment)


def measure_batches(server, report):
    """Each batch on a fresh copy of the same database, twice: the better one counts."""
    import bench_batches
    from django.db import connection

    fill(bench_batches.TICKETS, server, name=bench_batches.NAME, more=["--one-open-in", "1"])
    copy = f"{bench_batches.NAME}_copy"
    for what in BATCHES:
        for _again in range(2):
            use("postgres", server)
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
                cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{bench_batches.NAME}"')
            database = urlsplit(server)._replace(path=f"/{copy}").geturl()
            command = [sys.executable, str(ROOT / "scripts" / "bench_batches.py"), what]
            done = subprocess.run(
                command,
                cwd=ROOT,
                check=True,
                env={**os.environ, "DATABASE_URL": database},
                stdout=subprocess.PIPE,
                text=True,
            )
            found = json.loads(done.stdout.splitlines()[-1])
            print(f"{what}: {found}", flush=True)
            best = report.batches.get(what)
            if best is None or found["seconds"] < best["seconds"]:
                report.batches[what] = found


class Web:
    """One web process of the product, as in production, asked one request after the other."""

    def __init__(self, log, database, threads=1):
        self.log, self.database, self.threads = log, database, threads

    def __enter__(self):
        self.port = choose_port("127.0.0.1", None)
        command = [sys.executable, "-m", "helpdesk.web", "--threads", str(self.threads)]
        # One is not asked while the other starts.
        environment = {"DATABASE_URL": self.database, "CONNECTION_IDLE_SECONDS": "6000"}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        wait_until(self.answers, self.process, self.log)
        self.backends = []
        return self

    def __exit__(self, *details):
        self.connection.close()
        stop_process(self.process)

    def answers(self):
        try:
            self.request("/healthz", {})
        except OSError:
            self.connection.close()
            return False
        return True

    def request(self, path, sent_by, body=None):
        """Send a request with the headers that say who sends it, or a (body, its type); gives the
        status."""
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "Accept-Encoding": "gzip",
            "Referer": f"https://{HOST}/",
            **sent_by,
        }
        if body is None:
            self.connection.request("GET", path, headers=headers)
        else:
            content, headers["Content-Type"] = body
            self.connection.request("POST", path, content.encode(), headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def ask(self, asked, sent_by):
        """Milliseconds on a processor, of the web process and its database connection."""
        body = None if asked.form is None else asked.sent()
        before = self.spent()
        status = self.request(asked.path, sent_by, body)
        spent = self.spent() - before
        if status != asked.status:
            raise StartError(f"{asked.name}: {asked.path} answered {status}")
        return spent / 1e6

    def find_backends(self):
        """The processes of the database that serve this web process, where they run here."""
        from django.db import connection

        with connection.cursor() as cursor:
            name = urlsplit(self.database).path.lstrip("/")
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                [name],
            )
            found = [pid for (pid,) in cursor.fetchall()]
        self.backends = [pid for pid in found if Path(f"/proc/{pid}/schedstat").exists()]

    def spent(self):
        """Nanoseconds that the processes have been on a processor."""
        return sum(
            int(task.read_text().split()[0])
            for pid in (self.process.pid, *self.backends)
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat")
        )


def ask_in_turns(pages):
    """{size: {name: milliseconds in each round}}, all asked in each round; forms come last, for
    they change what the pages show."""
    times = {size: {asked.name: [] for asked in each.asked} for size, each in pages.items()}
    for is_form in (False, True):
        for number in range(WARM_UP + ROUNDS):
            spent = ask_once(pages, is_form)
            if not number:
                for each in pages.values():
                    each.web.find_backends()
            if number >= WARM_UP:
                for (size, name), found in spent.items():
                    times[size][name].append(statistics.median(found))
    return times


def ask_once(pages, is_form):
    """{(size, name): milliseconds of each time} of one round.

    All rows are compared with the floors, which are asked again after every few of them: the
    chance of a single one would be in every row of the round.
    """
    spent = defaultdict(list)
    turns = [
        turn
        for turn in zip(*(each.asked for each in pages.values()), strict=True)
        if (turn[0].form is not None) == is_form
    ]
    floors = [turn for turn in turns if turn[0].most is None]
    rows = [turn for turn in turns if turn[0].most is not None]
    for start in range(0, len(rows), ROWS_BETWEEN_FLOORS):
        for turn in [*floors, *rows[start : start + ROWS_BETWEEN_FLOORS]]:
            for (size, each), asked in zip(pages.items(), turn, strict=True):
                found = each.web.ask(asked, each.headers(asked))
                spent[size, asked.name].append(found)
    return spent


if __name__ == "__main__":
    try:
        sys.exit(0 if main() else 1)
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        sys.exit(2)
