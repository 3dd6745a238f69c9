"""Refresh static/vendor/ from npm packages: python scripts/vendor_assets.py

Only a developer who changes a version needs npm; the files are checked in, with a manifest of
package, version, file, sha256 and licence that tests/test_vendor.py recomputes.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"


@dataclass(frozen=True)
class Package:
    """One npm package: where its files go and which of them we serve."""

    npm_name: str
    version: str
    folder: str
    licence: str
    files: tuple[str, ...]


PACKAGES = (
    Package(
        npm_name="bootstrap",
        version="5.3.9",
        folder="bootstrap-5.3.9",
        licence="MIT",
        files=("dist/css/bootstrap.min.css", "dist/css/bootstrap.rtl.min.css"),
    ),
    Package(
        npm_name="@fontsource-variable/vazirmatn",
        version="5.3.0",
        folder="vazirmatn-5.3.0",
        licence="OFL-1.1",
        files=(
            "files/vazirmatn-arabic-wght-normal.woff2",
            "files/vazirmatn-latin-wght-normal.woff2",
        ),
    ),
)

# The maps are not shipped, and a hashing static files storage refuses a link to a missing file.
SOURCE_MAP_LINK = re.compile(rb"/\*# sourceMappingURL=[^*]*\*/\s*")


def main() -> None:
    entries = []
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package in PACKAGES:
        entries += vendor(package)
    manifest = VENDOR / "manifest.json"
    manifest.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    print(f"{len(entries)} files in {VENDOR}")


def vendor(package: Package) -> list[dict[str, str]]:
    """Unpack one package into its folder; describe each file. KeyError: one is not there."""
    target = VENDOR / package.folder
    target.mkdir(parents=True)
    entries = []
    with (
        tempfile.TemporaryDirectory() as temporary,
        tarfile.open(pack(package, Path(temporary))) as archive,
    ):
        for name in (*package.files, "LICENSE"):
            member = archive.extractfile(f"package/{name}")
            content = SOURCE_MAP_LINK.sub(b"", member.read())
            path = target / Path(name).name
            path.write_bytes(content)
            entries.append(
                {
                    "package": package.npm_name,
                    "version": package.version,
                    "file": path.relative_to(VENDOR).as_posix(),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "licence": package.licence,
                }
            )
    return entries


def pack(package: Package, folder: Path) -> Path:
    """Download the package's archive with npm, which checks its integrity."""
    result = subprocess.run(
        ["npm", "pack", "--json", "--loglevel=error", f"{package.npm_name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return folder / json.loads(result.stdout)[0]["filename"]


if __name__ == "__main__":
    main()
