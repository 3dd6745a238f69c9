"""How many statements a write costs: a new column or index must not make each act slower."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_awaiting_customer, make_content, make_ticket
from tickets import services

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
# A message that starts a clock, and an answer that meets it: what costs most.
OPENING, ASKING, ANSWERING = 12, 16, 16
# The organization, its plan's version, the report day of another category, the alerts of a new
# assignee, and the canned reply: its lock and its count.
MACRO = 6


def statements(act):
    """What `act` sends to the database, without savepoints."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]


@pytest.fixture
def signed_in(organization, requester, agent):
    """The people as a request has them, in a process that has met their calendar."""
    make_ticket(requester)
    return requester, agent


def test_a_ticket_is_inserted_once_and_whole(signed_in, organization, form_key):
    requester, _agent = signed_in
    sent = statements(lambda: make_ticket(requester, form_key=form_key, organization=organization))

    written = [each for each in sent if each.startswith(("INSERT", "UPDATE"))]
    assert [each[:11] for each in written if '"tickets_ticket"' in each] == ["INSERT INTO"]
    assert len(sent) <= OPENING, sent


def test_replies_of_both_sides_cost_few_statements(signed_in):
    requester, agent = signed_in
    ticket = make_awaiting_customer(requester, agent)

    asked = statements(
        lambda: services.reply_as_customer(
            ticket, actor=requester, content=make_content(form_key=uuid.uuid4()), now=NOW + HOUR
        )
    )
    answered = statements(
        lambda: services.reply_as_agent(
            ticket, actor=agent, content=make_content(form_key=uuid.uuid4()), now=NOW + 2 * HOUR
        )
    )

    assert len(asked) <= ASKING, asked
    assert len(answered) <= ANSWERING, answered


def test_a_message_costs_as_much_whether_a_clock_runs_or_nothing_is_promised(signed_in):
    requester, _agent = signed_in
    promised, unpromised = make_ticket(requester), make_ticket(requester, priority="critical")
    assert promised.clocks.exists()
    assert not unpromised.clocks.exists()

    def write_on(ticket):
        content = make_content(form_key=uuid.uuid4())
        services.reply_as_customer(ticket, actor=requester, content=content, now=NOW + HOUR)

    assert len(statements(lambda: write_on(promised))) == len(
        statements(lambda: write_on(unpromised))
    )


def test_a_macro_costs_little_more_than_its_reply(signed_in, second_agent):
    requester, agent = signed_in
    ticket = make_awaiting_customer(requester, agent)
    canned = services.create_canned(services.CannedDraft("x", body_fa="y"), actor=agent, now=NOW)
    further = services.FurtherChanges(
        priority="high", category="sales", assignee_id=second_agent.pk
    )
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW + HOUR)

    sent = statements(
        lambda: services.reply_with_changes(
            ticket,
            actor=agent,
            content=services.NewMessage("z", form_key=uuid.uuid4(), canned=(canned.pk,)),
            further=further,
            now=NOW + 2 * HOUR,
        )
    )

    assert len(sent) <= ANSWERING + MACRO, sent


def test_a_write_touches_only_the_columns_that_differ(signed_in):
    requester, agent = signed_in
    ticket = make_ticket(requester)

    sent = statements(
        lambda: services.change_category(ticket, actor=agent, category="sales", now=NOW + HOUR)
    )

    [update] = re.findall(r'UPDATE "tickets_ticket" SET (.*?) (?:FROM|WHERE)', "\n".join(sent))
    columns = set(re.findall(r'"(\w+)" =', update))
    assert columns == {"category", "updated_at", "public_updated_at", "version"}
