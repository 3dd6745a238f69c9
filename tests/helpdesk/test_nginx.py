"""The documented proxy on loopback: Debian's nginx with our file before two web processes."""

import contextlib
import datetime
import http.client
import os
import shutil
import ssl
import subprocess
import threading
import time
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from servers import die_with_parent, stop_process, wait_until

from tests.helpdesk.web_process import HALF_SENT, PAGE, ROOT, Web, free_port, is_closed

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin")
if NGINX is None:
    warnings.warn("nginx is not installed: the documented proxy is not tested", stacklevel=1)
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (apt install nginx)"),
]
NAME = "helpdesk.example"
MAIN = """
daemon off; master_process off; pid nginx.pid; error_log stderr;
events { worker_connections 1000; }
http {
    client_body_temp_path body; proxy_temp_path proxy;
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    include site.conf;
}
"""


class Nginx:
    """nginx with the file of the repository: only ports, paths and seconds are those of a test."""

    def __init__(self, folder, webs):
        self.folder, self.port, self.log = folder, free_port(), folder / "nginx.log"
        write_certificate(folder)
        site = (ROOT / "deploy/nginx.conf").read_text()
        for written, here in {
            "127.0.0.1:8000": f"127.0.0.1:{webs[0].port}",
            "127.0.0.1:8001": f"127.0.0.1:{webs[1].port}",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "/etc/ssl/certs/helpdesk.pem": "site.pem",
            "/etc/ssl/private/helpdesk.key": "site.key",
            "/var/log/nginx/helpdesk.log": "access.log",
            "client_header_timeout 15s": "client_header_timeout 3s",
            "client_body_timeout 20s": "client_body_timeout 3s",
        }.items():
            assert site.count(written) == 1, written
            site = site.replace(written, here)
        (folder / "site.conf").write_text(site)
        (folder / "nginx.conf").write_text(MAIN)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [NGINX, "-p", str(folder), "-c", "nginx.conf"],
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - before any thread of the test
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


def write_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2100))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "site.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "site.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


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
    started = Nginx(tmp_path_factory.mktemp("nginx"), webs)
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
