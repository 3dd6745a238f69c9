"""A huge mail ends in quarantine, and the mails after it are posted, also where memory is short."""

import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from intake import services
from intake.mailbox import LARGEST_KEPT
from intake.parsing.incoming import MOST_BYTES
from tests.factories import again
from tickets.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]


@pytest.fixture
def huge(ticket, requester, mail_to):
    """The bytes of a mail of a size, which is one line."""

    def build(size):
        return mail_to(ticket, requester, "x" * size, id="huge@pars.example")

    return build


def test_a_mail_that_is_larger_than_is_read_is_kept_in_quarantine(huge, arrive):
    row = arrive(huge(MOST_BYTES + 1))

    assert (row.state, row.reason) == ("quarantined", "too_large")
    assert row.ticket is not None
    assert len(again(row).content) == row.size > MOST_BYTES


def test_the_largest_mail_that_is_fetched_fits_into_the_database(huge, arrive):
    row = arrive(huge(LARGEST_KEPT)[:LARGEST_KEPT])

    assert (row.state, row.size) == ("quarantined", LARGEST_KEPT)


@pytest.mark.usefixtures("processes_share_the_database")
@pytest.mark.parametrize("megabytes", [8, 40, 90])
def test_a_mail_for_which_memory_is_short_ends_in_quarantine_and_the_next_is_posted(
    megabytes, huge, ticket, requester, mail_to
):
    services.receive(mail_to(ticket, requester, "یک", id="1@pars.example"))
    row = services.receive(huge(MOST_BYTES - 10_000))
    services.receive(mail_to(ticket, requester, "دو", id="2@pars.example"))

    command = [sys.executable, "-m", "tests.intake.starved", str(megabytes)]
    ended = subprocess.run(command, cwd=django_settings.BASE_DIR, timeout=300)

    assert ended.returncode == 0
    assert sorted(Message.objects.filter(channel="email").values_list("body", flat=True)) == [
        "دو",
        "یک",
    ]
    assert (again(row).state, again(row).reason) == ("quarantined", "failed")
