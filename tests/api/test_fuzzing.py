"""What a stranger may send, made from the contract: no failure, and no answer outside of it."""

import os
import re
import subprocess
import sys

import pytest
from django.utils import timezone

from api.reference import DOCUMENT
from tests.factories import make_awaiting_customer, make_closed, make_content, make_ticket
from tickets import services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
SECONDS = int(os.environ.get("FUZZING_SECONDS", "30"))
SEED = os.environ.get("FUZZING_SEED", "1")
# What the contract cannot say: that a ticket is closed, a file gone, a priority not to be lowered.
UNASKED = "positive_data_acceptance"


@pytest.fixture
def _without_limits(settings):
    settings.API_REQUESTS_PER_MINUTE = settings.TICKETS_PER_HOUR = 1_000_000
    settings.MESSAGES_PER_HOUR = 1_000_000
    settings.ACCOUNT_RATE_LIMITS = {}


@pytest.fixture
def _something_of_each(requester, agent, supervisor):
    now = timezone.now()
    ticket = make_ticket(requester, now=now)
    services.add_note(ticket, actor=agent, content=make_content("x"))
    make_awaiting_customer(requester, agent, now=now)
    make_closed(requester, agent, now=now)
    services.create_tag("VPN", colour="blue", actor=supervisor)
    services.create_team(services.TeamDraft("Network", members=(agent.pk,)), actor=supervisor)
    draft = services.CannedDraft("Hello", scope="shared", body_fa="سلام {{مشتری}}")
    services.create_canned(draft, actor=supervisor)


@pytest.mark.usefixtures("_without_limits", "_something_of_each")
@pytest.mark.parametrize("role", ["requester", "supervisor"])
def test_nothing_that_is_sent_fails_or_leaves_the_contract(
    live_server, make_key, request, role, tmp_path
):
    person = request.getfixturevalue(role)
    _key, secret = make_key(person)

    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--no-color", "run", str(DOCUMENT)),
        *("--url", live_server.url, "--header", f"Authorization: Bearer {secret}"),
        *("--max-time", str(SECONDS), "--seed", SEED, "--exclude-checks", UNASKED),
        *("--generation-database", "none", "--no-shrink", "--warnings", "off"),
        *("--suppress-health-check", "all", "--request-timeout", "20"),
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=SECONDS + 120,
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert int(re.search(r"(\d+) generated", done.stdout)[1]) > 100, done.stdout
