"""Generated tickets are as the services would have left them, whatever they are measured for."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from demo.generation.copying import generate
from notifications.models import Notification
from organizations.models import Organization, StaffRole, User
from tests.factories import make_ticket
from tests.tickets.clocks.test_properties import TicketLife
from tickets.choices import Band, Status
from tickets.clocks.terms import working_time_of
from tickets.models import Clock, ClockStretch, Event, Message, Ticket, place_of
from tickets.search.folding import alphabetical, fold

# Playing all lives takes longer than any other test.
pytestmark = [pytest.mark.django_db, pytest.mark.full]

NOW = datetime(2026, 5, 5, 8, 40, tzinfo=UTC)
COUNT = 300
ALWAYS_TRUE = [
    "a_response_clock_runs_exactly_while_something_waits_and_is_promised",
    "a_resolution_clock_counts_exactly_while_the_move_is_ours",
    "the_due_of_a_ticket_is_the_earliest_of_what_runs",
    "finished_clocks_and_breaches_stay_as_they_are",
    "a_ledger_tells_each_thing_once_and_ends_at_the_present_due",
    "the_history_alone_tells_where_the_ticket_stands",
    "what_waits_is_what_nobody_answered",
    "the_queue_columns_follow_from_the_others",
    "customers_see_the_time_of_the_last_public_event",
]


@pytest.fixture(scope="module", autouse=True)
def _played(django_db_setup, django_db_blocker):
    """Copied from the lives once for all tests of this file, and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        generate(COUNT, seed=1, now=NOW)
        yield
        transaction.set_rollback(True)


def test_there_are_two_hundred_organizations_twenty_agents_and_five_percent_open():
    assert Organization.objects.count() == 200
    assert User.objects.filter(staff_role=StaffRole.AGENT).count() == 20
    assert Ticket.objects.count() == COUNT
    assert Ticket.objects.open().count() == COUNT // 20
    assert set(Ticket.objects.values_list("status", flat=True)) == set(Status.values)
    assert 3.5 < Message.objects.count() / COUNT < 5


def test_all_lives_together_fill_every_band_of_the_queue_without_an_agents_snooze():
    bands = set(Band.values) - {Band.SNOOZED, Band.RETURNED}
    assert set(Ticket.objects.values_list("queue_band", flat=True)) == bands


@pytest.mark.parametrize("name", ALWAYS_TRUE)
def test_what_is_always_true_is_true_of_them(name):
    of_all = TicketLife()
    of_all.tickets = [*Ticket.objects.open(), *Ticket.objects.closed()[:40]]
    try:
        getattr(of_all, name)()
    finally:
        of_all.teardown()


def test_dues_are_what_their_calendar_says():
    for clock in Clock.objects.select_related("plan_version", "calendar_version"):
        working_time = working_time_of(clock)

        assert clock.due_at == working_time.add(clock.started_at, clock.target)
        assert clock.due_soon_at == working_time.add(clock.started_at, clock.target * 0.75)


def test_search_finds_them_and_everybody_is_of_the_right_organization():
    for ticket in Ticket.objects.all()[:200]:
        assert ticket.title_folded == fold(ticket.title)
        assert bytes(ticket.title_place) == alphabetical(ticket.title_folded)
        assert bytes(ticket.organization_place) == place_of(ticket.organization)
        assert bytes(ticket.assignee_place) == place_of(ticket.assignee)
        assert ticket.requester.memberships.get().organization_id == ticket.organization_id
        for message in ticket.messages.select_related("author"):
            assert message.body_folded == fold(message.body)
            assert bool(message.author.staff_role) == message.is_from_staff
        for event in ticket.events.select_related("message"):
            assert event.message is None or event.message.ticket_id == ticket.pk


def test_nothing_happened_after_now_and_nobody_is_still_to_be_notified():
    assert not Event.objects.filter(created_at__gt=NOW).exists()
    assert not Clock.objects.breach_to_tell(NOW).exists()
    assert not Clock.objects.due_soon_to_tell(NOW).exists()
    assert not Ticket.objects.closing_by(NOW).exists()
    assert not Ticket.objects.to_remind_of_close(NOW).exists()
    assert not Notification.objects.exists()


def test_the_next_ticket_has_the_next_number():
    company = Organization.objects.first()
    last = Ticket.objects.order_by("pk").last()

    ticket = make_ticket(company.memberships.first().user, now=NOW)

    assert ticket.pk == last.pk + 1


def test_the_same_seed_gives_the_same_tickets_again():
    before = _notified(Ticket.objects.order_by("pk"))

    generate(COUNT, seed=1, now=NOW)

    assert _notified(Ticket.objects.order_by("pk")[COUNT:]) == before


def _notified(tickets):
    return list(tickets.values_list("title", "organization_id", "assignee_id", "queue_at"))


def test_the_command_is_refused_outside_debug_unless_forced(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="--force"):
        call_command("generate_tickets", "10")
    with pytest.raises(CommandError, match="at least 1"):
        call_command("generate_tickets", "0", "--force")


def test_each_clock_has_the_stretches_that_it_counted():
    assert ClockStretch.objects.exists()
    assert not Clock.objects.without_stretches().exists()
    assert not Clock.objects.filter(stretches__isnull=True).exists()
