"""Both languages are complete, and the Persian is written as Persian is."""

import ast
import re
import string
from functools import cache
from pathlib import Path

import allauth
import django
import polib
import pytest
import simple_history
from django.conf import settings

from helpdesk import package_texts

LOCALE = Path(settings.BASE_DIR) / "locale"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]+\}")
# می or نمی apart from its verb, and a plural apart from its noun, where a half-space belongs.
SPLIT_WORD = re.compile(
    r"(?:^|[\s«(])(?:ن?می) (?=[\u0600-\u06ff])|[\u0600-\u06ff] (?:ها|های|هایی)(?=[\s،.؛:»)]|$)"
)
ARABIC_LETTERS = re.compile("[يك]")


APPS = (
    "api",
    "demo",
    "helpdesk",
    "intake",
    "moving",
    "notifications",
    "organizations",
    "plans",
    "tickets",
    "ui",
    "webhooks",
)


def sources():
    """Every module of the project, without the tests."""
    return [path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]


@cache
def catalogue(language):
    return polib.pofile(LOCALE / language / "LC_MESSAGES" / "django.po")


def persian_texts():
    for entry in catalogue("fa"):
        if not entry.obsolete:
            yield from (
                (entry, text) for text in (entry.msgstr, *entry.msgstr_plural.values()) if text
            )


def test_every_text_has_a_persian_one():
    po = catalogue("fa")

    assert [entry.msgid for entry in po.untranslated_entries()] == []
    assert [entry.msgid for entry in po.fuzzy_entries()] == []


def test_no_text_is_marked_by_a_name_that_collecting_does_not_know():
    """`gettext_lazy as _lazy` works, but its texts are in no catalogue and stay English."""
    unknown = [
        (path.relative_to(settings.BASE_DIR), alias.asname)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name and alias.asname not in {None, "_"}
    ]

    assert unknown == []


def test_placeholders_are_those_of_the_english_text():
    wrong = []
    for entry, text in persian_texts():
        allowed = set(PLACEHOLDER.findall(entry.msgid)) | set(
            PLACEHOLDER.findall(entry.msgid_plural)
        )
        if set(PLACEHOLDER.findall(text)) - allowed or (
            not entry.msgid_plural and set(PLACEHOLDER.findall(text)) != allowed
        ):
            wrong.append(text)

    assert wrong == []


def test_persian_has_half_spaces_and_persian_letters():
    wrong = [text for _, text in persian_texts() if SPLIT_WORD.search(text)]
    arabic = [text for _, text in persian_texts() if ARABIC_LETTERS.search(text)]

    assert wrong == []
    assert arabic == []


def test_persian_prose_counts_with_persian_digits():
    wrong = []
    for _, text in persian_texts():
        # What is beside a placeholder or a Latin word is an identifier.
        words = PLACEHOLDER.sub("x", text).split()
        prose = [word for word in words if not set(word) & set(string.ascii_letters)]
        if any(char in string.digits for word in prose for char in word):
            wrong.append(text)

    assert wrong == []


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_compiled_catalogue_is_that_of_the_text(language):
    compiled = polib.mofile(LOCALE / language / "LC_MESSAGES" / "django.mo")
    texts = {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural
        for entry in catalogue(language)
        if entry.translated()
    }

    assert {
        (each.msgctxt, each.msgid): each.msgstr or each.msgstr_plural for each in compiled
    } == texts


def test_texts_of_packages_are_the_ones_that_they_have():
    """An upgrade that rewords a sentence would silently lose its Persian."""
    named = set(_texts(package_texts))
    sources = [
        path.read_text(errors="ignore")
        for package in (django, allauth, simple_history)
        for path in Path(package.__file__).parent.rglob("*")
        if path.suffix in {".py", ".html"} and "locale" not in path.parts
    ]
    # Whitespace, quotes of Python and {{ names }} of templates aside.
    sources_text = _plain(" ".join(sources))

    assert [text for text in sorted(named) if _plain(text) not in sources_text] == []


def _texts(module):
    """The texts that a module names for translation."""
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        if isinstance(node, ast.Call):
            yield node.args[0].value


def _plain(text):
    text = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", text)
    return re.sub(r"[\s\"'\\]+", "", text)
