"""`make test`: pytest against a real PostgreSQL, a real Redis and a real Chromium.

The servers are thrown away at the end. TEST_DATABASE_URL (or DATABASE_URL) and TEST_REDIS_URL name
others to use instead; CHROMIUM names a browser.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from environment import ROOT, redis_server, succeeds
from servers import (
    StartError,
    die_with_parent,
    throwaway_folder,
    throwaway_postgresql,
    throwaway_redis,
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PARALLEL = ["-n", "2", "-q"]


def find_browser():
    """Give a Chromium: the one named, one on PATH, or Debian's package where root may install."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found or os.geteuid() != 0 or not shutil.which("apt-get") or not is_debian():
        return found
    print("No Chromium on this machine; installing one …", flush=True)
    succeeds("apt-get", "update")
    succeeds("apt-get", "install", "--yes", "--no-install-recommends", "chromium")
    return shutil.which("chromium")


def is_debian():
    """Ubuntu's package of that name only points to another package system."""
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text().splitlines()


@contextlib.contextmanager
def services():
    """Give the variables under which the tests find their servers."""
    environment = dict(os.environ)
    browser = find_browser()
    if browser:
        environment["CHROMIUM"] = browser
    database = environment.get("TEST_DATABASE_URL") or environment.get("DATABASE_URL")
    redis = environment.get("TEST_REDIS_URL")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        if not database:
            database = stack.enter_context(throwaway_postgresql(folder / "postgresql"))
        if not redis:
            binary = redis_server()
            if not binary:
                raise StartError("Redis is needed: install redis-server, or set TEST_REDIS_URL.")
            redis = stack.enter_context(throwaway_redis(binary, folder / "redis"))
        environment |= {"DATABASE_URL": database, "REDIS_URL": redis, "TEST_FOLDER": str(folder)}
        yield environment, browser


def run(arguments):
    """Run pytest and give its exit code."""
    # pytest hears Ctrl-C itself, and its summary comes before the servers go.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda caught, _frame: sys.exit(128 + caught))
    parallel = [] if "-n0" in arguments or "no:xdist" in " ".join(arguments) else PARALLEL
    with services() as (environment, browser):
        if not browser:
            print(
                "\n*** No Chromium: the browser tests are SKIPPED. Install chromium, or set "
                "CHROMIUM to its path. ***\n",
                flush=True,
            )
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *parallel, *arguments],
            cwd=ROOT,
            env=environment,
            preexec_fn=die_with_parent,
        )
        try:
            return wait(process)
        finally:
            process.terminate()
            process.wait()


def wait(process):
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
