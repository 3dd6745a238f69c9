"""The documented proxy on loopback: Debian's nginx with our file before two web processes."""

import contextlib
import http.client
import http.server
import ssl
import threading
import time
import warnings

import pytest
from local_nginx import NAME, NGINX, start_nginx
from servers import stop_process, wait_until

from tests.helpdesk.web_process import HALF_SENT, PAGE, Web, free_port, is_closed

if NGINX is None:
    warnings.warn("nginx is not installed: the documented proxy is not tested", stacklevel=1)
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (apt install nginx)"),
]


class Nginx:
    """nginx with the file of the repository: only ports, paths and seconds are those of a test."""

    def __init__(self, folder, ports):
        self.folder, self.port, self.log = folder, free_port(), folder / "nginx.log"
        timeouts = ("client_header_timeout 15s", "client_body_timeout 20s")
        changes = [(line, line.replace(line.split()[1], "3s")) for line in timeouts]
        self.process = start_nginx(
            folder, ports=ports, https=self.port, http=free_port(), changes=changes
        )
        wait_until(lambda: self.ask()[0] == 200, self.process, self.log)

    def connect(self, sent=b""):
        context = ssl._create_unverified_context()  # noqa: S323 - a certificate of this test
        plain = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)
        plain.connect()
        plain.sock.sendall(sent)
        return plain.sock

    def ask(self, method="GET", path=PAGE, body=None, **headers):
        context = ssl._create_unverified_context()  # noqa: S323 - a certificate of this test
        client = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
        with contextlib.closing(client):
            try:
                client.request(method, path, body, {"Host": NAME, **headers})
                response = client.getresponse()
                return response.status, response.read()
            except ConnectionRefusedError:
                return None, b""


@pytest.fixture(scope="module")
def webs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("webs")
    environment = {
        "ALLOWED_HOSTS": f"{NAME},127.0.0.1",
        "HTTPS": "1",
        "BEHIND_TLS_PROXY": "1",
        "TRUSTED_PROXY_COUNT": "1",
    }
    with contextlib.ExitStack() as stack:
        started = []
        for _each in range(2):
            web = Web(folder, **environment)
            stack.callback(lambda web=web: stop_process(web.process))
            started.append(web)
        yield started


@pytest.fixture(scope="module")
def nginx(tmp_path_factory, webs):
    """One proxy before two processes for all tests; the last of them restarts these."""
    started = Nginx(tmp_path_factory.mktemp("nginx"), [web.port for web in webs])
    yield started
    stop_process(started.process)


def test_slow_bodies_stop_at_the_proxy_and_others_are_served(nginx, webs):
    kinds = [sent.replace(b"localhost", NAME.encode()) for sent, _more in HALF_SENT.values()]
    held = [nginx.connect(sent) for sent in kinds for _each in range(20)]

    began_at = time.monotonic()
    answers = [nginx.ask()[0] for _each in range(5)]
    took = time.monotonic() - began_at
    time.sleep(4.5)

    assert answers == [200] * 5
    assert took < 5
    assert all(map(is_closed, held))
    assert all(web.process.poll() is None for web in webs)


def test_a_forged_address_or_scheme_does_not_pass_the_proxy(nginx):
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
    }

    status, page = nginx.ask(**forged)

    # With the forged scheme the application would answer with a redirect.
    assert status == 200
    assert b"evil.example" not in page


def test_more_than_a_form_may_hold_is_refused_and_a_full_message_is_not(nginx):
    too_large, _page = nginx.ask("POST", body=iter([b""]), **{"Content-Length": "200000000"})
    full, _page = nginx.ask("POST", body=b"x" * 11_000_000)

    assert too_large == 413
    assert full == 403


def test_tokens_of_links_stay_out_of_the_log_of_the_proxy(nginx):
    for page in ("/invitations/", "/accounts/confirm-email/", "/accounts/password/reset/key/"):
        nginx.ask(path=f"{page}secret/?next=secret")

    log = (nginx.folder / "access.log").read_text()
    assert "GET /invitations/[token] " in log
    assert "secret" not in log


def test_no_request_is_lost_while_the_processes_are_restarted_in_turn(nginx, webs):
    answers, is_over = [], threading.Event()

    def ask():
        while not is_over.is_set():
            answers.append(nginx.ask()[0])

    threads = [threading.Thread(target=ask) for _each in range(3)]
    for thread in threads:
        thread.start()
    for web in webs:
        stop_process(web.process, seconds=40)
        web.start()
    is_over.set()
    for thread in threads:
        thread.join()

    assert len(answers) > 10
    assert set(answers) == {200}


class OtherRelease(http.server.BaseHTTPRequestHandler):
    """A process that has all pages, and the static files of its own release alone."""

    def do_GET(self):
        lacks = self.path.startswith("/static/") and self.path != self.server.has
        self.send_response(404 if lacks else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_line):
        """Nothing."""


def test_a_static_file_of_either_release_is_found_while_both_run(tmp_path):
    files = ["/static/of-the-old.css", "/static/of-the-new.css"]
    with contextlib.ExitStack() as stack:
        servers = []
        for file in files:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), OtherRelease)
            server.has = file
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.append(server)
        nginx = Nginx(tmp_path, [server.server_port for server in servers])
        stack.callback(stop_process, nginx.process)

        answers = [nginx.ask(path=file)[0] for file in files for _each in range(3)]
        missing = nginx.ask(path="/static/of-none.css")[0]

    assert answers == [200] * 6
    assert missing == 404
