"""The diagram in the docs is the one that the code makes."""

from pathlib import Path

from django.conf import settings
from django.utils import translation

from tickets.models.state_diagram import mermaid


def test_the_docs_show_the_state_machine_as_it_is():
    document = (Path(settings.BASE_DIR) / "docs" / "lifecycle.md").read_text(encoding="utf-8")

    with translation.override("en"):
        diagram = mermaid()

    assert f"```mermaid\n{diagram}```" in document
