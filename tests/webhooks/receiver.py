"""A receiver of webhooks on this machine: a real HTTP server that answers as a test asks it to."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Request(NamedTuple):
    path: str
    headers: dict
    body: bytes


class Receiver:
    """Keeps what it got. `answer(request)` returns (status, headers, body), and may take long;
    `answers` is the status of all, where nothing else is asked for."""

    def __init__(self):
        self.requests, self.status, self.answer = [], 204, None
        # Set at the end of a test: whoever hangs then goes.
        self.is_over = threading.Event()

    def answered(self, request):
        self.requests.append(request)
        if self.answer is not None:
            return self.answer(request)
        return self.status, {}, b""

    def hang(self, request):
        """Answer nothing as long as the test goes on."""
        self.is_over.wait(30)
        return 200, {}, b""

    def drip(self, request):
        """Answer a header that goes on and on, a letter at a time."""
        return


@contextmanager
def running(tls=None):
    """(receiver, its address) while the block runs; `tls` is a context of ssl."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = receiver.answered(Request(self.path, headers, body))
            if answer is None:
                self.drip()
                return
            status, more, content = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def drip(self):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not receiver.is_over.wait(0.02):
                self.wfile.write(b"x")

        def log_message(self, *_arguments):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # Who hangs up early is no error of the test.
    server.handle_error = lambda *_arguments: None
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver, server.server_address[1]
    finally:
        receiver.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()
