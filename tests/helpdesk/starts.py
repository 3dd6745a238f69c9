"""Starts the product with one environment after another, in forks of a process that has imported
what is not the product's own: a start costs a tenth of a new process.

Reads an environment as JSON from each line of its input and answers with [exit code, complaint].
"""

import importlib
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "9b" * 32,
    "ALLOWED_HOSTS": "helpdesk.example",
    "SITE_URL": "https://helpdesk.example",
    "DATABASE_URL": "postgresql://helpdesk@database/helpdesk",
    "REDIS_URL": "redis://broker/0",
    "EMAIL_URL": "smtp://mail:25",
}
LIBRARIES = ("celery.schedules", "csp.constants", "django.db", "django.forms", "environ", "psycopg")


@contextmanager
def starting():
    """Gives a function that starts the product with an environment."""
    command = [sys.executable, "-m", "tests.helpdesk.starts"]
    environment = {"PATH": os.environ["PATH"]}
    how = {"cwd": ROOT, "env": environment, "text": True}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **how) as process:

        def start(environment):
            process.stdin.write(json.dumps(environment) + "\n")
            process.stdin.flush()
            code, complaint = json.loads(process.stdout.readline())
            return SimpleNamespace(returncode=code, stderr=complaint)

        yield start
        process.stdin.close()


def serve():
    for name in LIBRARIES:
        importlib.import_module(name)
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            start(json.loads(line), writing)
        os.close(writing)
        with os.fdopen(reading) as complaint:
            text = complaint.read()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([code, text]), flush=True)


def start(environment, complaint):
    """Never returns: what stops the start ends the fork as it would end a process."""
    os.dup2(complaint, sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    import django

    django.setup()
    os._exit(0)


if __name__ == "__main__":
    serve()
