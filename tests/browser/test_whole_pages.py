"""What the walks rest on: an act ends with a whole page, however slowly it comes."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

# Long enough that half a page would be read, were it not waited for.
PAUSE = 0.3


class HalvesOfPages(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if self.path.startswith("/next"):
            self.wfile.write(b"<!doctype html><title>Next</title><p>First half")
            self.wfile.flush()
            Event().wait(PAUSE)
        self.wfile.write(b"<p>Other half <a href=/next>Next</a><form action=/next><button>Next")

    def log_message(self, *_what):
        """Nothing to report."""


@pytest.fixture
def slow_site():
    with ThreadingHTTPServer(("127.0.0.1", 0), HalvesOfPages) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    "act",
    [
        lambda page: page.click("a"),
        lambda page: page.locator("button").click(),
        lambda page: page.locator("a").press("Enter"),
    ],
)
def test_half_a_page_is_not_read_for_a_whole_one(visit, slow_site, act):
    page = visit()
    page.goto(slow_site)
    act(page)
    assert page.locator("p").all_inner_texts() == ["First half", "Other half Next"]
