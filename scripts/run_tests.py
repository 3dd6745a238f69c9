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
import sysconfig
from pathlib import Path

from environment import ROOT, redis_server, succeeds
from servers import (
    StartError,
    die_with_parent,
    throwaway_folder,
    throwaway_postgresql,
    throwaway_redis,
)

# The headless shell is Chromium without windows, menus and tabs: the same pages in half the time.
DEBIAN_BROWSERS = ("chromium-headless-shell", "chromium")
BROWSERS = (*DEBIAN_BROWSERS, "chromium-browser", "google-chrome", "google-chrome-stable")
# A file goes to the next free worker, in the order of tests/conftest.py: what its tests share is
# prepared once. `loadgroup` ignores groups: pytest-xdist 3.8 cannot mark the ids of pytest 9.2.
PARALLEL = ["--dist", "loadfile", "--no-loadscope-reorder", "-q"]
# For two cores: a third works while others wait for a browser or a process. Among the long tests
# are those that measure time and end processes, which are not to be crowded.
WORKERS, WORKERS_FOR_LONG = "3", "2"


def find_browser():
    """Give a Chromium that can be driven: the one named, on PATH, or out of Debian's package."""
    named = os.environ.get("CHROMIUM")
    if not named and may_install() and is_debian():
        any(shutil.which(name) or install_system_package(name) for name in DEBIAN_BROWSERS)
    browser = shutil.which(named) if named else first_on_path()
    if browser and not has_driver() and may_install():
        install_system_package("libatomic1")
    return browser if browser and has_driver() else None


def first_on_path():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def has_driver():
    """Whether the program that drives the browser starts; a bare machine lacks a library of it."""
    node = Path(sysconfig.get_path("purelib")) / "playwright" / "driver" / "node"
    return succeeds(str(node), "--version")


def may_install():
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_system_package(name):
    """Whether the package could be installed; the lists of packages are renewed if need be."""
    print(f"{name} is not on this machine; installing it …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ("apt-get", "install", "--yes", "--no-install-recommends", name)
    return succeeds(*install, env=environment) or (
        succeeds("apt-get", "update", env=environment) and succeeds(*install, env=environment)
    )


def is_debian():
    """Ubuntu's package of that name only points to another package system."""
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text().splitlines()


@contextlib.contextmanager
def services():
    """Give the variables under which the tests find their servers."""
    environment = dict(os.environ)
    browser = find_browser()
    environment["CHROMIUM"] = browser or ""
    # Each process that a test starts would compile everything, and so would the next run.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    database = environment.get("TEST_DATABASE_URL") or environment.get("DATABASE_URL")
    redis = environment.get("TEST_REDIS_URL")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        if not database:
            database = stack.enter_context(throwaway_postgresql(folder / "postgresql"))
            environment["TEST_DATABASE_COPY"] = "migrated"
        if not redis:
            binary = redis_server()
            if not binary:
                raise StartError("Redis is needed: install redis-server, or set TEST_REDIS_URL.")
            redis = stack.enter_context(throwaway_redis(binary, folder / "redis"))
        environment |= {"DATABASE_URL": database, "REDIS_URL": redis, "TEST_FOLDER": str(folder)}
        yield environment, browser


def mail_servers():
    """Which servers the tests of mail run against: Debian's need root."""
    paths = f"{os.environ.get('PATH', '')}:/usr/sbin"
    for name, program in (("Dovecot", "dovecot"), ("Postfix", "postfix")):
        if os.geteuid() == 0 and shutil.which(program, path=paths):
            yield name
        else:
            yield f"no {name} (or not root: its tests are skipped)"
    yield "one in the process for what is sent"


def run(arguments):
    """Run pytest and give its exit code."""
    # pytest hears Ctrl-C itself, and its summary comes before the servers go.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda caught, _frame: sys.exit(128 + caught))
    with services() as (environment, browser):
        if not browser and os.environ.get("CI"):
            raise StartError("No Chromium could be started, and here no test may be left out.")
        if not browser:
            print(
                "\n*** No Chromium: the browser tests are SKIPPED. Install chromium, or set "
                "CHROMIUM to its path. ***\n",
                flush=True,
            )
        print(f"Mail servers: {', '.join(mail_servers())}.", flush=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *parallel(arguments), *arguments],
            cwd=ROOT,
            env=environment,
            preexec_fn=die_with_parent,
        )
        try:
            return wait(process)
        finally:
            process.terminate()
            process.wait()


def parallel(arguments):
    """Which options start the workers; none where the arguments rule them out."""
    asked = " ".join(arguments)
    if "-n0" in arguments or "no:xdist" in asked:
        return []
    return ["-n", WORKERS_FOR_LONG if "full" in asked else WORKERS, *PARALLEL]


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
