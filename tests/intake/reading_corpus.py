"""Reads the corpus, compares each mail with what is expected of it, and makes the results page."""

import json
from datetime import UTC, datetime
from pathlib import Path

from intake.parsing import Us, parse

CORPUS = Path(__file__).with_name("corpus")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "intake-corpus.md"
NOW = datetime(2026, 5, 2, 6, 30, tzinfo=UTC)
OUR_OWN = Us("support@help.example", "help.example")
INTRODUCTION = """# What becomes of mails: the corpus

Each line is a mail of `tests/intake/corpus/`, with the expected result beside it in a `.json` file;
the tests compare the two. All mails were written for this purpose and name nobody.
`python -m tests.intake.write_corpus --page` writes this page.

| mail | kind | text | folded | files | as expected |
|---|---|---|---|---|---|
"""


def names():
    return sorted(path.stem for path in CORPUS.glob("*.eml"))


def read(name):
    """(the mail as it is read, what is expected of it)."""
    expected = json.loads((CORPUS / f"{name}.json").read_text("utf-8"))
    return parse((CORPUS / f"{name}.eml").read_bytes(), us=OUR_OWN, now=NOW), expected


def differences(mail, expected):
    """{what: (found, expected)} for all that is not as expected."""
    found = {
        "kind": mail.kind,
        "problem": mail.problem,
        "text": mail.text,
        "quoted": mail.quoted,
        "signature": mail.signature,
        "files": [each.name for each in mail.files],
        "inline": sum(each.is_inline for each in mail.files),
        "subject": mail.subject,
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "sent_at": mail.sent_at and mail.sent_at.isoformat(),
    }
    if mail.bounce:
        found |= {
            "original_id": mail.bounce.original_id,
            "is_delay": mail.bounce.is_delay,
            "failures": [vars(each) for each in mail.bounce.failures],
        }
    left = {key: value for key, value in expected.items() if not key.endswith("_has")}
    if left.pop("any_text", False):
        left = {key: left[key] for key in left.keys() - {"text", "quoted", "signature", "files"}}
    if left.pop("any_files", False):
        left.pop("files", None)
    for key, wanted in expected.items():
        whole, _underscore, contains = key.rpartition("_")
        if contains == "has":
            missing = [each for each in wanted if each not in found[whole]]
            found[key], left[key] = missing, []
            left.pop(whole, None)
    return {
        key: (found.get(key), wanted) for key, wanted in left.items() if found.get(key) != wanted
    }


def page():
    lines = []
    for name in names():
        mail, expected = read(name)
        kind = mail.kind if not mail.problem else f"{mail.kind}: {mail.problem}"
        count = f"{len(mail.text)} characters" if mail.text else "–"
        folded = ", ".join(what for what in ("quoted", "signature") if getattr(mail, what)).replace(
            "quoted", "quote"
        )
        verdict = "no" if differences(mail, expected) else "yes"
        cells = (name, kind, count, folded or "–", str(len(mail.files) or "–"), verdict)
        lines.append(f"| {' | '.join(cells)} |\n")
    summary = f"\n{len(lines)} mails, {sum(' yes |' in line for line in lines)} as expected.\n"
    return INTRODUCTION + "".join(lines) + summary
