"""`make bench`: how long pages take at 10,000 and at 1,000,000 tickets, against a floor.

Each size has a database of its own on one PostgreSQL, which is thrown away, and its own worker.
Both are asked in turns, floor (bench_urls.py) and pages, one size and the other: a busy machine
slows all alike. SIZES names other numbers of tickets, ROUNDS how often each page is asked, and
BENCH_DATABASE_URL a server on which the databases are made, kept, and gone on with.

Ends with 1 where the aim is missed.
"""

import contextlib
import http.client
import os
import secrets
import subprocess
import sys
import time

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

SIZES = [int(size) for size in os.environ.get("SIZES", "10000 1000000").split()]
ROUNDS = int(os.environ.get("ROUNDS", "300"))
WARM_UP = 20
HOST = "localhost"


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
        "DJANGO_SETTINGS_MODULE": "bench_settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
    }


def main():
    """Measure and report. Gives whether the aim is met."""
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
        import bench_pages

        bench_pages.set_up()
        found = {size: fill(size, server, bench_pages) for size in SIZES}
        webs = {
            size: stack.enter_context(Web(folder / f"web-{size}", each.database))
            for size, each in found.items()
        }
        times = ask_in_turns(webs, {size: each.asked for size, each in found.items()})
        return bench_pages.report(found, times)


def fill(size, server, bench_pages):
    """Fill the database of a size, and look at its pages from inside."""
    database = bench_pages.database_of(size, server)
    manage(database, "migrate", "-v0")
    manage(database, "createcachetable", "-v0")
    print(f"\n{size:,} tickets", flush=True)
    started = time.monotonic()
    if missing := bench_pages.missing(size):
        manage(database, "generate_tickets", str(missing), "--force")
        print(f"Generated in {time.monotonic() - started:.0f} s.", flush=True)
    return bench_pages.look(database)


def manage(database, *arguments):
    environment = {**os.environ, "DATABASE_URL": database}
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True, env=environment)


class Web:
    """One web process of the product, as in production, asked one request after the other."""

    def __init__(self, log, database, threads=1):
        self.log, self.database, self.threads = log, database, threads

    def __enter__(self):
        self.port = choose_port("127.0.0.1", None)
        command = [sys.executable, "-m", "helpdesk.web", "--threads", str(self.threads)]
        # One is not asked while the other starts.
        environment = {"DATABASE_URL": self.database, "CONNECTION_IDLE_SECONDS": "600"}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        wait_until(self.answers, self.process, self.log)
        return self

    def __exit__(self, *details):
        self.connection.close()
        stop_process(self.process)

    def answers(self):
        try:
            self.ask("/healthz", "")
        except OSError:
            self.connection.close()
            return False
        return True

    def ask(self, path, cookie):
        """Give the milliseconds until the whole answer was there, and its status."""
        headers = {
            "Host": HOST,
            "Cookie": cookie,
            "X-Forwarded-Proto": "https",
            "Accept-Encoding": "gzip",
        }
        started = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        return 1000 * (time.perf_counter() - started), answer.status


def ask_in_turns(webs, asked):
    """The milliseconds of each page by size and name, a list of rounds in which all were asked.

    `asked` are, by size, (name, path, cookie): the same names at each size.
    """
    times = {size: {name: [] for name, _path, _cookie in each} for size, each in asked.items()}
    for number in range(WARM_UP + ROUNDS):
        for same_page in zip(*asked.values(), strict=True):
            for size, (name, path, cookie) in zip(asked, same_page, strict=True):
                milliseconds, status = webs[size].ask(path, cookie)
                if status != 200:
                    raise StartError(f"{name} at {size:,}: {path} answered {status}")
                if number >= WARM_UP:
                    times[size][name].append(milliseconds)
    return times


if __name__ == "__main__":
    try:
        sys.exit(0 if main() else 1)
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        sys.exit(2)
