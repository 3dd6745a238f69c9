"""The web process: waitress, set to cut slow clients and to stop without losing a request.

    python -m helpdesk.web --bind 127.0.0.1:8000

A thread of the application starts with a request when all of it has arrived, and is free again when
its answer is in a buffer: a slow client holds a connection, never a thread.
"""

import argparse
import logging
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections import Counter
from contextlib import suppress

from django.conf import settings
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.buffers import BytesIOBasedBuffer, OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from .whole_body import BODY_IS_CUT
from .wsgi import application

logger = logging.getLogger("helpdesk.web")

CONNECTIONS = 1000
# So many more while those that give way to them are being closed.
CONNECTIONS_IN_EXCESS = 50
HEAD_BYTES = 64 * 1024
INPUT_IN_MEMORY = 256 * 1024
# A stopping process finishes what has begun within so long …
STOP_SECONDS = 30
# … and so long keeps the connection of a person who follows a link just then.
LINGER_SECONDS = 2
# How soon the loop that moves bytes gets its turn among threads that compute; Python's is 5 ms.
SWITCH_SECONDS = 0.001
# The first socket that systemd hands to a service.
HANDED_OVER = 3


class BoundedInput(OverflowableBuffer):
    """A body that arrives, in memory and then on disk; beyond the limit it is counted, not kept.

    Where the disk has no room, what is in memory by then is kept, and the rest counted: the fields
    of a form, which somebody typed, come before its files.
    """

    def __init__(self, most):
        super().__init__(INPUT_IN_MEMORY)
        self.most, self.dropped, self.is_cut = most, 0, False

    def __len__(self):
        return self.dropped + super().__len__()

    def append(self, s):
        length = len(self) + len(s)
        if self.is_cut:
            self.dropped += len(s)
        elif length <= self.most:
            try:
                super().append(s)
            except OSError:
                logger.exception("A request could not be kept while it arrived")
                self._cut(length)
        else:
            self.dropped = length
            self.close()
            self.buf, self.strbuf, self.overflowed = None, b"", False

    def _cut(self, length):
        """Go on with the beginning of what came so far, in memory."""
        file, self.buf = self.buf.getfile(), BytesIOBasedBuffer()
        head = os.pread(file.fileno(), INPUT_IN_MEMORY, 0) if self.overflowed else file.getvalue()
        with suppress(OSError):  # what could not be written is tried once more
            file.close()
        self.buf.append(head)
        self.is_cut, self.overflowed, self.dropped = True, False, length - len(head)


class Request(HTTPRequestParser):
    """A request that arrives, with the moment of its first byte."""

    def __init__(self, adj):
        super().__init__(adj)
        self.began_at = time.time()

    def parse_header(self, header_plus):
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = BoundedInput(settings.REQUEST_MAX_BYTES)
        if self.adj.is_stopping:
            self.headers["CONNECTION"] = "close"

    @property
    def is_cut(self):
        """Whether there was no room for the end of its body."""
        return self.body_rcv is not None and self.body_rcv.buf.is_cut

    @property
    def must_arrive_by(self):
        if not self.headers_finished:
            return self.began_at + settings.REQUEST_HEAD_SECONDS
        more = self.body_bytes_received / settings.REQUEST_BODY_BYTES_PER_SECOND
        return self.began_at + settings.REQUEST_HEAD_SECONDS + settings.REQUEST_BODY_SECONDS + more


class Task(WSGITask):
    """A request that is answered. To HEAD the body is left out, which waitress would send."""

    def build_response_header(self):
        head = super().build_response_header()
        # Nothing ends a body that is not there.
        self.chunked_response = self.chunked_response and not self._is_head
        return head

    def get_environment(self):
        environ = super().get_environment()
        environ[BODY_IS_CUT] = self.request.is_cut
        if self._is_head:
            # Files that waitress sends by itself do not come by `write`.
            environ.pop("wsgi.file_wrapper", None)
        return environ

    def write(self, data):
        super().write(b"" if self._is_head else data)

    @property
    def _is_head(self):
        return self.request.command == "HEAD"


