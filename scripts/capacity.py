"""`make capacity`: how many requests a second, agents and customers one machine carries.

A copy of a database with SIZE (1,000,000) tickets is loaded with the mix of `mixed_load`: first
each kind alone for a minute, slowly, for what one costs on a processor; then all, a little more
each SECONDS (60), until answers are late. WEBS web processes (one a core), a worker and beat run
as in production, and mails go nowhere. The load is made on the same machine and takes some of its
time.

CAPACITY_DATABASE_URL names a server that has the databases of `make bench` (BENCH_DATABASE_URL
there); else one is started and filled. The copy is dropped at the end; the load writes to it.
RATE is the first rate. Writes the measured part of docs/capacity.md unless KEEP=0.
"""

import contextlib
import os
import sys
import time
from functools import partial
from urllib.parse import urlsplit

from bench import fill, manage, use
from environment import ROOT
from servers import StartError, throwaway_folder, throwaway_postgresql

SIZE = int(os.environ.get("SIZE", "1000000"))
SECONDS = int(os.environ.get("SECONDS", "60"))
RATE = float(os.environ.get("RATE", "4"))
WEBS = int(os.environ.get("WEBS", str(os.cpu_count())))
SERVER = os.environ.get("CAPACITY_DATABASE_URL", "")
IS_KEPT = os.environ.get("KEEP", "1") != "0"
STEP = 1.4
MOST_STEPS = 12
# Each kind alone is asked so often: far from what would make one wait for another.
CALM = {"page": 3, "poll": 6, "write": 2}
# Answers are late when one in twenty takes longer.
LATE = {"page": 1000, "poll": 1000, "write": 2000}
# Periodic tasks run each minute. At rest they take less than such a share of a core.
MINUTE, AT_REST, MOST_MINUTES = 60, 0.05, 10
LEAST_ANSWERED, MOST_WRONG = 0.95, 0.01


def main():
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        server = SERVER or stack.enter_context(throwaway_postgresql(folder / "postgresql"))
        sys.path.insert(0, str(ROOT))
        from load_stack import Stack, production, redis

        url = stack.enter_context(redis(folder))
        os.environ.update(production(server, folder, url))
        (folder / "static").mkdir()
        manage(server, "collectstatic", "-v0", "--no-input")
        import capacity_report
        import django

        django.setup()
        report = capacity_report.Report(SIZE, WEBS)
        database = stack.enter_context(copied(fill(SIZE, server), server))
        report.measure_sizes()
        with Stack(database, folder, webs=WEBS) as processes:
            measure(processes, report)
        report.write(is_kept=IS_KEPT)


@contextlib.contextmanager
def copied(database, server):
    """The URL of a copy of the database, which this process uses; dropped at the end."""
    from django.db import connection

    name = urlsplit(database).path.lstrip("/")
    copy = f"{name}_capacity"
    use("postgres", server)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        # Eight gigabytes are copied, for longer than any statement of a page may take.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    url = use(copy, server)
    manage(url, "migrate", "-v0")
    try:
        yield url
    finally:
        use("postgres", server)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        connection.close()


def settle(processes):
    """Wait until periodic work has caught up with the copy, whose dues fell since it was made: a
    minute, in which each task runs, that leaves the worker at rest.

    Returns the milliseconds that such a minute costs each part.
    """
    for _minute in range(MOST_MINUTES):
        used = spent(processes, partial(time.sleep, MINUTE))[1]
        if max(used["worker"], used["database"]) < AT_REST * MINUTE * 1000:
            break
    else:
        print("The worker has not caught up; what is measured holds its work too.", file=sys.stderr)
    return used


def measure(processes, report):
    """Each kind alone, then the mix at more and more a second."""
    from mixed_load import Crowd, MixedLoad

    load = MixedLoad(Crowd(), processes.ports)
    # Everybody once, so that caches and kept plans are there.
    load.run(2, max(SECONDS / 2, 10))
    report.idle = {name: each / MINUTE for name, each in settle(processes).items()}
    for kind, rate in CALM.items():
        # For a minute, so that the periodic work that is taken off is in it once.
        found, used = spent(
            processes, lambda kind=kind, rate=rate: load.run(rate, MINUTE, only=kind)
        )
        report.add_kind(kind, found, used)
    rate = RATE
    for _step in range(MOST_STEPS):
        found, used = spent(processes, partial(load.run, rate, SECONDS))
        report.add_step(rate, found, used)
        if is_late(rate, found):
            break
        rate *= STEP


def spent(processes, act):
    """What `act` gives, and the milliseconds that it cost web, database and worker."""
    before = processes.used()
    found = act()
    return found, {name: now - before[name] for name, now in processes.used().items()}


def is_late(rate, found):
    """Whether more would only wait longer."""
    if found.count < LEAST_ANSWERED * rate * SECONDS or found.count < LEAST_ANSWERED * rate * (
        found.seconds
    ):
        return True
    return any(found.late(kind) > most for kind, most in LATE.items())


if __name__ == "__main__":
    try:
        main()
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        sys.exit(2)
