"""`make run`: the web, a worker, beat, a Redis and a mail server of their own, in one terminal.

Everything not given in the environment is embedded under .run/. With DATABASE_URL or REDIS_URL the
given servers are used, and demo data and DEBUG are then left out unless DEMO=1 asks for them.
"""

import asyncio
import fcntl
import hashlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from environment import ROOT, redis_server
from local_mail import LocalMail
from servers import (
    SOCKET_PATH_BYTES,
    StartError,
    accepts_connections,
    die_with_parent,
    redis_command,
    redis_url,
)
from supervisor import Supervisor

PORTS_TRIED = 20
ANSWER_SECONDS = 60
DEMO_PASSWORD = "demo"  # noqa: S105
DEMO_SIGN_INS = {
    "sara@pars.example": "owner of an organization, plan Developer",
    "nima@pars.example": "plain member of the same organization",
    "reza@arya.example": "owner of an organization, plan Enterprise",
    "agent@helpdesk.example": "agent",
    "agent2@helpdesk.example": "another agent",
    "supervisor@helpdesk.example": "supervisor",
    "admin@helpdesk.example": "admin, also at /admin/",
}


class Configuration:
    """What this run uses: the environment of its processes, filled up with embedded defaults."""

    def __init__(self, given):
        self.is_embedded = not (given.get("DATABASE_URL") or given.get("REDIS_URL"))
        self.has_demo = is_true(given.get("DEMO"), default=self.is_embedded)
        self.environment = dict(given)
        self.run_dir = Path(given.get("RUN_DIR") or ROOT / ".run").resolve()
        self.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.host = given.get("HOST") or "127.0.0.1"
        self.port = choose_port(self.host, given.get("PORT"))
        self._fill_up()
        self.is_debug = is_true(self.environment.get("DEBUG"), default=False)
        self.mail = LocalMail() if self.is_debug and LocalMail.is_wanted(given) else None
        if self.mail:
            self.environment |= self.mail.environment
        self.redis_socket = None
        if not given.get("REDIS_URL"):
            self.redis_socket = self._redis_dir() / "redis.sock"
            self.environment["REDIS_URL"] = redis_url(self.redis_socket)

    def _fill_up(self):
        default = self.environment.setdefault
        default("RUN_DIR", str(self.run_dir))
        default("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
        default("DEMO", "1" if self.has_demo else "0")
        # The newest lines of a demo are read by people.
        default("ACCESS_LOG", "1")
        # A demo in a container runs as root, and celery would say at length that it should not.
        default("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
        # Each thread takes memory from an arena of its own; the C library gives none of it back.
        default("MALLOC_ARENA_MAX", "2")
        if self.is_embedded or self.has_demo:
            default("DEBUG", "1")
        if is_true(self.environment.get("DEBUG"), default=False):
            default("STAFF_SECOND_FACTOR", "optional")
            default("SITE_URL", f"http://localhost:{self.port}")
        if not self.environment.get("DATABASE_URL"):
            default("SECRET_KEY", kept_secret(self.run_dir / "secret_key"))

    def _redis_dir(self):
        folder = self.run_dir / "redis"
        if len(str(folder / "redis.sock").encode()) > SOCKET_PATH_BYTES:
            name = hashlib.sha256(str(self.run_dir).encode()).hexdigest()[:12]
            folder = Path(tempfile.gettempdir()) / f"helpdesk-{name}"
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder

    @property
    def address(self):
        return self.environment.get("SITE_URL") or f"http://{self.host}:{self.port}"


def is_true(value, *, default):
    return default if not value else value.lower() in {"1", "true", "yes", "on"}


def kept_secret(path):
    """Give the secret of this folder's own database; made once, so that sessions outlive a run."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


def is_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host, wanted):
    """Give the port asked for, or the first free one from 8000. Raises StartError."""
    if wanted:
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise StartError(f"PORT={wanted} is not a port number.")
        if not is_free(host, int(wanted)):
            raise StartError(
                f"Port {wanted} is taken. Free it, or choose another: make run PORT=8001"
            )
        return int(wanted)
    for port in range(8000, 8000 + PORTS_TRIED):
        if is_free(host, port):
            if port != 8000:
                print(f"Port 8000 is taken; using {port}.", flush=True)
            return port
    raise StartError("The ports from 8000 are all taken. Choose another: make run PORT=9000")


def lock(run_dir):
    """Keep a second run out of the same folder for as long as this process lives."""
    handle = (run_dir / "lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StartError("`make run` is already running in this folder; stop it first.") from None
    return handle


def prepare(configuration):
    """Bring database, static files and demo data up to date. Raises StartError."""
    command = [sys.executable, str(ROOT / "scripts" / "prepare.py")]
    command += ["--demo"] if configuration.has_demo else []
    done = subprocess.run(
        command, cwd=ROOT, env=configuration.environment, preexec_fn=die_with_parent
    )
    if done.returncode:
        raise StartError("The database could not be prepared; the lines above say why.")


def commands(configuration):
    celery = [sys.executable, "-m", "celery", "-A", "helpdesk.celery:app"]
    pool, log = ["--concurrency", "2", "--without-mingle"], ["--loglevel", "info"]
    return {
        # Beat is forked from the worker and shares its memory; on a larger site it runs by itself.
        "worker": [*celery, "-q", "worker", "--beat", *pool, *log],
        "web": [
            *(sys.executable, "-m", "helpdesk.web"),
            *("--bind", f"{configuration.host}:{configuration.port}"),
        ],
    }


async def serve(configuration, redis_binary):
    """Run all processes until one ends or a signal comes. Give the exit code."""
    supervisor = Supervisor(configuration.environment)
    supervisor.listen_for_signals()
    if configuration.redis_socket:
        folder = configuration.redis_socket.parent
        command = redis_command(redis_binary, folder, configuration.redis_socket, durable=True)
        await supervisor.start("redis", *command)
        await until(lambda: accepts_connections(configuration.redis_socket))
    if configuration.mail:
        for name, command in configuration.mail.commands().items():
            await supervisor.start(name, *command)
    for name, command in commands(configuration).items():
        await supervisor.start(name, *command)
    announcement = asyncio.create_task(announce(configuration))
    ended = await supervisor.wait()
    announcement.cancel()
    if ended:
        code = supervisor.processes[ended].returncode
        print(f"\n{ended} ended (code {code}); stopping the others …", flush=True)
    else:
        print("\nStopping …", flush=True)
    await supervisor.stop(last=["redis"])
    return 1 if ended else 0


async def until(is_done, seconds=ANSWER_SECONDS):
    """Wait for something at most so long. Give whether it came."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        if await asyncio.to_thread(is_done):
            return True
        await asyncio.sleep(0.1)
    return False


def answers(configuration):
    connection = http.client.HTTPConnection(configuration.host, configuration.port, timeout=10)
    try:
        # Asked for by the name people use; other names are refused in production.
        name = urlsplit(configuration.address).netloc
        connection.request("GET", "/accounts/login/", headers={"Host": name})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


async def announce(configuration):
    """Print the address and, with demo data, the sign-ins, once the sign-in page is served."""
    if not await until(lambda: answers(configuration)):
        print(f"\nNo good answer after {ANSWER_SECONDS} s; the lines above say why.\n", flush=True)
        return
    width = max(map(len, DEMO_SIGN_INS))
    served = f"{configuration.host}:{configuration.port}"
    lines = ["", f"  The helpdesk is at {configuration.address}/ (served on {served})", ""]
    if configuration.has_demo:
        lines += [f"  Demo sign-ins, all with the password {DEMO_PASSWORD}:"]
        lines += [f"    {email:<{width}}  {who}" for email, who in DEMO_SIGN_INS.items()]
        lines += [""]
    if configuration.mail:
        lines += [f"  Mails, each with a box that answers it: {configuration.address}/sent-mail/"]
    elif not configuration.environment.get("EMAIL_URL"):
        lines += ["  Mail is shown here, in the worker's lines."]
    lines += ["  Ctrl-C stops everything.", ""]
    print("\n".join(lines), flush=True)


def main():
    try:
        configuration = Configuration(os.environ)
        kept = lock(configuration.run_dir)
        redis_binary = redis_server() if configuration.redis_socket else None
        if configuration.redis_socket and not redis_binary:
            raise StartError(
                "Redis is needed. Install redis-server (on Debian or Ubuntu: "
                "sudo apt install redis-server), or set REDIS_URL. Then try again."
            )
        prepare(configuration)
        code = asyncio.run(serve(configuration, redis_binary))
        kept.close()
        return code
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
