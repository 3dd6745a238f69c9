"""Both languages are complete, and the Persian is written as Persian is."""

import re
import string
from pathlib import Path

import polib
import pytest
from django.conf import settings

LOCALE = Path(settings.BASE_DIR) / "locale"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]+\}")
# می or نمی apart from its verb, and a plural apart from its noun, where a half-space belongs.
SPLIT_WORD = re.compile(
    r"(?:^|[\s«(])(?:ن?می) (?=[\u0600-\u06ff])|[\u0600-\u06ff] (?:ها|های|هایی)(?=[\s،.؛:»)]|$)"
)
ARABIC_LETTERS = re.compile("[يك]")


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
        # What stands with a placeholder or a Latin word is an identifier.
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
