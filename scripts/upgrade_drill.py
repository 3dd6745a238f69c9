"""`make upgrade-drill`: the previous release is replaced by this one under load, and put back.

Two web processes of the previous release behind nginx, its worker and its beat serve a filled
database; members and agents read and write all the time. Then, as docs/operations.md says:
`check_upgrade`, `migrate`, a restart of one process after the other, `refill_columns`. Then back to
the previous release on the new tables, and once more to this one. At the end every write that was
acknowledged is looked for, and every column that the previous release does not know.

FROM names a commit in place of the last release (schema/released.toml), TICKETS how many there are
(20000). Writes the result to docs/operations.md and ends with 1 where a request failed or a row is
wrong.
"""

import contextlib
import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tarfile
import time
import tomllib
from datetime import UTC, datetime

import local_nginx
import upgrade_report
from environment import ROOT, redis_server
from servers import (
    StartError,
    die_with_parent,
    stop_process,
    throwaway_folder,
    throwaway_postgresql,
    throwaway_redis,
    wait_until,
)
from upgrade_load import PEOPLE, Book, visitors

TICKETS = int(os.environ.get("TICKETS", "20000"))
# Tickets whose customer and agent are there.
WATCHED = 3
# How long each release serves undisturbed between two steps.
CALM_SECONDS = float(os.environ.get("CALM_SECONDS", "8"))


# --- Which release ----------------------------------------------------------------------------


