"""Fails when the catalogues are behind: texts not collected, not translated, or not compiled.

Collects the texts of a copy, so that the catalogues themselves stay as they are.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
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
SHOWN = 20


def texts(catalogue):
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural)
        for entry in catalogue
        if not entry.obsolete
    }


def collect(folder):
    """Copy what holds texts into a folder and bring the catalogues there up to date."""
    for name in (*APPS, "templates", "locale"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "manage.py", folder)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--all", "--no-location", "--no-wrap"],
        cwd=folder,
        env={**os.environ, "DEBUG": "1"},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def problems(source, fresh):
    """Yield one sentence for each thing that is wrong with a catalogue."""
    name = source.relative_to(ROOT)
    catalogue, wanted = polib.pofile(str(source)), texts(polib.pofile(str(fresh)))
    for _context, text, _plural in sorted(wanted - texts(catalogue), key=str):
        yield f"{name}: not collected: {text!r}"
    for _context, text, _plural in sorted(texts(catalogue) - wanted, key=str):
        yield f"{name}: in no source any more: {text!r}"
    # The texts of the source are English: the English catalogue only lists them.
    for entry in catalogue.untranslated_entries() if catalogue.metadata["Language"] != "en" else ():
        yield f"{name}: not translated: {entry.msgid!r}"
    for entry in catalogue.fuzzy_entries():
        yield f"{name}: only guessed: {entry.msgid!r}"
    compiled = source.with_suffix(".mo")
    expected = {
        (each.msgctxt, each.msgid): _wording(each) for each in catalogue.translated_entries()
    }
    found = polib.mofile(str(compiled)) if compiled.exists() else []
    if expected != {(each.msgctxt, each.msgid): _wording(each) for each in found}:
        yield f"{name.with_suffix('.mo')}: not compiled from its source"


def _wording(entry):
    return entry.msgstr, tuple(sorted(entry.msgstr_plural.items()))


def main():
    sources = sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    if not sources:
        print("There is no catalogue under locale/.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        collect(folder)
        found = [
            problem
            for source in sources
            for problem in problems(source, folder / source.relative_to(ROOT))
        ]
    print("\n".join(found[:SHOWN]))
    if found:
        print(f"{len(found)} in all. Run make messages, translate, run it again.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
