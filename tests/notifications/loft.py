"""A real HTTP server on this machine that takes pigeons: what it took, and what it answers."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Loft:
    """Keeps every message that it took; answers with the status `verdict`."""

    def __init__(self):
        self.taken, self.asked, self.verdict = [], 0, 200
        self.url = None


@contextlib.contextmanager
def open_loft():
    """A loft that is open for as long as the block."""
    loft = Loft()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            loft.asked += 1
            if loft.verdict == 200:
                loft.taken.append(message)
            self.send_response(loft.verdict)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    loft.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield loft
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
