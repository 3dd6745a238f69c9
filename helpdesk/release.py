"""Which release this code is; `scripts/release.py` writes it here and into pyproject.toml."""

VERSION = "0.1.0"
