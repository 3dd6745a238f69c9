"""Servers on this machine that failures and traces are sent to, as a Sentry and a collector."""

import contextlib
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli

UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Receiver(ThreadingHTTPServer):
    """Keeps what is posted to it as (path, body)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.posted = []

    @property
    def port(self):
        return self.server_address[1]


class Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = UNPACKED[self.headers.get("Content-Encoding")](body)
        self.server.posted.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def open_receiver():
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, daemon=True)
    thread.start()
    yield receiver
    receiver.shutdown()
    receiver.server_close()
    thread.join()


def events_of(posted):
    """The events in Sentry's envelopes: a line of heads, then of each item a line and its bytes."""
    for path, body in posted:
        assert path == "/api/7/envelope/"
        _head, _newline, rest = body.partition(b"\n")
        while rest.strip():
            line, _newline, rest = rest.partition(b"\n")
            item = json.loads(line)
            length = item.get("length", rest.find(b"\n") if b"\n" in rest else len(rest))
            if item["type"] == "event":
                yield json.loads(rest[:length])
            rest = rest[length:].removeprefix(b"\n")
