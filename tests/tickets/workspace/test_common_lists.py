"""Lists whose statements are kept show what the general way shows, whatever the filter."""

import pytest

from tests.factories import NOW, make_awaiting_customer, make_closed, make_ticket
from tests.pages import read, tickets_on
from tests.tickets.services.test_saving import make_view
from tickets import services
from tickets.workspace.query import QueueQuery

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock", "english_staff")]


def addresses():
    """Every option of every filter, and every order both ways."""
    for each in QueueQuery.filters.values():
        for value in [*getattr(each, "options", ()), *getattr(each, "words", ())]:
            yield f"{each.parameter}={value}"
    for column in sorted(QueueQuery.filters["sort"].sortable):
        yield from (f"sort={column}", f"sort=-{column}&status=open")
    yield from (
        "priority=high,low&assignee=me",
        "followed=me&status=any",
        "snoozed=too&sort=number",
    )


@pytest.fixture
def _tickets(requester, agent, second_agent):
    low = make_ticket(requester, priority="low", category="sales")
    services.snooze(low, actor=agent, until=None, now=NOW)
    services.follow(make_ticket(requester, priority="high"), actor=agent, now=NOW)
    services.accept(make_ticket(requester), actor=agent, now=NOW)
    services.accept(make_ticket(requester), actor=second_agent, now=NOW)
    make_awaiting_customer(requester, agent)
    make_closed(requester, agent)


@pytest.mark.full
@pytest.mark.usefixtures("_tickets")
def test_a_kept_statement_finds_what_the_general_one_finds(client_of, agent, monkeypatch):
    desk = client_of(agent)

    def shown():
        """Of each address the tickets, and the numbers beside them."""
        pages = {address: desk.get(f"/queue/?{address}") for address in addresses()}
        return {
            address: (page.status_code, tickets_on(page), read(page).one("[data-part=total]").text)
            for address, page in pages.items()
        }

    kept = shown()
    monkeypatch.setattr(QueueQuery, "is_common", False)

    assert kept == shown()
    assert {code for code, _tickets, _total in kept.values()} == {200}
    assert len({tuple(tickets) for _code, tickets, _total in kept.values()}) > 8


@pytest.mark.usefixtures("_tickets")
def test_a_saved_view_of_any_filter_is_counted_without_a_failure(client_of, agent):
    desk = client_of(agent)
    for number, address in enumerate(addresses()):
        view = make_view(agent, f"View {number}", query=address)
        assert desk.get("/queue/").status_code == 200, address
        services.delete_view(view, actor=agent)
