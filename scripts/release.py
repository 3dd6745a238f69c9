"""`python3 scripts/release.py 0.2.0`: mark the present commit as a release.

Writes the version (pyproject.toml, helpdesk/release.py), the heading of the changelog, and
schema/released.toml, from which the tests of migrations and `make upgrade-drill` know what serves
while the next one comes.
"""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNRELEASED = "## Unreleased\n"


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def with_heading(changelog, version, day):
    """The changelog in which everything that was unreleased belongs to `version`."""
    if UNRELEASED not in changelog:
        raise ValueError("CHANGELOG.md has no heading Unreleased")
    return changelog.replace(UNRELEASED, f"{UNRELEASED}\n## {version} ({day:%-d %B %Y})\n", 1)


def with_version(project, version):
    return re.sub(
        r'^(version|VERSION) = ".*"$', rf'\1 = "{version}"', project, count=1, flags=re.MULTILINE
    )


def released(text, version, commit, migrations):
    """schema/released.toml with another release below its comment."""
    comment = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    lines = [f'{app} = "{name}"\n' for app, name in sorted(migrations.items())]
    head = f'version = "{version}"\ncommit = "{commit}"\n\n[migrations]\n'
    return "".join([comment, head, *lines])


def last_migrations():
    """{app: the name of its last migration}."""
    paths = sorted(ROOT.glob("*/migrations/[0-9]*.py"))
    return {path.parent.parent.name: path.stem for path in paths}


def main(version):
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"{version} is no version such as 0.2.0.")
    if git("status", "--porcelain"):
        sys.exit("Commit what is changed first.")
    changes = {
        "CHANGELOG.md": lambda text: with_heading(text, version, datetime.now(UTC)),
        "pyproject.toml": lambda text: with_version(text, version),
        "helpdesk/release.py": lambda text: with_version(text, version),
        "schema/released.toml": lambda text: released(
            text, version, git("rev-parse", "HEAD"), last_migrations()
        ),
    }
    for name, changed in changes.items():
        path = ROOT / name
        path.write_text(changed(path.read_text("utf-8")), "utf-8")
    print(f'Then: git commit -am "Release {version}" && git tag v{version}')


if __name__ == "__main__":
    main(*sys.argv[1:2] or sys.exit(__doc__))
