"""Web processes, and nginx before them, as the documents start them; for tests on real sockets."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
from pathlib import Path

from servers import die_with_parent, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "/accounts/login/"
HEAD = (
    f"POST {PAGE} HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
).encode()
# What is sent of a request, and what may drip after it.
HALF_SENT = {
    "nothing": (b"", b""),
    "half a head": (HEAD, b"X-More: 1\r\n"),
    "half a body": (HEAD + b"Content-Length: 100000\r\n\r\nlogin=", b"x"),
    "half a chunked body": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n",
        b"1\r\nx\r\n",
    ),
}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Web:
    """One web process."""

    def __init__(self, folder, *, port=None, listener=None, **environment):
        self.port = port or (listener.getsockname()[1] if listener else free_port())
        self.log = folder / f"web-{self.port}.log"
        self.listener = listener
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            **environment,
        }
        self.start()

    def start(self):
        command = [sys.executable, "-m", "helpdesk.web", "--bind", f"127.0.0.1:{self.port}"]
        environment = self.environment
        if self.listener:
            environment = {**environment, "LISTEN_FDS": "1"}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                preexec_fn=self._in_child,  # noqa: PLW1509 - before any thread of the test
                close_fds=self.listener is None,
            )
        wait_until(lambda: self.get()[0] in {200, 301}, self.process, self.log)

    def _in_child(self):
        die_with_parent()
        if self.listener:
            os.dup2(self.listener.fileno(), 3, inheritable=True)

    def get(self, path=PAGE, timeout=20, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                return response.status, response.read()
            except ConnectionRefusedError:
                return None, b""

    def connect(self, sent=b""):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(sent)
        return connection


def answer_of(connection):
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read()


def is_closed(connection):
    connection.settimeout(0.01)
    try:
        return connection.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
