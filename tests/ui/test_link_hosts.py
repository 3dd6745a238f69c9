"""Links say where they lead, whatever their text makes believe."""

import re

import pytest
from django.utils.html import escape

from ui.link_hosts import shown_host
from ui.markup import as_html


def shown(text):
    """The page's text as a reader sees it, without the marks of HTML."""
    return re.sub(r"<[^>]+>", "", as_html(text))


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://еxample.com", "xn--xample-2of.com"),
        ("https://аррӏе.com/login", "xn--80ak6aa92e.com"),
        ("http://good@evil/", "evil"),
        ("http://good.com:80@evil.com/", "evil.com"),
        ("https://good.com%2F@evil.com/", "evil.com"),
        ("https://ｅxample.com", "example.com"),
        ("https://ex%61mple.com/", "example.com"),
        ("https://پارسa.example", "\\u067e"),
        # Letters of Arabic, and marks that nobody sees.
        ("https://بانك.example", "xn--mgbb6fl.example"),
        ("https://ايران.example", "xn--mgba3a4fra.example"),
        ("https://۱۲٣.example", "\\u06f1\\u06f2"),
        ("https://ا\u061cیران.example", "\\u0627"),
        ("https://کار\u200cخانه.example", "\\u06a9"),
    ],
)
def test_a_typed_address_that_looks_like_another_shows_its_real_host(typed, host):
    page = shown(f"see {typed} now")

    assert escape(typed) in page
    assert re.search(rf"\({re.escape(host)}[^)]*\)", page), page


def test_a_backslash_ends_the_host_as_browsers_read_it():
    assert shown_host("http://good.com\\@evil.com/") == "good.com"


@pytest.mark.parametrize("text", ["<http://good@evil/>", "[http://good@evil/](http://good@evil/)"])
def test_the_same_in_the_marks_of_a_link(text):
    assert "(evil)" in shown(text)


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.com",
        "https://Example.com:8000/a?b=c@d#e",
        "http://پارس.example/راهنما",
        "https://example.com/a@b",
        "https://نیم\u200cروز-۲۴.example/",
        "http://127.0.0.1:8000/",
        "http://[::1]:8000/",
    ],
)
def test_an_honest_address_is_shown_once(typed):
    assert shown(f"see {typed}") == escape(f"see {typed}\n")


def test_a_link_to_write_to_shows_whom_it_writes_to():
    page = shown("[support@good.example](mailto:thief@evil.example?subject=x)")

    assert "(thief@evil.example)" in page