class Channel(HTTPChannel):
    """A connection."""

    parser_class = Request
    task_class = Task

    def is_overdue(self, now):
        """Whether the client sends or fetches too slowly."""
        if self.request is not None and now > self.request.must_arrive_by:
            return True
        if not self.outbuf_lock.acquire(blocking=False):
            return False  # a thread is writing its answer at this moment
        try:
            is_idle = now - self.last_activity > settings.CONNECTION_IDLE_SECONDS
            # An application at work is not the client's fault.
            return is_idle and (not self.requests or self.total_outbufs_len > 0)
        finally:
            self.outbuf_lock.release()

    @property
    def waits_since(self):
        """Since when this has waited for its client; None while it is being answered."""
        if self.requests or self.will_close:
            return None
        return self.last_activity if self.request is None else self.request.began_at

    def is_at_rest(self):
        return not (self.requests or self.request or self.total_outbufs_len)


class Server(TcpWSGIServer):
    """The listening socket."""

    channel_class = Channel

    def maintenance(self, now):
        """Cut slow clients; waitress alone cuts those who send nothing at all."""
        for channel in self.active_channels.values():
            channel.will_close = channel.will_close or channel.is_overdue(now)

    def handle_accept(self):
        super().handle_accept()
        if len(self.active_channels) > CONNECTIONS:
            self._make_room()

    def _make_room(self):
        """Cut who has waited longest of the client with most connections: a thousand that send
        nothing keep nobody out, as they would until each was overdue."""
        idle = [each for each in self.active_channels.values() if each.waits_since is not None]
        if idle:
            clients = Counter(channel.addr[0] for channel in idle)
            busiest, _count = clients.most_common(1)[0]
            theirs = (channel for channel in idle if channel.addr[0] == busiest)
            min(theirs, key=lambda channel: channel.waits_since).will_close = True

    def run(self):
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_received: stopping.set())
        while not stopping.is_set():
            self._step()
        self._finish()

    def _step(self):
        wasyncore.loop(timeout=0.5, use_poll=True, map=self._map, count=1)

    def _finish(self):
        """Answer what has begun, also on connections that the system made already."""
        self.adj.is_stopping = True
        while select.select([self.socket], [], [], 0)[0]:
            self.handle_accept()
        wasyncore.dispatcher.close(self)
        began_at = time.time()
        while self.active_channels and (now := time.time()) < began_at + STOP_SECONDS:
            self.maintenance(now)
            for channel in self.active_channels.values():
                if now > began_at + LINGER_SECONDS and channel.is_at_rest():
                    channel.will_close = True
            self._step()
        self.task_dispatcher.shutdown(timeout=1)


def listen(bind):
    """Give the socket of an address, or the one that systemd listens on while we are away."""
    if os.environ.get("LISTEN_FDS") == "1":
        return socket.socket(fileno=HANDED_OVER)
    host, _colon, port = bind.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), int(port)), family=family, backlog=1024)


def create_server(listener, threads):
    adjustments = Adjustments(
        threads=threads,
        backlog=1024,
        connection_limit=CONNECTIONS + CONNECTIONS_IN_EXCESS,
        cleanup_interval=1,
        asyncore_use_poll=True,
        ident="",
        # Django decides which headers of a proxy to trust.
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
        max_request_header_size=HEAD_BYTES,
        # What is over the limit arrives all the same, so that the page that says so is seen.
        max_request_body_size=5 * settings.REQUEST_MAX_BYTES,
    )
    adjustments.is_stopping = False
    return Server(
        application,
        _sock=listener,
        adj=adjustments,
        sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        bind_socket=False,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
    parser.add_argument("--threads", default=8, type=int, help="requests answered at a time")
    options = parser.parse_args()
    # A connection and what it sends take up to four files.
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sys.setswitchinterval(SWITCH_SECONDS)
    server = create_server(listen(options.bind), options.threads)
    logger.info("Serving on %s:%s", server.effective_host, server.effective_port)
    server.run()


if __name__ == "__main__":
    main()
