"""Whether an image holds what docs/operations.md says of it, as an engine would run it.

`python3 scripts/build_image.py try` calls this, as root: every role runs as the user and with the
settings that the image names, as the first process of its own, without capabilities and on a root
that nobody may write to; with a network, a PostgreSQL and a Redis of their own.
"""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from servers import (
    postgresql_binaries,
    throwaway_folder,
    throwaway_postgresql,
    throwaway_redis,
    unprivileged,
)

START_SECONDS, STOP_SECONDS = 90, 60
PORT = 8000
HOST = "helpdesk.example"
# With what everybody may write to in a container; attachments are a volume.
WRITABLE = ("/dev/shm", "/srv/helpdesk/attachments", "/tmp")  # noqa: S108
# Prepares the root of one role and becomes its first process.
ENTER = """
set -e
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=755 dev "$ROOT/dev"
for each in null zero full random urandom; do
    touch "$ROOT/dev/$each" && mount --bind "/dev/$each" "$ROOT/dev/$each"
done
mkdir -m 1777 "$ROOT/dev/shm" && mount -o remount,ro "$ROOT/dev"
mount -t tmpfs -o mode=1777 shm "$ROOT/dev/shm"
mount -t tmpfs -o mode=1777 tmp "$ROOT/tmp"
mount --bind "$FILES" "$ROOT/srv/helpdesk/attachments"
mkdir -p "$ROOT$SERVERS" && mount --rbind "$SERVERS" "$ROOT$SERVERS"
exec chroot "$ROOT" setpriv "$@"
"""
# Where the user of the image may write, and whether it really fails elsewhere.
LOOK = """
import json, os
found = []
for folder, folders, files in os.walk("/"):
    folders[:] = [each for each in folders if os.path.join(folder, each) not in {"/proc", %r}]
    found += [folder] if os.access(folder, os.W_OK) else []
    paths = [os.path.join(folder, each) for each in files]
    found += [each for each in paths if os.path.isfile(each) and os.access(each, os.W_OK)]
for folder in found:
    if os.path.isdir(folder):
        open(os.path.join(folder, ".tried"), "w").close()
        os.remove(os.path.join(folder, ".tried"))
print(json.dumps({"user": os.getuid(), "groups": os.getgroups(), "found": sorted(found)}))
"""
ASK_FOR_A_SCAN = "from tickets.tasks import scan_clocks; scan_clocks.delay()"


class Failed(Exception):
    """The image is not what it should be."""


def must(holds, what):
    print(f"{'well' if holds else 'WRONG'}: {what}", flush=True)
    if not holds:
        raise Failed(what)


