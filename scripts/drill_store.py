"""The bucket's server of `make drill`: moto, with objects that survive it.

moto keeps everything in memory. Here each request that changed something is written to a folder
before it is answered, and done again at the next start: what was acknowledged is there after a
`kill -9`, and what was not is wholly absent, as with a server that keeps files.
"""

import json
import os
import signal
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

from werkzeug.serving import make_server
from werkzeug.test import create_environ, run_wsgi_app
from werkzeug.wsgi import ClosingIterator

CHANGES = {"PUT", "POST", "DELETE"}
FINISHES_SECONDS = 10


class Kept:
    """A WSGI application whose changes are kept in a folder, one file each in their order."""

    def __init__(self, app, folder):
        self.app, self.folder, self.lock = app, folder, threading.Lock()
        self.under_way = 0
        folder.mkdir(exist_ok=True)
        self.names = sorted(path.name for path in folder.glob("[0-9]*"))

    def load(self):
        """Do again what was acknowledged before this process began."""
        for name in self.names:
            head, _, body = Path(self.folder, name).read_bytes().partition(b"\n")
            _chunks, status, _headers = self._answer(json.loads(head), body)
            if not status.startswith("2"):
                raise SystemExit(f"{name} was kept and is refused now: {status}")

    def __call__(self, environ, start_response):
        with self.lock:
            self.under_way += 1
        try:
            if environ["REQUEST_METHOD"] in CHANGES:
                chunks, status, headers = self._change(environ)
                start_response(status, headers.to_wsgi_list())
            else:
                chunks = self.app(environ, start_response)
        except BaseException:
            self._finished()
            raise
        return ClosingIterator(chunks, [self._finished])

    def _finished(self):
        with self.lock:
            self.under_way -= 1

    def _change(self, environ):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        facts = {name: value for name, value in environ.items() if isinstance(value, str)}
        chunks, status, headers = self._answer(facts, body)
        if status.startswith("2"):
            self._keep(facts, body)
        return chunks, status, headers

    def _answer(self, facts, body):
        environ = create_environ() | facts | {"wsgi.input": BytesIO(body)}
        return run_wsgi_app(self.app, environ, buffered=True)

    def _keep(self, facts, body):
        with self.lock:
            name = f"{len(self.names):08}"
            part = self.folder / "part"
            part.write_bytes(json.dumps(facts).encode() + b"\n" + body)
            part.rename(self.folder / name)
            self.names.append(name)


def main(host, folder):
    # Two seconds and much memory, which a test of the class above does not want.
    from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

    os.environ.setdefault("MOTO_PORT", "9000")
    app = Kept(DomainDispatcherApplication(create_backend_app), Path(folder))
    app.load()
    server = make_server(host, 9000, app, threaded=True, request_handler=MotoRequestHandler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    # Asked to end, it takes nothing new and answers what it has begun.
    end = time.monotonic() + FINISHES_SECONDS
    while app.under_way and time.monotonic() < end:
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
