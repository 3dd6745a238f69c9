"""What the demo promises, at moments at which a calendar makes it hard."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import F

from demo import programme
from notifications.models import AccountMail, Notification
from organizations.models import Organization, Role, User
from plans.models import Plan, Priority
from tickets import services
from tickets.choices import Status
from tickets.models import (
    Alert,
    Attachment,
    BulkRun,
    CannedReply,
    Clock,
    Event,
    Message,
    Rating,
    SavedView,
    Ticket,
)
from tickets.workspace.query import QueueQuery
from webhooks.models import Attempt, Delivery

# Loading it takes some seconds, which test_demo_command.py does in every run.
pytestmark = [pytest.mark.django_db, pytest.mark.full]

MOMENTS = {
    "a Friday night": datetime(2026, 5, 8, 20, 10, 12, 345678, tzinfo=UTC),
    "the holidays of Nowruz": datetime(2026, 3, 23, 23, 45, 30, tzinfo=UTC),
    "a working noon": datetime(2026, 5, 5, 8, 40, tzinfo=UTC),
    "a second before work begins": datetime(2026, 6, 27, 5, 29, 59, tzinfo=UTC),
}


@pytest.fixture(scope="module", params=MOMENTS.values(), ids=MOMENTS)
def now(request, django_db_setup, django_db_blocker):
    """The demo loaded once for all tests of a moment, and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        programme.load(now=request.param)
        yield request.param
        transaction.set_rollback(True)


def test_it_has_at_least_eighty_tickets_of_six_organizations_on_every_plan(now):
    plans = set(Organization.objects.values_list("plan__key", flat=True))

    assert Ticket.objects.count() >= 80
    assert Organization.objects.filter(tickets__isnull=False).distinct().count() == 6
    assert plans >= {"developer", "business", "sme", "enterprise"}
    assert Plan.objects.get(custom__isnull=False).organizations.count() == 1


def test_every_status_is_there_with_every_priority(now):
    found = set(Ticket.objects.values_list("status", "priority"))

    assert found == {(status, priority) for status in Status.values for priority in Priority.values}


def test_some_are_overdue_some_due_soon_and_some_close_within_the_hour(now):
    overdue = Ticket.objects.due_before(now)
    due_soon = Ticket.objects.open().filter(due_soon_at__lte=now, due_at__gt=now)
    closing = Ticket.objects.filter(auto_close_at__lte=now + timedelta(hours=1))

    assert overdue.count() >= 4
    assert due_soon.count() >= 4
    assert closing.count() >= 3


def test_resolutions_are_promised_to_one_running_paused_and_breached(now):
    running = Clock.objects.running().filter(kind="resolution")
    states = {(clock.state, clock.is_paused) for clock in running}

    assert states == {("running", False), ("running", True), ("breached", False)}
    assert running.values("ticket__organization").distinct().count() == 1


def test_the_due_of_a_running_clock_in_working_hours_was_moved(now):
    running = Clock.objects.running().filter(calendar_version__isnull=False)
    moved = running.filter(changes__reason="raised").exclude(
        changes__old_due_at=F("changes__new_due_at")
    )

    assert moved.exists()


def test_overdue_and_due_soon_are_of_several_organizations(now):
    late = Ticket.objects.open().filter(due_soon_at__lte=now)

    assert len(set(late.values_list("organization", flat=True))) >= 4


def test_tickets_closed_weeks_ago_were_answered_in_time_and_late(now):
    old = Clock.objects.filter(ticket__closed_at__lt=now - timedelta(days=14))

    assert set(old.values_list("state", flat=True)) >= {"met", "breached"}


def test_some_tickets_closed_by_themselves_and_some_closes_are_held(now):
    closed = Event.objects.filter(kind=Event.Kind.CLOSED_AUTOMATICALLY)

    assert closed.count() >= 4
    assert Ticket.objects.filter(auto_close_held_at__isnull=False).count() == 2


def test_colleagues_watch_tickets_of_several_organizations(now):
    watched = Ticket.objects.filter(watchers__isnull=False)

    assert watched.distinct().count() >= 6
    assert len(set(watched.values_list("organization", flat=True))) >= 3


def test_closed_tickets_are_rated_from_bad_to_very_good(now):
    ratings = Rating.objects.all()

    assert len(ratings) >= 12
    assert {each.score for each in ratings} == {2, 3, 4, 5}
    assert {each.is_solved for each in ratings} == {True, False}


