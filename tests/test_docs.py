"""What the documents name exists: files, folders, and the services and functions of a file."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
DOCUMENTS = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
# `tickets/models/ticket.py`, `docs/`, but neither an address (/queue/) nor a command.
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`|\]\(((?!https?:)[^)#]+)")
# What running the product makes.
MADE = (".run/", ".venv/")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_no_file_that_does_not_exist(document):
    named = {one or other for one, other in NAMED.findall(document.read_text("utf-8"))}

    missing = [
        name
        for name in named
        if not name.startswith(MADE)
        and not any((base / name).exists() for base in (ROOT, document.parent))
    ]

    assert missing == []


def test_decision_records_have_numbers_of_their_own():
    names = [path.name for path in (ROOT / "docs/decisions").iterdir()]
    count = Counter(name[:4] for name in names)

    assert [name for name in names if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)] == []
    assert [name for name in names if count[name[:4]] > 1] == []


def answers():
    """{question: its answer} of the table of README.md."""
    text = (ROOT / "README.md").read_text("utf-8")
    rows = text.partition("| question | answer |\n|---|---|\n")[2].partition("\n\n")[0]
    return dict(row.strip("| ").split(" | ", 1) for row in rows.splitlines())


def text_of(name):
    """The text of a file, or of all files of a folder."""
    path = ROOT / name
    files = path.rglob("*.*") if path.is_dir() else [path]
    return "\n".join(file.read_text("utf-8") for file in files if file.suffix != ".pyc")


QUOTED = re.compile(r"`([^`]+)`")
SECTION = re.compile(r'"([^"]+)"')


@pytest.mark.parametrize("answer", answers().values(), ids=answers())
def test_the_readme_answers_a_question_in_at_most_two_places(answer):
    places = {one or other for one, other in NAMED.findall(answer)}
    names = {name.rstrip("=") for name in QUOTED.findall(answer) if "/" not in name}
    texts = "\n".join(text_of(place) for place in places)

    assert 1 <= len(places) <= 2
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", texts)] == []
    assert [each for each in SECTION.findall(answer) if f"## {each}\n" not in texts] == []


def test_the_readme_answers_what_newcomers_ask():
    assert len(answers()) == 14


def test_each_row_of_the_table_of_sending_names_tests_that_exist():
    known = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    text = (ROOT / "docs/sending.md").read_text("utf-8")
    heads = ("| what happens |", "| form |")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [line for line in lines if not line.startswith(heads)]

    named = [re.findall(r"`(test_\w+)`", row.rpartition(" | ")[2]) for row in rows]

    assert len(rows) > 30
    assert all(named), "a row names no test"
    tests = {name for names in named for name in names}
    assert [name for name in tests if f"def {name}(" not in known] == []


def test_each_browser_test_of_sending_is_a_row_of_its_table():
    text = (ROOT / "docs/sending.md").read_text("utf-8")
    paths = (ROOT / "tests/browser").glob("test_sending*.py")
    tests = [name for path in paths for name in re.findall(r"^def (test_\w+)", path.read_text())]

    assert [name for name in tests if f"`{name}`" not in text] == []
