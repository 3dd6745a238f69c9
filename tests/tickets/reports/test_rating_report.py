"""The ratings as supervisors read them: averages, shares, and the list."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.copies import copies_of, copy_of
from tests.factories import NOW, make_closed
from tests.pages import read
from tickets import services
from tickets.models import Rating
from tickets.services import Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]
# Saturday 2026-05-02 in Tehran is in Ordibehesht 1405; the month before ends on 2026-04-20.
MONTH_BEFORE = datetime(2026, 4, 15, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rated(requester, agent, score, *, at=NOW, is_solved=True, words="", **fields):
    ticket = make_closed(requester, agent, now=at, **fields)
    services.rate(ticket, actor=requester, verdict=Verdict(is_solved, score, words), now=at)
    return ticket


def page(client, query=""):
    response = client.get(f"/reports/ratings/{query}")
    assert response.status_code == 200
    return response


def rows_of(response, heading):
    """The rows of a small table: (label, how many, average, share)."""
    tables = read(response).all("table.small-table")
    (table,) = (each for each in tables if each.one("caption").text == heading)
    return [tuple(row.texts("th") + row.texts("td")) for row in table.all("tbody tr")]


def total_of(response):
    return read(response).texts(".rating-figures .figure-value")[0]


def test_ratings_are_summed_by_month_agent_and_category(reader, requester, agent, second_agent):
    rated(requester, agent, 5)
    rated(requester, agent, 4, category="sales")
    rated(requester, second_agent, 1, at=MONTH_BEFORE, is_solved=False)

    year = page(reader, "?year=2026")
    month = page(reader, "?month=2026-05")

    assert total_of(year) == "3"
    assert '3.3</span><span class="figure-more">of 5' in year.content.decode()
    assert rows_of(year, "By month") == [
        ("April 2026", "1", "1.0", "0%"),
        ("May 2026", "2", "4.5", "100%"),
    ]
    assert rows_of(year, "By agent") == [
        (str(agent), "2", "4.5", "100%"),
        (str(second_agent), "1", "1.0", "0%"),
    ]
    assert rows_of(year, "By category") == [
        ("Technical", "2", "3.0", "50%"),
        ("Sales", "1", "4.0", "100%"),
    ]
    assert total_of(month) == "2"


def test_persian_readers_count_in_their_months(client_of, supervisor, requester, agent):
    rated(requester, agent, 5)
    rated(requester, agent, 1, at=MONTH_BEFORE)

    response = page(client_of(supervisor), "?year=1405")

    months = read(response).all("table.small-table")[0]
    assert months.texts("tbody th") == ["فروردین ۱۴۰۵", "اردیبهشت ۱۴۰۵"]


def test_a_rating_counts_for_the_agent_and_category_of_its_first_time(
    reader, requester, agent, second_agent
):
    ticket = rated(requester, agent, 2)
    services.reopen(ticket, actor=requester, now=NOW)
    services.change_category(ticket, actor=agent, category="financial", now=NOW)
    services.accept(ticket, actor=second_agent, take_over_from=agent, now=NOW)
    services.rate(ticket, actor=requester, verdict=Verdict(True, 5), now=NOW)

    response = page(reader)

    assert rows_of(response, "By agent") == [(str(agent), "1", "5.0", "100%")]
    assert rows_of(response, "By category") == [("Technical", "1", "5.0", "100%")]


def test_the_list_shows_the_words_as_text_and_leads_to_the_ticket(reader, requester, agent):
    ticket = rated(requester, agent, 3, words="<b>خوب</b>")

    text = page(reader).content.decode()

    assert "&lt;b&gt;خوب&lt;/b&gt;" in text
    assert f'href="{ticket.get_queue_url()}"' in text
    assert "3 of 5" in text


def test_without_ratings_the_page_says_so(reader):
    assert "No ratings in this period" in page(reader).content.decode()


@pytest.mark.parametrize("query", ["?month=x", "?from=1&to=2", "?after=x", "?before=1_2"])
def test_an_address_that_means_nothing_breaks_nothing(reader, requester, agent, query):
    rated(requester, agent, 3)

    page(reader, query)


def test_the_page_costs_the_same_with_many_ratings(reader, requester, agent, second_agent):
    rated(requester, agent, 3)
    page(reader)
    with CaptureQueriesContext(connection) as few:
        page(reader)
    first = rated(requester, second_agent, 4, at=NOW - 30 * HOUR, category="sales")
    rating = Rating.objects.get(ticket=first)
    for number, ticket in enumerate(copies_of(first, 29)):
        at = NOW - (29 - number) * HOUR
        copy_of(rating, ticket=ticket, rated_at=at, changed_at=at).save()

    with CaptureQueriesContext(connection) as many:
        response = page(reader)

    assert len(many) == len(few)
    assert len(read(response).all(".rating-list li")) == 25
    older = page(reader, read(response).neighbour("next"))
    assert len(read(older).all(".rating-list li")) == 6