def test_the_history_runs_forward_and_ends_before_now(now):
    instants = list(Event.objects.order_by("pk").values_list("created_at", flat=True))

    assert instants == sorted(instants)
    assert instants[-1] <= now


def test_the_periodic_work_has_nothing_left_to_find(now):
    closed = services.close_due(now)
    reminded = services.remind_of_close(now)
    scanned = services.scan_clocks(now)

    assert (closed, reminded, scanned) == (0, 0, services.ScanResult(due_soon=0, breached=0))


def test_nothing_of_the_past_is_left_to_be_mailed(now):
    assert Notification.objects.count() > 100
    assert not Notification.objects.pending().exists()
    assert not AccountMail.objects.exists()


def test_no_two_messages_say_the_same(now):
    bodies = Counter(Message.objects.values_list("body", flat=True))

    assert bodies.most_common(1)[0][1] == 1
    assert len(bodies) > 200


def test_some_tickets_are_written_in_english_and_most_in_persian(now):
    english = [title for title in Ticket.objects.values_list("title", flat=True) if title[:1] < "z"]

    assert 10 <= len(english) < Ticket.objects.count() / 2


def test_files_of_every_kind_are_attached(now):
    kinds = set(Attachment.objects.values_list("content_type", flat=True))

    assert kinds == {"image/png", "application/pdf", "text/plain"}
    assert not Attachment.objects.filter(message=None).exists()


def test_a_title_is_very_long_and_one_mixes_both_directions(now):
    longest = max(map(len, Ticket.objects.values_list("title", flat=True)))

    assert 170 <= longest <= 200
    assert Ticket.objects.filter(title__contains="سلام (web-01)").exists()


def test_the_people_of_the_contract_can_sign_in(now):
    sara, nima, reza = (
        User.objects.get(email=email)
        for email in ("sara@pars.example", "nima@pars.example", "reza@arya.example")
    )
    roles = {
        email.partition("@")[0]: User.objects.get(email=email).staff_role
        for email in (
            "agent@helpdesk.example",
            "agent2@helpdesk.example",
            "supervisor@helpdesk.example",
            "admin@helpdesk.example",
        )
    }

    assert sara.memberships.get().role == Role.OWNER
    assert sara.memberships.get().organization.plan.key == "developer"
    assert nima.memberships.get().role == Role.MEMBER
    assert reza.memberships.get().role == Role.OWNER
    assert reza.memberships.get().organization.plan.key == "enterprise"
    assert roles == {
        "agent": "agent",
        "agent2": "agent",
        "supervisor": "supervisor",
        "admin": "admin",
    }
    people = User.objects.filter(is_service=False)
    assert all(user.check_password("demo") for user in people)
    assert not people.exclude(emailaddress__verified=True).exists()


def test_an_agent_has_saved_views_of_their_own_and_of_a_team(now):
    maryam = User.objects.get(email="agent@helpdesk.example")
    beside = SavedView.objects.beside_queue_of(maryam).in_order()

    assert [each.is_shared for each in beside] == [False, False, True]
    for each in beside:
        assert QueueQuery.from_address(each.query).query == each.query
        assert each.query


def test_a_bulk_run_is_finished_with_a_reason_for_what_it_skipped(now):
    run = BulkRun.objects.get()

    assert (run.counts, run.finished_at < now) == ({"done": 3, "skipped": 1}, True)


def test_monitoring_has_reported_a_fault_that_goes_on_and_one_that_is_over(now):
    disk, down = Alert.objects.order_by("pk")

    assert (disk.is_firing, disk.count, disk.ticket.status) == (True, 12, "awaiting_response")
    assert (down.is_firing, down.count, down.ticket.status) == (False, 1, "closed")


def test_both_sides_have_an_endpoint_with_a_log(now):
    rows = Delivery.objects.order_by("pk")

    assert set(rows.values_list("state", flat=True)) == {"sent"}
    assert rows.filter(endpoint__organization=None).count() > 5
    assert rows.exclude(endpoint__organization=None).count() > 5
    assert Attempt.objects.filter(code=503).exists()
    assert not Attempt.objects.filter(at__gt=now).exists()


def test_a_team_has_canned_replies(now):
    assert CannedReply.objects.of_scope("team").count() == 2
