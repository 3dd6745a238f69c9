"""How a release is marked, and what the drill of an upgrade tells."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import release
import upgrade_drill
import upgrade_report
from servers import StartError
from upgrade_load import Answer

from helpdesk.release import VERSION

ROOT = Path(__file__).resolve().parent.parent
DAY = datetime(2026, 12, 1, tzinfo=UTC)


def test_what_was_unreleased_belongs_to_the_release():
    text = release.with_heading("# Changelog\n\n## Unreleased\n\n- A line.\n", "0.2.0", DAY)

    assert text == "# Changelog\n\n## Unreleased\n\n## 0.2.0 (1 December 2026)\n\n- A line.\n"


def test_a_release_names_its_commit_and_its_migrations():
    text = (ROOT / "schema/released.toml").read_text("utf-8")

    written = release.released(text, "0.2.0", "a" * 40, release.last_migrations())

    found = tomllib.loads(written)
    assert written.startswith(text.partition("version")[0])
    assert (found["version"], found["commit"]) == ("0.2.0", "a" * 40)
    assert found["migrations"].keys() >= tomllib.loads(text)["migrations"].keys()


def test_the_version_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION
    assert release.with_version(f'VERSION = "{VERSION}"', "0.2.0") == 'VERSION = "0.2.0"'


def test_only_the_version_of_the_project_changes():
    text = release.with_version('name = "x"\nversion = "0.1.0"\ntarget-version = "py311"', "0.2.0")

    assert text == 'name = "x"\nversion = "0.2.0"\ntarget-version = "py311"'


@pytest.mark.parametrize(
    ("is_shallow", "sentence"), [("true", "shallow: `git fetch"), ("false", "FROM=<commit>")]
)
def test_a_clone_without_the_last_release_says_so(monkeypatch, is_shallow, sentence):
    answers = {"--is-shallow-repository": is_shallow}
    monkeypatch.setattr(upgrade_drill, "git", lambda *asked: answers.get(asked[-1], ""))

    with pytest.raises(StartError, match=sentence):
        upgrade_drill.previous_release(None)


def test_the_result_of_the_drill_has_its_place():
    document = upgrade_report.DOCUMENT.read_text("utf-8")

    placed = upgrade_report.placed("| result |", document)

    assert placed.count("| result |") == 1
    assert upgrade_report.placed("| another |", placed).count("| result |") == 0


def test_an_outage_is_the_longest_time_without_a_good_answer():
    good = [Answer("x", "page", began, 1.0, "200") for began in (0, 2, 9)]
    bad = Answer("x", "page", 5, 1.0, "502")

    assert upgrade_report.longest_gap([*good, bad]) == 7
    assert upgrade_report.longest_gap([]) == 0
