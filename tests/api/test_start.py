"""What the API costs a process that nobody asks for it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOOK = """
import os, sys
os.environ |= {"DJANGO_SETTINGS_MODULE": "helpdesk.settings", "DEBUG": "1"}
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in ("ninja", "pydantic", "api.v1.urls") if name in sys.modules])
"""


def test_the_framework_is_imported_with_the_first_request():
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
