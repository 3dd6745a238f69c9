"""The memory of what `make run` starts: idle, and after 10,000 requests."""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

from environment import ROOT, redis_server
from run import Configuration, commands
from servers import accepts_connections, die_with_parent, redis_command, stop_process, wait_until

REQUESTS = 10_000
# As long as the first minutely tasks take to have run once.
IDLE_SECONDS = 75
PAGES = ["/accounts/login/", "/accounts/password/reset/", "/healthz", "/accounts/signup/"]


def measure(folder):
    """{"idle": {process: MB}, "after 10,000 requests": …}, as each process's share of memory."""
    folder.mkdir()
    given = {"PATH": os.environ["PATH"], "RUN_DIR": str(folder), "DEMO": "0", "DEBUG": "1"}
    configuration = Configuration(given)
    environment = configuration.environment
    prepared = [sys.executable, str(ROOT / "scripts" / "prepare.py")]
    subprocess.run(prepared, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    processes = {}
    log = (folder / "log").open("wb")

    def start(name, command):
        processes[name] = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, preexec_fn=die_with_parent
        )

    try:
        socket = configuration.redis_socket
        start("redis", redis_command(redis_server(), socket.parent, socket, durable=True))
        wait_until(lambda: accepts_connections(socket), processes["redis"], folder / "log")
        for name, command in commands(configuration).items():
            start(name, command)
        time.sleep(IDLE_SECONDS)
        idle = _shares(processes)
        _ask(configuration)
        return {"idle": idle, "after 10,000 requests": _shares(processes)}
    finally:
        for process in reversed(processes.values()):
            stop_process(process)


def _ask(configuration):
    connection = http.client.HTTPConnection(configuration.host, configuration.port, timeout=60)
    for number in range(REQUESTS):
        connection.request("GET", PAGES[number % len(PAGES)])
        connection.getresponse().read()


def _shares(processes):
    return {name: sum(map(_share, _family(each.pid))) for name, each in processes.items()}


def _family(pid):
    """The process and what it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _share(pid):
    """The proportional share of memory in MB: what processes share is counted once."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
