"""`make bench`: how long pages take at 10,000 and at 1,000,000 tickets, against a floor.

A PostgreSQL of its own is filled and thrown away. The floor (bench_urls.py) is asked under the same
server in the same run, between the pages, so that a busy machine slows all alike. SIZES names other
numbers of tickets, ROUNDS how often each page is asked.
"""

import contextlib
import http.client
import os
import secrets
import statistics
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


def manage(*arguments):
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def main():
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        database = os.environ.get("BENCH_DATABASE_URL") or stack.enter_context(
            throwaway_postgresql(folder / "postgresql")
        )
        production = environment(database, folder)
        os.environ.clear()
        os.environ.update(production)
        (folder / "static").mkdir()
        manage("migrate", "-v0")
        manage("createcachetable", "-v0")
        manage("collectstatic", "-v0", "--no-input")
        sys.path.insert(0, str(ROOT))
        import bench_pages

        bench_pages.set_up()
        found = {size: bench_pages.measure(size, fill, lambda: Web(folder)) for size in SIZES}
        bench_pages.report(found)


def fill(count):
    started = time.monotonic()
    manage("generate_tickets", str(count), "--force")
    print(f"Generated in {time.monotonic() - started:.0f} s.", flush=True)


class Web:
    """One worker of the product, as in production, asked one request after the other."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        self.port = choose_port("127.0.0.1", None)
        log = self.folder / "gunicorn"
        command = [sys.executable, "-m", "gunicorn", "helpdesk.wsgi:application", "--workers", "1"]
        command += ["--worker-class", "gthread", "--threads", "1", "--no-control-socket"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        wait_until(self.answers, self.process, log)
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
        headers = {"Host": HOST, "Cookie": cookie, "X-Forwarded-Proto": "https"}
        started = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        return 1000 * (time.perf_counter() - started), answer.status


def medians(web, asked):
    """The median milliseconds of each of `asked` (name, path, cookie), in rounds through all."""
    times = {name: [] for name, _path, _cookie in asked}
    for number in range(WARM_UP + ROUNDS):
        for name, path, cookie in asked:
            milliseconds, status = web.ask(path, cookie)
            if status != 200:
                raise StartError(f"{name}: {path} answered {status}")
            if number >= WARM_UP:
                times[name].append(milliseconds)
    return {name: statistics.median(each) for name, each in times.items()}


if __name__ == "__main__":
    try:
        main()
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        sys.exit(2)
