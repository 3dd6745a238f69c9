"""What templates, styles and scripts keep to: the strict policy, both directions, one sprite."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template, render_to_string
from django.utils import translation

from plans.models import Priority
from tickets.choices import Status

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *sorted((ROOT / "templates").rglob("*.html")),
    *sorted((ROOT / "notifications").rglob("templates/**/*.html")),
]
# Mail clients know inline styles only, and no policy applies to them.
MAIL_FRAME = ROOT / "notifications/channels/email/templates/email/frame.html"
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
SYMBOLS = set(
    re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text("utf-8"))
)
ERROR_PAGES = ["400", "403", "404", "413", "429", "500", "503"]
# margin-left and its kind; the words left and right as values of text-align and float.
PHYSICAL = (
    r"(?:margin|padding|border)-(?:left|right)|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
    r"|^\s*(?:left|right):"
)


def those(paths, pattern):
    """The files of `paths` in which `pattern` occurs."""
    found = re.compile(pattern, re.MULTILINE)
    return [str(path.relative_to(ROOT)) for path in paths if found.search(path.read_text("utf-8"))]


def test_no_template_has_inline_style_or_script():
    pages = [page for page in PAGES if page != MAIL_FRAME]

    assert those(pages, r"\sstyle=|<style|\son[a-z]+=\"|javascript:") == []
    assert those([MAIL_FRAME], r"\son[a-z]+=\"|javascript:") == []
    assert those(PAGES, r"<script(?![^>]*\bsrc=)") == []


def test_templates_leave_the_persian_to_the_catalogue():
    assert those(PAGES, r"[\u0600-\u06ff]") == []


def test_templates_load_nothing_from_elsewhere():
    assert those(PAGES, r"<(?:script|link|img|iframe|use)[^>]*(?:src|href)=\"(?:https?:)?//") == []


def test_every_icon_of_a_template_is_in_the_sprite():
    used = {
        symbol
        for path in PAGES
        for symbol in re.findall(r'{% icon "([\w-]+)"', path.read_text("utf-8"))
    }

    assert used - SYMBOLS == set()


def test_every_status_and_priority_has_its_symbol():
    words = {f"status-{status}" for status in Status} | {f"priority-{each}" for each in Priority}

    assert words - SYMBOLS == set()


def test_styles_know_start_and_end_not_left_and_right():
    assert those(STYLES, PHYSICAL) == []


def test_every_custom_property_that_a_style_uses_is_defined():
    text = "".join(path.read_text("utf-8") for path in STYLES)

    used = set(re.findall(r"var\((--[\w-]+)", text))

    assert used - set(re.findall(r"(--[\w-]+):", text)) == set()


def test_scripts_make_no_code_or_markup_from_text():
    makers = r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|\.style\b"

    assert those(SCRIPTS, makers) == []


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("page", ERROR_PAGES)
def test_an_error_page_needs_neither_context_nor_database(page, language):
    with translation.override(language):
        html = get_template(f"{page}.html").render()

    assert f'<html lang="{language}"' in html
    assert f'dir="{"rtl" if language == "fa" else "ltr"}"' in html


def test_an_error_page_shows_its_reference():
    html = render_to_string("500.html", {"reference": "a1b2c3d4"})

    assert "a1b2c3d4" in html


def test_an_expired_form_shows_what_was_typed_as_text():
    html = render_to_string("expired.html", {"typed": [("Message", "<b>hello</b>")]})

    assert "&lt;b&gt;hello&lt;/b&gt;" in html


def test_a_list_has_the_same_cards_on_a_phone_and_at_text_of_twice_the_size():
    styles = (ROOT / "static" / "css" / "customer.css").read_text("utf-8")
    rules = dict(re.findall(r"^@([^{]*?) \{\n((?:  .*ticket-table.*\n)+)\}", styles, re.MULTILINE))

    assert rules["media (width < 992px)"] == rules["container list (width < 54.75rem)"]
