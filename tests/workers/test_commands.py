"""`manage.py auto_close` and `manage.py scan_clocks`: what beat runs, once, saying what it did."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from tickets import services
from tickets.choices import Status
from tickets.models import PeriodicRun, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket_of(requester, agent, organization):
    """A ticket opened at a moment; with `answered_at` it awaits the customer since then."""
    draft = services.Draft(title="سرور", description="قطع است.", category="technical")
    people = {"requester": requester, "opened_by": requester, "organization": organization}

    def make(opened_at, *, answered_at=None):
        ticket = services.open_ticket(**people, draft=draft, now=opened_at)
        if answered_at:
            content = services.NewMessage("پاسخ")
            ticket = services.reply_as_agent(ticket, actor=agent, content=content, now=answered_at)
        return ticket

    return make


@pytest.fixture
def output_of():
    def run(command):
        output = StringIO()
        call_command(command, stdout=output)
        return output.getvalue()

    return run


def test_auto_close_closes_what_is_due_reminds_of_the_rest_and_says_so(ticket_of, output_of):
    now = timezone.now()
    due = ticket_of(now - 60 * HOUR, answered_at=now - 49 * HOUR)
    soon = ticket_of(now - 60 * HOUR, answered_at=now - 30 * HOUR)

    assert output_of("auto_close") == "auto_close: closed 1, reminded 1\n"
    assert Ticket.objects.get(pk=due.pk).status == Status.CLOSED
    assert Ticket.objects.get(pk=soon.pk).status == Status.AWAITING_CUSTOMER


def test_auto_close_run_again_does_nothing(ticket_of, output_of):
    now = timezone.now()
    ticket_of(now - 60 * HOUR, answered_at=now - 49 * HOUR)
    output_of("auto_close")

    assert output_of("auto_close") == "auto_close: closed 0, reminded 0\n"


def test_scan_clocks_says_what_it_found_once(ticket_of, output_of):
    ticket_of(timezone.now() - timedelta(days=60))

    assert (
        output_of("scan_clocks") == "scan_clocks: due soon 0, overdue 1, not accepted 0, woken 0\n"
    )
    assert (
        output_of("scan_clocks") == "scan_clocks: due soon 0, overdue 0, not accepted 0, woken 0\n"
    )


@pytest.mark.parametrize("command", ["auto_close", "scan_clocks"])
def test_a_run_is_noted_for_health(db, output_of, command):
    output_of(command)

    assert PeriodicRun.objects.filter(name=command).exists()
