"""The memory of what `make run` starts, with its demo: idle, and after 10,000 requests."""

import http.client
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from environment import ROOT, redis_server
from run import DEMO_PASSWORD, Configuration, commands
from servers import (
    StartError,
    accepts_connections,
    die_with_parent,
    redis_command,
    stop_process,
    wait_until,
)

REQUESTS = 10_000
# As long as the first minutely tasks take to have run once.
IDLE_SECONDS = 75
# So many are under way at once.
CLIENTS = 4
PAGES = ["/accounts/login/", "/accounts/password/reset/", "/healthz", "/accounts/signup/"]
# One in so many requests is for a page of somebody signed in; these take most of the time.
SIGNED_IN_EVERY = 10
SIGNED_IN = [
    ("agent@helpdesk.example", "/queue/"),
    ("agent@helpdesk.example", "/queue/KT-1/"),
    ("agent@helpdesk.example", "/notifications/"),
    ("supervisor@helpdesk.example", "/reports/"),
    ("sara@pars.example", "/tickets/"),
    ("sara@pars.example", "/tickets/new/"),
]
TOKEN = "a" * 32  # of forms against forgery: any that the cookie has as well


def measure(folder):
    """{"idle": {process: MB}, "after 10,000 requests": …}, as each process's share of memory."""
    folder.mkdir()
    given = {"PATH": os.environ["PATH"], "RUN_DIR": str(folder), "DEMO": "1", "DEBUG": "1"}
    given["PORT"] = str(_free_port())
    configuration = Configuration(given)
    environment = configuration.environment
    prepared = [sys.executable, str(ROOT / "scripts" / "prepare.py"), "--demo"]
    subprocess.run(prepared, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    processes = {}
    log = (folder / "log").open("wb")

    def start(name, command):
        processes[name] = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, preexec_fn=die_with_parent
        )

    try:
        path = configuration.redis_socket
        start("redis", redis_command(redis_server(), path.parent, path, durable=True))
        wait_until(lambda: accepts_connections(path), processes["redis"], folder / "log")
        for name, command in commands(configuration).items():
            start(name, command)
        time.sleep(IDLE_SECONDS)
        idle = _shares(processes)
        _ask(configuration)
        return {"idle": idle, "after 10,000 requests": _shares(processes)}
    finally:
        for process in reversed(processes.values()):
            stop_process(process)


def _free_port():
    """One of those that nobody asks for by number: loading the demo takes a while."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _ask(configuration):
    sessions = {person: _sign_in(configuration, person) for person in dict(SIGNED_IN)}
    with ThreadPoolExecutor(CLIENTS) as clients:
        parts = [range(first, REQUESTS, CLIENTS) for first in range(CLIENTS)]
        list(clients.map(lambda numbers: _ask_some(configuration, sessions, numbers), parts))


def _ask_some(configuration, sessions, numbers):
    connection = _connect(configuration)
    for number in numbers:
        turn, is_anonymous = divmod(number, SIGNED_IN_EVERY)
        person, path = SIGNED_IN[turn % len(SIGNED_IN)]
        headers = {"Cookie": f"sessionid={sessions[person]}"}
        if is_anonymous:
            path, headers = PAGES[number % len(PAGES)], {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        # Health may find fault with a busy machine.
        if answer.status != 200 and path != "/healthz":
            raise StartError(f"{path} answered {answer.status}")


def _sign_in(configuration, person):
    """The key of a new session of the person."""
    connection = _connect(configuration)
    form = {"login": person, "password": DEMO_PASSWORD, "csrfmiddlewaretoken": TOKEN}
    headers = {
        "Cookie": f"csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", "/accounts/login/", urlencode(form), headers)
    cookies = SimpleCookie()
    for cookie in connection.getresponse().headers.get_all("Set-Cookie", ()):
        cookies.load(cookie)
    if "sessionid" not in cookies:
        raise StartError(f"{person} was not signed in")
    return cookies["sessionid"].value


def _connect(configuration):
    return http.client.HTTPConnection(configuration.host, configuration.port, timeout=60)


def _shares(processes):
    return {name: share_of_family(each.pid) for name, each in processes.items()}


def share_of_family(pid, kind="Pss"):
    """The memory in MB of a process and of what it started; of `kind` "Pss_Anon" without the files
    that they share with others, whose part grows where those end."""
    return sum(_share(each, kind) for each in _family(pid))


def _family(pid):
    """The process and what it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _share(pid, kind):
    """The proportional share of memory in MB: what processes share is counted once."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{kind}:"))
