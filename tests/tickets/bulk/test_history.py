"""A ticket's history says that something was done to it in a bulk action, and to agents alone."""

import pytest

from tests.factories import make_ticket
from tests.tickets.bulk.test_services import change, do
from tickets import services

pytestmark = pytest.mark.django_db
MARK = "در یک کار گروهی"


@pytest.fixture
def ticket(requester):
    return make_ticket(requester)


@pytest.fixture
def pages(client_of, agent, requester, ticket):
    """The ticket's page as an agent and as its requester see it."""

    def read():
        urls = {agent: ticket.get_queue_url(), requester: ticket.get_absolute_url()}
        return [client_of(person).get(url).content.decode() for person, url in urls.items()]

    return read


@pytest.mark.parametrize("act", [{"category": "sales"}, {"priority": "high", "reason": "x"}])
def test_what_was_done_in_bulk_says_so_to_agents_alone(ticket, agent, pages, act):
    do(change(next(iter(act)), **act), [ticket], agent)

    staff, customer = pages()

    assert staff.count(f"({MARK})</span>") == 1
    assert MARK not in customer


@pytest.mark.parametrize(("before", "shown"), [(0, f"({MARK})"), (1, f"{MARK} نوشت")])
def test_a_message_sent_in_bulk_says_so_to_agents_alone(
    ticket, agent, supervisor, pages, before, shown
):
    """Also one that changed nothing else."""
    for _reply in range(before):
        content = services.NewMessage("نخست")
        services.reply_as_agent(ticket, actor=agent, content=content)
    draft = services.CannedDraft("x", scope="shared", body_fa="متن", then="wait")
    macro = services.create_canned(draft, actor=supervisor)

    assert do(change("macro", macro_id=macro.pk), [ticket], agent) == ["done"]

    staff, customer = pages()
    assert staff.count(f"{shown}</span>") == 1
    assert "متن" in customer
    assert MARK not in customer


def test_what_was_done_to_one_ticket_says_nothing_of_bulk(ticket, agent, pages):
    services.change_category(ticket, actor=agent, category="sales")

    assert all(MARK not in page for page in pages())
