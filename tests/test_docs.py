"""What the documents name exists: files, folders, and the services and functions of a file."""

import re
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
