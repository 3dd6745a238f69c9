"""The supervisors' board: its numbers, and the lists that they lead to."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.copies import copies_of
from tests.factories import (
    NOW,
    make_awaiting_customer,
    make_closed,
    make_promised_plan,
    make_ticket,
)
from tests.pages import read, tickets_on
from tickets import services
from tickets.choices import Age
from tickets.models import Ticket
from tickets.services import Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def busy(organization, requester, agent, second_agent):
    """Open tickets of each status and age, some late; one that closed by itself, one rated."""
    organization.plan = make_promised_plan(organization, normal=4 * HOUR, now=NOW - 9 * DAY)
    organization.save()
    for days in (0, 1, 3, 8):
        make_ticket(requester, now=NOW - DAY * days - HOUR)
        make_awaiting_customer(requester, agent, now=NOW - DAY * days - HOUR)
    working = make_ticket(requester, now=NOW - 2 * HOUR)
    services.accept(working, actor=second_agent, now=NOW - HOUR)
    quiet = make_awaiting_customer(requester, agent, now=NOW - 3 * DAY)
    Ticket.objects.filter(pk=quiet.pk).update(auto_close_at=NOW - HOUR)
    services.auto_close(quiet, now=NOW - HOUR)
    rated = make_closed(requester, agent, now=NOW - DAY)
    services.rate(rated, actor=requester, verdict=Verdict(True, 4, ""), now=NOW - HOUR)


def board(client):
    response = client.get("/reports/board/")
    assert response.status_code == 200
    return read(response)


def numbers_of(page):
    """Pairs of a number that the board shows and the address behind it."""
    places = (".board a.figure-value", ".board-table a", "[data-part=due] table a")
    places += (".board a.shares-value", ".board a.late-number")
    links = [link for place in places for link in page.all(place)]
    return [(int(re.sub(r"\D", "", each.text)), each["href"]) for each in links]


def test_every_number_opens_the_tickets_that_it_counts(reader, busy):
    numbers = numbers_of(board(reader))

    assert len(numbers) > 15
    for number, href in numbers:
        if not href.startswith("/reports/ratings/"):
            assert len(tickets_on(reader.get(href))) == number, href


def test_a_number_that_counts_nothing_leads_nowhere(reader):
    page = board(reader)

    assert page.texts(".board a.figure-value")[:5] == ["0"] * 5
    assert page.all(".board-table a") == page.all("[data-part=due] table a") == []


def test_answers_that_become_due_stand_in_their_hour(reader, organization, requester):
    organization.plan = make_promised_plan(organization, normal=2 * HOUR)
    organization.save()
    ticket = make_ticket(requester, now=NOW)

    rows = read(reader.get("/reports/board/")).one("[data-part=due] table").all("tbody tr")

    due = Ticket.objects.get(pk=ticket.pk).due_at
    assert due == NOW + 2 * HOUR
    # 10:00 in Tehran, where the third hour from now is the one from 12:00 on.
    assert [row.texts("td")[0] for row in rows] == ["0", "0", "1", *["0"] * 5]
    assert tickets_on(reader.get(rows[2].one("a")["href"])) == [ticket.pk]


@pytest.mark.parametrize("query", ["age=old", "hour=x", "hour=00010101T0000Z", "closed=by-hand"])
def test_a_filter_of_the_board_that_means_nothing_is_ignored(reader, requester, query):
    ticket = make_ticket(requester)

    assert tickets_on(reader.get(f"/queue/?{query}")) == [ticket.pk]


def test_each_open_ticket_is_of_one_age(requester):
    for days in (0, 1, 3, 7, 30):
        make_ticket(requester, now=NOW - DAY * days)

    counts = [Ticket.objects.of_age(name, NOW).count() for name in Age]

    assert counts == [1, 1, 1, 2]


def test_an_open_board_gets_its_parts_alone(reader, requester):
    make_ticket(requester)

    parts = read(reader.get("/reports/board/", headers={"X-Rows-Only": "1"}))

    assert parts.all("header") == []
    assert len(parts.all("[data-part]")) == 6
    assert parts.one("[data-live-mark]")["data-live-mark"]


def test_the_board_costs_the_same_with_many_tickets(reader, busy, requester):
    board(reader)
    with CaptureQueriesContext(connection) as few:
        board(reader)
    copies_of(Ticket.objects.open().first(), 30)

    with CaptureQueriesContext(connection) as many:
        board(reader)

    assert len(many) == len(few)
