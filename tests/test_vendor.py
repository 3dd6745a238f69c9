"""What is vendored is exactly what the manifest says, and nothing else is loaded."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_has_the_hash_of_the_manifest(entry):
    content = (VENDOR / entry["file"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_the_manifest_names_every_vendored_file():
    present = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert present - {"manifest.json"} == {entry["file"] for entry in MANIFEST}


def test_every_vendored_folder_carries_its_licence_and_version():
    for entry in MANIFEST:
        folder = (VENDOR / entry["file"]).parent

        assert (folder / "LICENSE").is_file()
        assert folder.name.endswith(f"-{entry['version']}")
        assert entry["licence"] in {"MIT", "OFL-1.1", "BSD-2-Clause", "0BSD", "Apache-2.0"}


def test_every_vendored_file_that_a_page_names_is_there():
    named = set()
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "css").glob("*.css")]:
        named |= set(re.findall(r"vendor/([\w./-]+\.\w+)", path.read_text(encoding="utf-8")))

    assert named
    assert [name for name in sorted(named) if not (VENDOR / name).is_file()] == []
