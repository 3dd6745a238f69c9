"""The numbers of the ready-made lists, which a process keeps while nothing changes them."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.factories import NOW
from tickets import services
from tickets.freshness import state_of_tickets
from tickets.models import Ticket
from tickets.workspace import view_counts

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nothing_kept():
    view_counts._kept.clear()
    yield
    view_counts._kept.clear()


def counted(now=NOW):
    return view_counts.counted_views(state_of_tickets(), now)


def test_they_are_not_counted_again_while_nothing_changes(ticket, django_assert_num_queries):
    first = counted()

    with django_assert_num_queries(1):
        assert counted(NOW + MINUTE / 2) == first
    assert (first["open"], first["unassigned"]) == (1, 1)


def test_every_change_of_a_ticket_is_counted_at_once(ticket, agent):
    counted()
    services.accept(ticket, actor=agent)

    assert counted()["unassigned"] == 0


def test_a_due_that_passes_is_counted_at_that_moment(ticket):
    Ticket.objects.update(due_soon_at=NOW + MINUTE / 4, due_at=NOW + MINUTE / 2)

    before, soon, over = (counted(NOW + MINUTE * part / 4) for part in (0, 1, 2))

    assert (before["soon"], before["over"]) == (0, 0)
    assert (soon["soon"], soon["over"]) == (1, 0)
    assert (over["soon"], over["over"]) == (1, 1)


def test_they_are_kept_for_a_minute_at_most(ticket, agent):
    counted()
    Ticket.objects.update(assignee=agent)

    assert counted(NOW + MINUTE / 2)["unassigned"] == 1
    assert counted(NOW + MINUTE)["unassigned"] == 0


def test_a_process_whose_clock_went_back_counts_again(ticket, django_assert_num_queries):
    counted()

    with django_assert_num_queries(2):
        counted(NOW - MINUTE)


def test_postgresql_learns_which_states_come_together(db):
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has statistics of several columns.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT stxname FROM pg_statistic_ext ORDER BY stxname")
        learned = [name for (name,) in cursor.fetchall()]

    assert learned == ["ticket_assignees", "ticket_states"]
