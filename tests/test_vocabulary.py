"""The words of docs/glossary.md are used, and all Persian is written by one set of rules."""

import ast
import io
import re
import string
import tokenize
from pathlib import Path

import polib
import pytest
from django.conf import settings

from helpdesk import package_texts
from tests.test_translations import LOCALE, PLACEHOLDER, _texts, persian_texts

ROOT = Path(settings.BASE_DIR)
GLOSSARY = ROOT / "docs" / "glossary.md"
HALF_SPACE = "\u200c"
PERSIAN = "\u0600-\u06ff\u200c"
TAG = re.compile(r"<[^>]*>")
MARKUP = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>|`[^`\n]*`", re.DOTALL)
# The one sentence in the familiar form, which every site writes so.
REMEMBER_ME = "مرا به خاطر بسپار"
FAMILIAR = re.compile(
    rf"(?<![{PERSIAN}])(?:ببند|بزن|بنویس|بفرست|بده|بکن|بردار|برگرد|باز کن|حذف کن|متوقف کن|ذخیره کن"
    rf"|انتخاب کن|انجام بده|تغییر نده|باخبر نکن|بسپار)(?![{PERSIAN}])"
)
SPLIT = re.compile(
    rf"(?<![{PERSIAN}])ن?می (?=[{PERSIAN}])"
    rf"|(?<![{PERSIAN}])ن?می(?:شود|شوند|کند|کنند|کنید|تواند|توانید|بیند|بینند|بینید|ماند|مانند|رسد|دهد|دهید|گیرد)"
    rf"|[{PERSIAN}] ها(?:ی|یی|یش|یتان|یمان)?(?![{PERSIAN}])"
)
EZAFE = re.compile("[\u06c0\u06d5\u0654]|ه ی(?![\u0600-\u06ff])")
STRAIGHT_QUOTES = re.compile('["“”]')
SPACE_BEFORE_MARK = re.compile(r" [،؛؟!.:»](?!\.)|« ")
BARE_CANCEL = re.compile(r"^(?:بله، )?لغو(?: شود| کنید| کردن)?\.?$")
# Literary words that have a plain one, such as shown or notified.
LITERARY = re.compile(r"(?<![a-z])(?:told|said|anew|drawn|look again)(?![a-z])")


def retired(column):
    """The words of a column of the first table of the glossary."""
    rows = [line.split("|") for line in GLOSSARY.read_text("utf-8").splitlines()]
    cells = [row[column] for row in rows if len(row) == 7 and not set(row[1].strip()) <= {"-"}]
    return [word.strip() for cell in cells[1:] for word in re.split("[,،]", cell) if word.strip()]


def whole_word(word, letters):
    return rf"(?<![{letters}]){re.escape(word)}(?![{letters}])"


def any_of(words, letters):
    return re.compile("|".join(whole_word(word, letters) for word in words), re.IGNORECASE)


RETIRED_ENGLISH = any_of(retired(4), "A-Za-z")
RETIRED_PERSIAN = any_of(retired(5), PERSIAN)


def ours():
    """The entries whose English is ours to choose."""
    theirs = set(_texts(package_texts))
    po = polib.pofile(LOCALE / "fa" / "LC_MESSAGES" / "django.po")
    return [entry for entry in po if not entry.obsolete and entry.msgid not in theirs]


def documents():
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [path for path in found if path not in (GLOSSARY, ROOT / "CHANGELOG.md")]


def templates():
    found = [
        *(ROOT / "templates").rglob("*"),
        *(ROOT / "notifications").rglob("templates/**/*"),
    ]
    return [path for path in found if path.suffix in {".html", ".txt"}]


def wrong(pattern, texts):
    return [text for text in texts if pattern.search(text)]


def persian_words():
    """The Persian texts without their markup."""
    return [TAG.sub("", text) for _entry, text in persian_texts()]


def test_the_glossary_has_retired_words_in_both_languages():
    assert "counted anew" in retired(4)
    assert "پالایه" in retired(5)


def test_english_texts_use_no_retired_word():
    texts = [text for entry in ours() for text in (entry.msgid, entry.msgid_plural)]

    assert wrong(RETIRED_ENGLISH, texts) == []


def test_persian_texts_use_no_retired_word():
    assert wrong(RETIRED_PERSIAN, persian_words()) == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_uses_no_retired_word(path):
    text = MARKUP.sub(" ", path.read_text("utf-8"))

    assert RETIRED_ENGLISH.findall(text) == RETIRED_PERSIAN.findall(text) == []


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_uses_no_retired_word(path):
    text = MARKUP.sub(" ", path.read_text("utf-8"))

    assert RETIRED_ENGLISH.findall(text) == RETIRED_PERSIAN.findall(text) == []


def modules():
    found = [path for path in ROOT.rglob("*.py") if "migrations" not in path.parts]
    return [path for path in found if not any(part.startswith(".") for part in path.parts)]


def literary(code):
    """The names, docstrings and comments of Python code that use a literary word."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    texts = [each.string for each in tokens if each.type in {tokenize.NAME, tokenize.COMMENT}]
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [each for each in ast.walk(ast.parse(code)) if isinstance(each, documented)]
    texts += [ast.get_docstring(each) or "" for each in nodes]
    return {text for text in texts if LITERARY.search(text.lower())}


def test_code_uses_no_literary_word():
    found = {}
    for path in modules():
        code = path.read_text("utf-8")
        if LITERARY.search(code) and (texts := literary(code)):
            found[str(path.relative_to(ROOT))] = sorted(texts)

    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "told = 1",
        "breach_told_at = 1",
        "def is_told(): pass",
        "# counted anew",
        "def f():\n  'What it said.'",
    ],
)
def test_a_literary_word_in_code_is_found(code):
    assert literary(code)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(EZAFE, id="the ezafe after a silent heh is ه‌ی"),
        pytest.param(SPLIT, id="می, نمی and ها are joined by a half-space"),
        pytest.param(STRAIGHT_QUOTES, id="quotes are « »"),
        pytest.param(SPACE_BEFORE_MARK, id="no space stands before a mark"),
        pytest.param(BARE_CANCEL, id="لغو says what is cancelled"),
    ],
)
def test_persian_texts_keep_the_rules(rule):
    assert wrong(rule, persian_words()) == []


def test_persian_texts_are_polite():
    texts = [text for text in persian_words() if text != REMEMBER_ME]

    assert wrong(FAMILIAR, texts) == []


def test_persian_texts_have_latin_digits_in_identifiers_only():
    found = []
    for text in persian_words():
        prose = [
            word
            for word in PLACEHOLDER.sub("x", text).split()
            if not set(word) & set(string.ascii_letters)
        ]
        found += [word for word in prose if set(word) & set(string.digits)]

    assert found == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (EZAFE, "صفحهٔ تیکت"),
        (SPLIT, "بسته می شود"),
        (SPLIT, "بسته میشود"),
        (SPLIT, "تیکت ها"),
        (STRAIGHT_QUOTES, 'تیکت "الف"'),
        (SPACE_BEFORE_MARK, "بسته شد ."),
        (BARE_CANCEL, "لغو"),
        (FAMILIAR, "بله، تیکت را ببند"),
        (RETIRED_PERSIAN, "برداشتن پالایه"),
        (RETIRED_ENGLISH, "File the ticket"),
    ],
)
def test_a_rule_finds_what_breaks_it(rule, text):
    assert rule.search(text)
