"""What holds on every page: one strict policy without exceptions, and no English in Persian."""

import re
from html.parser import HTMLParser

import pytest

from tests.addresses import answers_to
from tests.test_translations import PLACEHOLDER, catalogue

pytestmark = pytest.mark.django_db
# Both tests of a role read the same answers.
ROLES = ["anonymous", "requester", pytest.param("agent", marks=pytest.mark.full), "admin"]
LATIN_WORD = re.compile("[A-Za-z]{2}")
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


@pytest.mark.parametrize("role", ROLES)
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


VOID = {"br", "hr", "img", "input", "link", "meta", "source", "use", "wbr"}


class Visible(HTMLParser):
    """What a page shows or reads out, a text a piece; not code, nor what it says is English."""

    def __init__(self, page):
        super().__init__()
        self.hidden, self.texts, self.foreign = 0, [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in {"script", "style"}
        is_foreign = tag == "code" or (("lang", "en") in attrs and tag not in {"html", "button"})
        if tag not in VOID and (self.foreign or is_foreign):
            self.foreign.append(tag)
        shown = {"title", "aria-label", "placeholder", "alt"}
        self.texts += [value for name, value in attrs if name in shown and value]

    def handle_endtag(self, tag):
        self.hidden -= tag in {"script", "style"}
        if self.foreign:
            self.foreign.pop()

    def handle_data(self, data):
        if not self.hidden and not self.foreign and data.strip():
            self.texts.append(" ".join(data.split()))


@pytest.mark.parametrize("role", ROLES)
def test_no_page_for_a_persian_reader_says_an_english_text(role):
    english = {
        entry.msgid
        for entry in catalogue("fa")
        if len(entry.msgid) > 12 and not PLACEHOLDER.search(entry.msgid)
    }
    left = []
    for address, answer in answers_to(role).items():
        if answer.is_page and "logout" not in address:
            # Most texts are Persian altogether, and need no comparing.
            texts = filter(LATIN_WORD.search, Visible(answer.text).texts)
            left += [(address, text) for text in texts if any(each in text for each in english)]

    assert left == []