def git(*arguments):
    """What git answers, or nothing where it fails."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def previous_release(named):
    """(name, commit) of the release that is replaced. Raises StartError where it is not here."""
    released = tomllib.loads((ROOT / "schema" / "released.toml").read_text("utf-8"))
    name, wanted = (named, named) if named else (released["version"], released["commit"])
    commit = git("rev-parse", "--verify", "--quiet", f"{wanted}^{{commit}}")
    if commit:
        return name, commit
    if git("rev-parse", "--is-shallow-repository") == "true":
        raise StartError(
            f"The previous release ({wanted}) is not in this clone, which is shallow: "
            "`git fetch --unshallow` first."
        )
    raise StartError(f"There is no commit {wanted} here; FROM=<commit> names another.")


def unpack(commit, folder):
    """The code of a commit, as a deployment has it."""
    folder.mkdir()
    archive = folder.with_suffix(".tar")
    with archive.open("wb") as output:
        subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=output, check=True)
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    archive.unlink()


# --- Processes --------------------------------------------------------------------------------


class Release:
    """The code of one release and the commands that are run with it."""

    def __init__(self, name, code, environment):
        self.name, self.code = name, code
        self.environment = {**environment, "PYTHONPATH": str(code)}

    def command(self, *arguments, **options):
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.code, env=self.environment, **options
        )

    def manage(self, *arguments, may_fail=False):
        """The output of a command of manage.py, which has to succeed."""
        done = self.command(
            "manage.py", *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode and not may_fail:
            raise StartError(f"{self.name}: {' '.join(arguments)} failed:\n{done.stdout[-3000:]}")
        return done.stdout

    def run_code(self, code):
        done = self.command("manage.py", "shell", "-c", code, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise StartError(f"{self.name}: a script failed; the lines above say why.")
        return done.stdout

    def start(self, log, *arguments):
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.code,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )


class Web:
    """One of the web processes, of whichever release is running at its port."""

    def __init__(self, port, folder):
        self.port, self.log, self.process = port, folder / f"web-{port}.log", None

    def start(self, release):
        bind = f"127.0.0.1:{self.port}"
        self.process = release.start(self.log, "-m", "helpdesk.web", "--bind", bind)
        wait_until(self.is_ready, self.process, self.log)

    def restart(self, release):
        self.stop()
        self.start(release)

    def stop(self):
        if self.process:
            stop_process(self.process, seconds=60)

    def is_ready(self):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(client), contextlib.suppress(OSError):
            client.request("GET", "/healthz", headers={"Host": local_nginx.NAME})
            return client.getresponse().status == 200
        return False


class Workers:
    """The worker with its beat."""

    def __init__(self, folder):
        self.log, self.process = folder / "worker.log", None

    def start(self, release):
        celery = ("-m", "celery", "-A", "helpdesk.celery:app", "worker", "--beat")
        self.process = release.start(self.log, *celery, "--concurrency", "2", "--loglevel", "INFO")

    def restart(self, release):
        self.stop()
        self.start(release)

    def stop(self):
        if self.process:
            stop_process(self.process, seconds=320)


class Site:
    """All that serves: two web processes behind nginx, a worker."""

    def __init__(self, folder):
        self.webs = [Web(free_port(), folder) for _each in range(2)]
        self.port = free_port()
        self.parts = [*self.webs, Workers(folder)]

    def start(self, stack, release, folder):
        for part in self.parts:
            stack.callback(part.stop)
            part.start(release)
        folder.mkdir()
        ports = [web.port for web in self.webs]
        process = local_nginx.start_nginx(folder, ports=ports, https=self.port, http=free_port())
        stack.callback(stop_process, process)
        wait_until(lambda: is_listening(self.port), process, folder / "nginx.log")

    def become(self, release):
        """Restart one after the other, each when the one before answers again."""
        for part in self.parts:
            part.restart(release)


def is_listening(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def environment(database, broker, folder):
    """Production behind nginx; nobody is slowed down, and mail is only printed."""
    many = "1000000"
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "RUN_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "ATTACHMENT_ROOT": str(folder / "attachments"),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": local_nginx.NAME,
        "SITE_URL": f"https://{local_nginx.NAME}",
        "EMAIL_URL": "dummymail://",
        "BEHIND_TLS_PROXY": "1",
        "TRUSTED_PROXY_COUNT": "1",
        "TICKETS_PER_HOUR": many,
        "MESSAGES_PER_HOUR": many,
        "PYTHONWARNINGS": "ignore",
    }


# --- The drill --------------------------------------------------------------------------------


class Drill:
    """The steps in their order, with what each took."""

    def __init__(self, site, book, old, new):
        self.site, self.book, self.old, self.new = site, book, old, new
        self.seconds, self.printed = {}, {}

    def run(self):
        self.calm("before")
        with self.phase("check_upgrade"):
            self.printed["check_upgrade"] = self.new.manage("check_upgrade", may_fail=True)
        with self.phase("migrate"):
            self.printed["migrate"] = self.new.manage("migrate", "--no-input")
            self.new.manage("createcachetable")
            self.new.manage("collectstatic", "--no-input", "-v0")
        self.calm("previous release, new tables")
        first, *others = self.site.parts
        with self.phase("restart of one"):
            first.restart(self.new)
        # On several machines for as long as the others take.
        self.calm("one of each release")
        with self.phase("restart of the others"):
            for part in others:
                part.restart(self.new)
        with self.phase("refill_columns"):
            self.printed["refill_columns"] = self.new.manage("refill_columns").strip()
        self.calm("this release")
        with self.phase("going back"):
            self.site.become(self.old)
        self.calm("previous release again")
        with self.phase("this release again"):
            self.site.become(self.new)
            self.new.manage("refill_columns")
        self.calm("after")

    @contextlib.contextmanager
    def phase(self, name):
        self.book.phase, began = name, time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began
        failed = sum(each.phase == name for each in self.book.failures())
        print(f"{name}: {self.seconds[name]:.1f} s, {failed} requests failed", flush=True)

    def calm(self, name):
        with self.phase(name):
            time.sleep(CALM_SECONDS)


def fill(old):
    old.manage("migrate", "--no-input", "-v0")
    old.manage("createcachetable")
    old.manage("collectstatic", "--no-input", "-v0")
    old.manage("generate_tickets", str(TICKETS), "--force")
    old.run_code("from django.db import connection; connection.cursor().execute('VACUUM ANALYZE')")
    found = re.search(r"^PEOPLE (.*)$", old.run_code(f"COUNT = {WATCHED}\n{PEOPLE}"), re.MULTILINE)
    return found.group(1)


def look_at_rows(new, folder, book):
    """What is wrong with the rows, by the code of the new release."""
    given = folder / "markers.json"
    markers = {"acknowledged": book.acknowledged(), "refused": book.refused()}
    given.write_text(json.dumps(markers))
    script = (ROOT / "scripts" / "upgrade_rows.py").read_text()
    printed = new.run_code(f"GIVEN = {str(given)!r}\n{script}")
    return json.loads(re.search(r"^ROWS (.*)$", printed, re.MULTILINE).group(1))


def main():
    """Whether nothing was lost."""
    name, commit = previous_release(os.environ.get("FROM"))
    if local_nginx.NGINX is None:
        raise StartError("nginx is needed: apt install nginx")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        database = stack.enter_context(throwaway_postgresql(folder / "postgresql"))
        broker = stack.enter_context(throwaway_redis(redis_server(), folder / "redis"))
        production = environment(database, broker, folder)
        unpack(commit, folder / "previous")
        old = Release(f"previous release ({name})", folder / "previous", production)
        new = Release("this release", ROOT, production)
        print(f"From {name} ({commit[:7]}), {TICKETS:,} tickets …", flush=True)
        people = fill(old)
        site, book = Site(folder), Book()
        site.start(stack, old, folder / "nginx")
        threads = visitors(book, (site.port, local_nginx.NAME), people)
        for thread in threads:
            thread.start()
        drill = Drill(site, book, old, new)
        try:
            drill.run()
        except StartError:
            upgrade_report.print_failures(book)
            keep_logs(folder)
            raise
        book.is_over.set()
        for thread in threads:
            thread.join()
        rows = look_at_rows(new, folder, book)
        when = datetime.now(UTC)
        report = upgrade_report.Report(name, commit, TICKETS, drill, book, rows, when)
        keep_logs(folder)
        return report.write()


def keep_logs(folder):
    """The lines of all processes, for who looks for a cause."""
    kept = ROOT / ".run" / "upgrade-drill"
    kept.mkdir(parents=True, exist_ok=True)
    for log in [*folder.glob("*.log"), *folder.glob("nginx/*.log")]:
        (kept / log.name).write_bytes(log.read_bytes())
    print(f"The logs are in {kept.relative_to(ROOT)}/.", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(0 if main() else 1)
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        sys.exit(2)
