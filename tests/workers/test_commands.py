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
            words = services.NewMessage("پاسخ")
            ticket = services.reply_as_agent(ticket, actor=agent, words=words, now=answered_at)
        return ticket

    return make


@pytest.fixture
def said():
    def run(command):
        output = StringIO()
        call_command(command, stdout=output)
        return output.getvalue()

    return run


def test_auto_close_closes_what_is_due_reminds_of_the_rest_and_says_so(ticket_of, said):
    now = timezone.now()
    due = ticket_of(now - 60 * HOUR, answered_at=now - 49 * HOUR)
    soon = ticket_of(now - 60 * HOUR, answered_at=now - 30 * HOUR)

    assert said("auto_close") == "auto_close: closed 1, reminded 1\n"
    assert Ticket.objects.get(pk=due.pk).status == Status.CLOSED
    assert Ticket.objects.get(pk=soon.pk).status == Status.AWAITING_CUSTOMER


def test_auto_close_run_again_does_nothing(ticket_of, said):
    now = timezone.now()
    ticket_of(now - 60 * HOUR, answered_at=now - 49 * HOUR)
    said("auto_close")

    assert said("auto_close") == "auto_close: closed 0, reminded 0\n"


def test_scan_clocks_says_what_it_found_once(ticket_of, said):
    ticket_of(timezone.now() - timedelta(days=60))

    assert said("scan_clocks") == "scan_clocks: due soon 0, overdue 1\n"
    assert said("scan_clocks") == "scan_clocks: due soon 0, overdue 0\n"


@pytest.mark.parametrize("command", ["auto_close", "scan_clocks"])
def test_a_run_is_noted_for_health(db, said, command):
    said(command)

    assert PeriodicRun.objects.filter(name=command).exists()
