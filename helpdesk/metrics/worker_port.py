"""Where Prometheus reads a worker. Imported only where WORKER_METRICS_ADDRESS is set."""

import hmac
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import exposition, generate_latest

from .tasks import REGISTRY

logger = logging.getLogger(__name__)
# A client that says nothing is not waited for.
PATIENCE_SECONDS = 5


class Port(ThreadingHTTPServer):
    daemon_threads = True
    # It is not the work of a worker: a client that waits costs a thread, and there are few.
    request_queue_size = 5

    def __init__(self, address, token):
        self.wanted = f"Bearer {token}".encode()
        super().__init__(address, Answers)

    def handle_error(self, request, client_address):
        logger.info("A reader of the metrics went away")


class Answers(BaseHTTPRequestHandler):
    """/metrics for who sends the token; nothing else, for anybody."""

    timeout = PATIENCE_SECONDS
    server_version, sys_version = "helpdesk", ""

    def do_GET(self):
        sent = self.headers.get("Authorization", "").encode("utf-8", "replace")
        if self.path != "/metrics" or not hmac.compare_digest(sent, self.server.wanted):
            self.send_error(404)
            return
        text = generate_latest(REGISTRY)
        self.send_response(200)
        self.send_header("Content-Type", exposition.CONTENT_TYPE_PLAIN_0_0_4)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        """Whoever asks is no line of the log."""


def open_port(address, token):
    """Answer on that (host, port) in threads of this process; None where it is taken: a worker
    works whether it is measured or not."""
    try:
        port = Port(address, token)
    except OSError as error:
        logger.error("Metrics cannot be read at %s:%s: %s", *address, error.strerror)
        return None
    Thread(target=port.serve_forever, name="metrics", daemon=True).start()
    return port
