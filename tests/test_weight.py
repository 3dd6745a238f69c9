"""What a page weighs on its way: at the first visit with all that it loads, and afterwards."""

import gzip
import re
from pathlib import Path

import pytest

from helpdesk.static_files import minified
from organizations.models import User
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

STATIC = Path(__file__).resolve().parent.parent / "static"
FIRST_VISIT, AFTERWARDS = 140_000, 40_000
ROWS = 25
LOADED = re.compile(r'(?:href|src)="/static/([^"#]+)')
IN_STYLES = re.compile(r'url\("?([^")]+)"?\)')
IN_SCRIPTS = re.compile(r'from "(\./[^"]+)"')


@pytest.fixture
def tickets(requester):
    return [make_ticket(requester, title=f"Ticket {number}") for number in range(ROWS)]


@pytest.fixture(params=["fa", "en"])
def pages(request, client_of, requester, agent, tickets):
    """The pages that people open most, in one language: path to HTML as it is sent."""
    User.objects.update(language=request.param)
    ticket = tickets[0]
    asked = [(requester, path) for path in ("/", "/tickets/", "/tickets/new/")]
    asked += [(requester, ticket.get_absolute_url())]
    asked += [(agent, "/queue/"), (agent, ticket.get_queue_url())]
    return {path: sent(client_of(person), path) for person, path in asked}


def sent(client, path):
    response = client.get(path, headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["Content-Encoding"] == "gzip"
    return response.content


def files_of(html):
    """All static files that a page loads, those of its styles and scripts too."""
    found, left = set(), set(LOADED.findall(html))
    while left:
        name = left.pop()
        found.add(name)
        path = STATIC / name
        pattern = {".css": IN_STYLES, ".js": IN_SCRIPTS}.get(path.suffix)
        for address in pattern.findall(path.read_text("utf-8")) if pattern else ():
            if not address.startswith("data:"):
                target = (path.parent / address.partition("#")[0]).resolve()
                left |= {str(target.relative_to(STATIC))} - found
    return found


def weight(name):
    """Minified and compressed as servers do; fonts are already."""
    content = (STATIC / name).read_bytes()
    if name.endswith(".woff2"):
        return len(content)
    return len(gzip.compress(minified(name, content.decode()).encode()))


def test_a_page_is_light_at_the_first_visit(pages):
    weights = {}
    for path, html in pages.items():
        files = {name: weight(name) for name in files_of(gzip.decompress(html).decode())}
        assert any(name.endswith(".woff2") for name in files)
        assert any(name.endswith(".svg") for name in files)
        weights[path] = len(html) + sum(files.values())

    assert {path: bytes_ for path, bytes_ in weights.items() if bytes_ >= FIRST_VISIT} == {}


def test_a_page_is_lighter_still_once_its_files_are_kept(pages):
    weights = {path: len(html) for path, html in pages.items()}

    assert {path: bytes_ for path, bytes_ in weights.items() if bytes_ >= AFTERWARDS} == {}


def test_files_are_sent_as_they_are(client_of, requester, tickets):
    """Compressed, a download would lose its length."""
    response = client_of(requester).get("/healthz", headers={"accept-encoding": "gzip"})

    assert "Content-Encoding" not in response.headers
