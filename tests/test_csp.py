"""The security headers: one strict policy on every page, and pages that need no exception."""

import re

import pytest

from tests.addresses import answers_to

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


@pytest.mark.xdist_group("every page")
@pytest.mark.parametrize("role", ["anonymous", "requester", "agent", "admin"])
def test_every_page_carries_the_policy_and_keeps_to_it(role):
    answers = answers_to(role)

    for address, answer in answers.items():
        if answer.is_page:
            assert policy_of(answer) == POLICY, address
            assert inline_parts(answer) == [], address
    assert sum(answer.status == 200 for answer in answers.values()) >= 8


def policy_of(answer):
    parts = answer.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts if part.strip())


def inline_parts(answer):
    return [name for name, pattern in INLINE.items() if re.search(pattern, answer.text)]


def test_other_headers_are_on_every_answer(client):
    for path in ("/accounts/login/", "/healthz", "/nowhere/"):
        headers = client.get(path).headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "no-store" in headers["Cache-Control"]
