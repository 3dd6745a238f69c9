"""A real Chromium against the real server: how it is started, where its pictures are kept."""

import os
import re
from pathlib import Path
from threading import Thread
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import handlers
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.proxy import Proxy
from tests.browser.sending import reply_of
from tests.browser.static_files import KeptStaticFilesHandler
from tests.browser.whole_pages import wait_for_whole_pages
from tests.factories import make_ticket, session_of

CHROMIUM = os.environ.get("CHROMIUM", "")
# A picture of a whole page takes as long as loading it, and only people look at them.
KEEPS_PICTURES = bool(os.environ.get("PICTURES"))
# A machine that is busy with other tests may take long; one that fails only fails later.
PATIENCE = 30_000
# As root in a container there is no sandbox and little shared memory; nothing is fetched from
# anywhere but the server under test.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    if CHROMIUM:
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="no Chromium: install it or set CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"viewport": {"width": 1280, "height": 900}, "timezone_id": "Asia/Tehran"}


@pytest.fixture(scope="session")
def live_server(request):
    with mock.patch.object(handlers, "StaticFilesHandler", KeptStaticFilesHandler):
        return request.getfixturevalue("live_server")


@pytest.fixture(scope="session", autouse=True)
def _patience():
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session", autouse=True)
def _whole_pages():
    with pytest.MonkeyPatch.context() as monkeypatch:
        wait_for_whole_pages(monkeypatch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _django_beside_an_event_loop():
    """Playwright keeps an event loop in this thread, and Django would refuse its queries there."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture
def keep_picture(request):
    """Keep a full-page picture under .run/artifacts/: keep_picture(page, "ticket fa").

    Only when the environment has PICTURES=1.
    """
    if not KEEPS_PICTURES:
        return lambda _page, _name: None
    folder = Path(settings.BASE_DIR) / ".run" / "artifacts"
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page, name):
        slug = re.sub(r"\W+", "-", f"{request.node.name} {name}").strip("-")
        path = folder / f"{slug}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return keep


class Complaints(list):
    """What a page reported: script errors, the content-security policy, files that are missing."""

    # A test that breaks connections, or has a file refused, expects that this is reported.
    forgives_network = False
    # A test that takes rights away: what the open page then asks for by itself is refused.
    forgives_refusals = False

    def listen(self, page):
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))

    def _hear(self, page, message):
        # A page that answers 404 or 422 by intention is reported as a resource that failed.
        is_page_itself = (
            "Failed to load resource" in message.text and message.location["url"] == page.url
        )
        is_network = self.forgives_network and re.search(r"net::ERR_|status of 422", message.text)
        is_refusal = (
            self.forgives_refusals
            and re.search(r"status of 4\d\d", message.text)
            and settings.STATIC_URL not in message.location["url"]
        )
        if message.type == "error" and not (is_page_itself or is_network or is_refusal):
            self.append(f"{page.url}: {message.text} {message.location['url']}")


@pytest.fixture
def visit(browser, browser_context_args, live_server):
    """Open a browser of its own for somebody: visit(agent, width=390) gives its page.

    Given a user it is signed in already; `script=False` turns JavaScript off. At the end of the
    test no page may have complained, of its scripts or of the content-security policy.
    `through` a proxy it reaches the server by that.
    """
    contexts, complaints = [], Complaints()

    def open_browser(
        user=None, *, language="fa", theme="light", width=1280, script=True, through=None
    ):
        context = browser.new_context(
            **browser_context_args
            | {
                "base_url": (through or live_server).url,
                "viewport": {"width": width, "height": 900},
                "java_script_enabled": script,
            }
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language, "theme": theme}
        if user:
            cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        context.add_cookies(
            [{"name": name, "value": cookies[name], "url": live_server.url} for name in cookies]
        )
        page = context.new_page()
        complaints.listen(page)
        return page

    open_browser.complaints = complaints
    yield open_browser
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def proxy(live_server):
    """Stands between browser and server: see tests/browser/proxy.py."""
    address = urlsplit(live_server.url)
    with Proxy((address.hostname, address.port)) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def ticket(requester):
    return make_ticket(requester, now=timezone.now())


@pytest.fixture
def page_of(visit, proxy):
    """A page of somebody, whose browser reaches the server through the proxy."""

    visit.complaints.forgives_network = True

    def open_page(user, **options):
        return visit(user, through=proxy, **options)

    return open_page


@pytest.fixture
def customer(page_of, requester, ticket):
    """A member's open page of their ticket."""
    return reply_of(page_of(requester), requester, ticket)
