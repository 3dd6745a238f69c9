"""Each recipe of docs/api.md, run as it is written against a server."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from tests.factories import make_member, make_ticket

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs/api.md").read_text("utf-8")
RECIPES = dict(re.findall(r"### (\d+\. [^\n]*)\n\n```sh\n(.*?)```", TEXT, re.DOTALL))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("curl"), reason="the recipes are of curl"),
]


def test_every_recipe_of_the_document_works(
    live_server, make_key, organization, requester, agent, supervisor, tmp_path
):
    ticket = make_ticket(requester, now=timezone.now())
    make_member(organization, "other@pars.example")
    keys = {
        name: make_key(person)[1]
        for name, person in (
            ("KEY", requester),
            ("STAFF_KEY", agent),
            ("SUPERVISOR_KEY", supervisor),
        )
    }
    environment = {**os.environ, **keys, "URL": live_server.url, "TICKET": ticket.number}

    assert len(RECIPES) == 13
    for name, script in RECIPES.items():
        done = subprocess.run(
            ["/bin/bash", "-e", "-o", "pipefail", "-c", script],
            cwd=tmp_path,
            env={**environment, "no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, (name, done.stdout, done.stderr)
        assert '"' in done.stdout, name
