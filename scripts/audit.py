"""`make audit`: whether a pinned package has a known weakness, by the list of OSV (needs its site).

Reads the pinned requirement files. Ends with 1 where a package has a weakness, could not be looked
up, or the list did not answer. OSV_URL names a copy of the list.
"""

import os
import subprocess
import sys

import environment

# The first holds what the product needs as well. One package in two files is refused at once.
REQUIREMENTS = ["requirements-test.txt", "requirements-redis.txt", "requirements-audit.txt"]
TOOL = environment.ROOT / ".run" / "audit"
STAMP = TOOL / ".installed"


def install():
    """Bring pip-audit into a folder of its own: the product and its tests need none of it."""
    wanted = environment.fingerprint("requirements-audit.txt")
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    pinned = ["--require-hashes", "-r", str(environment.ROOT / "requirements-audit.txt")]
    if not environment.install("--target", str(TOOL), *pinned):
        environment.stop("pip-audit could not be installed.")
    STAMP.write_text(wanted)


def audit(name):
    """Whether all packages of a requirement file were looked up and have no known weakness."""
    command = [str(environment.VENV_PYTHON), "-m", "pip_audit", "--strict", "--disable-pip"]
    command += ["--require-hashes", "--progress-spinner=off", "--vulnerability-service=osv"]
    if url := os.environ.get("OSV_URL"):
        command += ["--osv-url", url]
    command += ["-r", str(environment.ROOT / name)]
    print(f"== {name}", flush=True)
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(TOOL)}).returncode == 0


def main():
    """Gives whether every file is in order; each is looked at, whatever the others say."""
    install()
    found = [audit(name) for name in REQUIREMENTS]
    return all(found)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
