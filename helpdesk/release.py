"""Which release this code is."""

import tomllib
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
VERSION = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"]
