"""A server on this machine that speaks S3, for tests: moto, as a process of its own."""

import contextlib
import functools
import http.server
import socket
import subprocess
import sys
import threading
import uuid
from functools import partial
from pathlib import Path

from servers import die_with_parent, stop_process, wait_until

from tickets.attachments.s3 import S3Store

KEYS = {"key_id": "tester", "secret_key": "not-a-secret"}
S3, LOCAL = "tickets.attachments.s3.S3Store", "tickets.attachments.stores.LocalStore"


@functools.cache
def _one_client(endpoint, region, signature="s3v4", **keys):
    store = S3Store(bucket="any", key_id="", secret_key="", region=region, endpoint=endpoint)
    return _new_client(store, signature, **keys)


_new_client = S3Store._client
# Making one takes half a second, and these tests would make a hundred.
S3Store._client = lambda store, *signature, **keys: _one_client(
    store.endpoint, store.region, *signature, **keys
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(folder):
    """The address of a server that runs."""
    port, log = free_port(), Path(folder) / "moto.log"
    with log.open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=lines,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 no threads yet
        )
    try:
        wait_until(partial(_answers, port), process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop_process(process)


def _answers(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def make_bucket(address):
    """A new bucket as a store, with another one's objects beside its prefix."""
    made = S3Store(bucket=f"helpdesk-{uuid.uuid4().hex[:12]}", **options(address))
    made.client.create_bucket(Bucket=made.bucket)
    made.client.put_object(Bucket=made.bucket, Key="of-another/file", Body=b"theirs")
    return made


def options(address):
    return {"endpoint": address, "region": "us-east-1", "prefix": "attachments", **KEYS}


def keep_in(settings, store, folder):
    """Have this process keep attachments in the bucket of `store`; None stands for the folder."""
    local = {"BACKEND": LOCAL, "OPTIONS": {"location": folder, "base_url": None}}
    backends = {"default": local, "folder": local}
    if store:
        of_bucket = {
            "BACKEND": S3,
            "OPTIONS": {"bucket": store.bucket, **options(store.endpoint)},
        }
        backends |= {"default": of_bucket, "bucket": of_bucket}
    settings.ATTACHMENT_ROOT = folder
    settings.STORAGES = settings.STORAGES | backends


@contextlib.contextmanager
def silent():
    """The address of a server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class Refusal(http.server.BaseHTTPRequestHandler):
    """Answers each request with the error that the server names, as S3 words it."""

    # A client that asks whether to send waits for a second where the version knows no answer.
    protocol_version = "HTTP/1.1"

    def _refuse(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, code = self.server.answer
        answer = f"<Error><Code>{code}</Code><Region>eu-west-1</Region></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_PUT = do_HEAD = do_DELETE = _refuse  # noqa: N815 as its base wants them

    def log_message(self, *args):
        """Nothing."""


@contextlib.contextmanager
def refusing():
    """A server whose every answer is `answer`: a status and a code."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    server.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
