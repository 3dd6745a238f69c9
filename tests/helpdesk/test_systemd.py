"""The units of deploy/systemd: what systemd says of them, as far as it can without running them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parent.parent.parent / "deploy/systemd"
SERVICES = sorted(UNITS.glob("*.service"))
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
MOST_EXPOSED = 3.0
# What a machine without the product, or a container without a journal, cannot know.
OF_THE_MACHINE = re.compile(r"not executable|not found|No such file|Failed to (open|connect)")


def analyzed(*arguments):
    environment = {**os.environ, "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""}
    command = [ANALYZE, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_is_little_exposed(unit):
    done = analyzed("security", "--offline=true", "--no-pager", unit)

    exposure = re.search(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) < MOST_EXPOSED, done.stdout


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_systemd_knows_every_line(unit):
    name = unit.name.replace("@", "@8000")
    done = analyzed("verify", "--man=no", "--recursive-errors=no", unit.with_name(name))

    lines = [line for line in done.stderr.splitlines() if "helpdesk" in line]
    assert [line for line in lines if not OF_THE_MACHINE.search(line)] == []


def test_each_kind_of_process_has_a_unit_and_stops_in_time():
    seconds = {
        path.name: int(re.search(r"TimeoutStopSec=(\d+)", path.read_text())[1]) for path in SERVICES
    }

    # A web process answers for 30 seconds, a task takes 300 at most.
    assert seconds["helpdesk-web@.service"] > 30
    assert seconds["helpdesk-worker.service"] > 300
    assert "helpdesk-beat.service" in seconds
