"""The security headers: one strict policy on every page, and pages that need no exception."""

import re

import pytest
import time_machine
from django.test import Client

from tests.addresses import LATER, Cast, every_address

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
INLINE = {
    "style attribute": r"<[^>]+\sstyle\s*=",
    "style element": r"<style\b",
    "script without an address": r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "handler": r"<[^>]+\son[a-z]+\s*=",
    "address that is a script": r"(?:href|action|src)\s*=\s*[\"']?\s*javascript:",
    "resource of another site": r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?(?:https?:)?//",
}


@pytest.mark.parametrize("role", ["anonymous", "requester", "agent", "admin"])
def test_every_page_carries_the_policy_and_keeps_to_it(role):
    with time_machine.travel(LATER, tick=False):
        cast = Cast()
        user, client = getattr(cast, role), Client()
        if user:
            client.force_login(user)
        pages = {path: client.get(path) for path in map(cast.path, sorted(set(every_address())))}

    for path, response in pages.items():
        if response.get("Content-Type", "").startswith("text/html"):
            assert policy_of(response) == POLICY, path
            assert inline_parts(response) == [], path
    assert sum(response.status_code == 200 for response in pages.values()) >= 8


def policy_of(response):
    parts = response.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts if part.strip())


def inline_parts(response):
    text = response.content.decode()
    return [name for name, pattern in INLINE.items() if re.search(pattern, text)]


def test_other_headers_are_on_every_answer(client):
    for path in ("/accounts/login/", "/healthz", "/nowhere/"):
        headers = client.get(path).headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "no-store" in headers["Cache-Control"]
