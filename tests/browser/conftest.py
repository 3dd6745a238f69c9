"""A real Chromium against the real server: how it is started, where its pictures are kept."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings

CHROMIUM = os.environ.get("CHROMIUM", "")
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


@pytest.fixture(scope="session", autouse=True)
def _django_beside_an_event_loop():
    """Playwright keeps an event loop in this thread, and Django would refuse its queries there."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture
def keep_picture(request):
    """Keep a full-page picture under .run/artifacts/: keep_picture(page, "ticket fa")."""
    folder = Path(settings.BASE_DIR) / ".run" / "artifacts"
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page, name):
        slug = re.sub(r"\W+", "-", f"{request.node.name} {name}").strip("-")
        path = folder / f"{slug}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return keep