class Trial:
    """The roles of one image, on the database and Redis in the folder."""

    def __init__(self, root, config, folder, *, log, database, redis):
        self.root, self.config, self.folder = root, config, folder
        self.log, self.database = log, database
        user, _colon, group = config["User"].partition(":")
        self.user = [f"--reuid={user}", f"--regid={group}", "--clear-groups"]
        self.files = folder / "attachments"
        self.files.mkdir()
        os.chown(self.files, int(user), int(group))
        self.settings = [
            *config["Env"],
            f"DATABASE_URL={database}",
            f"REDIS_URL={redis}",
            f"SECRET_KEY={secrets.token_urlsafe(64)}",
            f"ALLOWED_HOSTS={HOST}",
            f"SITE_URL=https://{HOST}",
            "EMAIL_URL=consolemail://",
            "BEHIND_TLS_PROXY=1",
        ]

    def _as_user(self, command):
        rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        where = f"--chdir={self.config['WorkingDir']}"
        return [*self.user, *rights, "--", "env", "-i", where, *self.settings, *command]

    def start(self, *arguments):
        """A process that waits for the role; its entry point is the first of a family of its own.

        What it says is appended to the log.
        """
        own = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        given = {"ROOT": self.root, "FILES": self.files, "SERVERS": self.folder}
        command = self._as_user([*self.config["Entrypoint"], *arguments])
        return subprocess.Popen(
            [*own, "sh", "-c", ENTER, "enter", *command],
            env={"PATH": os.environ["PATH"], **{name: str(each) for name, each in given.items()}},
            stdout=self.log,
            stderr=self.log,
        )

    def run(self, *arguments):
        must(self.start(*arguments).wait() == 0, f"`{' '.join(arguments[:2])}` ends with 0")

    def inside(self, role, *command):
        """Run a command in the container of a role, as `docker exec` and health checks do."""
        enter = ["nsenter", f"--target={first_of(role)}", "--mount", "--pid"]
        root = f"/proc/{first_of(role)}/root"
        # The folder is entered by nsenter: the file system of the role begins there.
        command = ["chroot", ".", "setpriv", *self._as_user(command)]
        return subprocess.run(
            [*enter, f"--wd={root}", *command], stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def ask(self, sql):
        """The answer of the database as text, read by a client of this machine."""
        client = self._client("-c", sql)
        answer, _nothing = client.communicate()
        if client.returncode:
            raise Failed(f"The database does not answer: {sql}")
        return answer.strip()

    def _client(self, *more):
        prefix, _account = unprivileged()
        return subprocess.Popen(
            [*prefix, postgresql_binaries() / "psql", "-qAtX", self.database, *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
        )

    @contextlib.contextmanager
    def locked(self, table):
        """Keep everybody from a table; what is left to do then is done before it is let go."""
        with self._client() as client:
            client.stdin.write(f"BEGIN; LOCK TABLE {table}; SELECT 'locked';\n")
            client.stdin.flush()
            must(client.stdout.readline().strip() == "locked", f"{table} is locked for the trial")
            yield
            client.stdin.close()

    def somebody_waits(self):
        """Wait until a session of the product waits for a lock."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return until(lambda: self.ask(asked) != "0", 20)


def first_of(role):
    """The first process in the container, which `unshare` waits for."""
    [child] = Path(f"/proc/{role.pid}/task/{role.pid}/children").read_text().split()
    return int(child)


def until(is_so, seconds):
    end = time.monotonic() + seconds
    while not (found := is_so()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def get(path):
    """(status, body) of an answer of the web process; (0, b"") where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    try:
        headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


def parts():
    """What /healthz says, {} while nobody answers."""
    status, body = get("/healthz")
    return json.loads(body) if status else {}


def is_away():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) != 0


def terminate(role):
    os.kill(first_of(role), signal.SIGTERM)


def try_web_to_stop(trial, web):
    """It answers what has begun, takes nothing new, and ends."""
    answers = []
    with trial.locked("django_migrations"):
        slow = threading.Thread(target=lambda: answers.append(get("/healthz")))
        slow.start()
        must(trial.somebody_waits(), "a request is under way, and slow")
        terminate(web)
        must(until(is_away, 10), "the web process takes no more requests after SIGTERM")
        must(not answers and web.poll() is None, "it goes on with the one that has begun")
    slow.join()
    must(answers[0][0] == 200, "the slow request is answered with 200")
    must(web.wait(STOP_SECONDS) == 0, "the web process ends with 0")


def try_worker_to_stop(trial, worker):
    """It finishes the task that it is at, and ends."""
    finished = "SELECT finished_at FROM tickets_periodicrun WHERE name = 'scan_clocks'"
    with trial.locked("tickets_clock"):
        before = trial.ask(finished)
        trial.run("manage", "shell", "-c", ASK_FOR_A_SCAN)
        must(trial.somebody_waits(), "the worker is at a task, and the task waits")
        terminate(worker)
        time.sleep(1)
        must(worker.poll() is None, "the worker goes on with it after SIGTERM")
    must(worker.wait(STOP_SECONDS) == 0, "the worker ends with 0")
    must(trial.ask(finished) != before, "its task was done to the end")


def try_rights(trial, name, role):
    """Its health check passes; it is not root, and writes where it may alone."""
    [_kind, *probe] = trial.config["Healthcheck"]["Test"]
    must(trial.inside(role, *probe).returncode == 0, f"the health check of {name} passes")
    found = json.loads(trial.inside(role, "python", "-c", LOOK % str(trial.folder)).stdout)
    owner = int(trial.config["User"].partition(":")[0])
    must(found["user"] == owner != 0, f"{name} runs as user {found['user']}")
    more = [each for each in found["found"] if not each.startswith(WRITABLE)]
    must(not more, f"{name} may write to {', '.join(WRITABLE)} alone {more or ''}")


def try_roles(trial):
    trial.run("migrate")
    trial.run("check")
    roles = {}
    try:
        for name in ("web", "worker", "beat"):
            roles[name] = trial.start(name)
        well = until(lambda: parts().get("status") == "ok", START_SECONDS)
        must(well, f"all parts are well: {json.dumps(parts())}")
        for name, role in roles.items():
            try_rights(trial, name, role)
        must(get("/accounts/login/")[0] == 200, "the page for signing in is shown")
        terminate(roles["beat"])
        must(roles["beat"].wait(STOP_SECONDS) == 0, "beat ends with 0 after SIGTERM")
        try_worker_to_stop(trial, roles["worker"])
        try_web_to_stop(trial, roles["web"])
    finally:
        for role in roles.values():
            if role.poll() is None:
                os.kill(first_of(role), signal.SIGKILL)
                role.wait()


def try_image(root, config, log_path):
    """Run the image whose file system is at `root`. Raises Failed with the first fault."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        database = stack.enter_context(throwaway_postgresql(folder / "postgresql"))
        binary = shutil.which("redis-server")
        redis = stack.enter_context(throwaway_redis(binary, folder / "redis"))
        # For the user of the image.
        (folder / "redis" / "redis.sock").chmod(0o777)
        log = stack.enter_context(log_path.open("w"))
        try_roles(Trial(root, config, folder, log=log, database=database, redis=redis))
