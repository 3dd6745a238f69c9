"""The agent's queue: who reads it, its order, lists, filters, pages and cost."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from organizations.models import User
from tests.copies import copies_of
from tests.factories import (
    NOW,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_member,
    make_organization,
    make_ticket,
)
from tests.pages import read, tickets_on
from tickets import services
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _english_staff(agent, second_agent):
    """Sentences are compared in English, on pages and outside of them."""
    User.objects.exclude(staff_role="").update(language="en")
    with override("en"):
        yield


@pytest.fixture
def reza():
    """A customer whose plan promises an answer for every priority, around the clock."""
    arya = make_organization("Arya Group", key="arya-group", plan="enterprise")
    return make_member(arya, "reza@group.example", name="Reza Karimi")


@pytest.fixture
def queue(client_of, agent):
    """The queue as an agent gets it: queue() or queue(status="closed")."""
    client = client_of(agent)

    def get(**query):
        response = client.get("/queue/", query)
        assert response.status_code == 200
        return response

    return get


def groups_of(response):
    """The groups of the queue: {its heading: the keys of its tickets}."""
    return {
        group.one("tr.group .label").text: tickets_on(group, "tr")
        for group in read(response).all(".queue-table tbody")
    }


rows_of = tickets_on


def counts_of(response):
    """The lists beside the queue: {name: the count beside it}."""
    found = {}
    for view in read(response).all(".views a"):
        count = view.one(".count").text
        found[view.text.removesuffix(count).strip()] = count.split()[-1]
    return found


# --- Who comes here ---------------------------------------------------------------------------


def test_strangers_sign_in_and_customers_find_nothing(client, client_of, requester):
    assert client.get("/queue/").status_code == 302
    assert client_of(requester).get("/queue/").status_code == 404


def test_an_empty_queue_says_so(queue):
    page = queue()

    assert rows_of(page) == []
    assert "The queue is empty" in page.content.decode()


# --- The order of the domain ------------------------------------------------------------------


def test_running_dues_come_first_the_earliest_first(queue, reza):
    low = make_ticket(reza, priority="low")
    critical = make_ticket(reza, priority="critical")
    overdue = make_ticket(reza, priority="critical", now=NOW - HOUR)

    assert rows_of(queue()) == [overdue.pk, critical.pk, low.pk]


def test_then_what_waits_without_commitment_by_priority_then_age(queue, requester, reza):
    older_high = make_ticket(requester, priority="high", now=NOW - 2 * HOUR)
    critical = make_ticket(requester, priority="critical")
    newer_high = make_ticket(requester, priority="high", now=NOW - HOUR)
    due = make_ticket(reza, priority="low")

    assert rows_of(queue()) == [due.pk, critical.pk, older_high.pk, newer_high.pk]


def test_then_our_move_with_nothing_waiting_the_oldest_message_first(queue, agent, reza):
    awaited = make_awaiting_customer(reza, agent)
    newer, older = make_ticket(reza), make_ticket(reza)
    for ticket, at in ((newer, NOW - MINUTE), (older, NOW - HOUR)):
        services.reply_as_agent(ticket, actor=agent, content=make_content(), then="work", now=at)

    assert rows_of(queue()) == [older.pk, newer.pk, awaited.pk]


def test_then_awaiting_customer_the_first_to_close_first(queue, agent, reza):
    last = make_awaiting_customer(reza, agent, now=NOW - HOUR)
    first = make_awaiting_customer(reza, agent, now=NOW - 5 * HOUR)
    services.hold_auto_close(last, actor=agent, reason="on holiday", now=NOW)

    assert rows_of(queue()) == [first.pk, last.pk]


def test_closed_tickets_are_on_a_list_of_their_own_the_last_closed_first(queue, agent, reza):
    earlier = make_closed(reza, agent, now=NOW - HOUR)
    later = make_closed(reza, agent)

    assert rows_of(queue()) == []
    assert rows_of(queue(status="closed")) == [later.pk, earlier.pk]


# --- Groups and counts ------------------------------------------------------------------------


def test_rows_stand_in_groups_by_their_due(queue, agent, requester, reza):
    over = make_ticket(reza, priority="critical", now=NOW - HOUR)
    hour = make_ticket(reza, priority="critical")
    today = make_ticket(reza, priority="high")
    later = make_ticket(reza, priority="low")
    none = make_ticket(requester, priority="urgent")
    ours = make_ticket(reza)
    services.reply_as_agent(ours, actor=agent, content=make_content(), then="work", now=NOW)
    awaited = make_awaiting_customer(reza, agent)

    page = queue()

    assert groups_of(page) == {
        "Overdue": [over.pk],
        "Within the hour": [hour.pk],
        "Today": [today.pk],
        "Tomorrow and later": [later.pk],
        "Waiting, no commitment": [none.pk],
        "Our turn": [ours.pk],
        "Awaiting customer": [awaited.pk],
    }
    assert read(page).texts("tr.group .number") == ["1"] * 7


def test_what_is_due_at_this_instant_is_overdue(queue, reza):
    ticket = make_ticket(reza, priority="critical", now=NOW - 30 * MINUTE)

    assert groups_of(queue()) == {"Overdue": [ticket.pk]}


def test_the_lists_say_how_many_they_hold(queue, agent, second_agent, reza):
    make_ticket(reza, priority="critical", now=NOW - HOUR)
    services.accept(make_ticket(reza, priority="low"), actor=agent, now=NOW)
    make_awaiting_customer(reza, second_agent)
    make_closed(reza, agent)

    page = queue()

    assert counts_of(page) == {
        "Due soon": "1",
        "Unassigned": "1",
        "Mine": "1",
        "Awaiting customer": "1",
        "All open": "3",
        "Snoozed": "0",
        "Closed": "1",
    }
    assert read(page).all(".views a")[0].one(".count-over").text == "1 overdue"


def test_each_list_leads_to_the_tickets_that_it_counts(client_of, agent, second_agent, reza):
    make_ticket(reza, priority="critical", now=NOW - HOUR)
    services.accept(make_ticket(reza), actor=agent, now=NOW)
    make_awaiting_customer(reza, second_agent)
    make_closed(reza, agent)
    client = client_of(agent)

    first = client.get("/queue/")

    for view, (name, count) in zip(
        read(first).all(".views a"), counts_of(first).items(), strict=True
    ):
        page = client.get(view["href"])
        assert len(rows_of(page)) == int(count)
        assert read(page).one(".page-head .muted").text.startswith(f"{count} ticket")
        assert read(page).one("h1").text == name


def test_no_number_is_counted_farther_than_the_page_can_say(queue, reza, monkeypatch):
    for _each in range(3):
        make_ticket(reza)
    monkeypatch.setattr("tickets.lists.counts.MOST_COUNTED", 2)

    page = queue()

    assert counts_of(page)["All open"] == "1+"
    assert "1+ tickets" in page.content.decode()


# --- Filters ----------------------------------------------------------------------------------


def test_filters_narrow_the_list_and_can_be_taken_off(queue, agent, requester, reza):
    wanted = make_ticket(reza, priority="urgent", category="sales")
    services.accept(wanted, actor=agent, now=NOW)
    make_ticket(reza, priority="urgent", category="financial")
    make_ticket(requester, priority="urgent", category="sales")
    query = {
        "status": "in_progress",
        "priority": "urgent",
        "category": "sales",
        "organization": "arya-group",
        "assignee": "me",
    }

    page = queue(**query)

    chips = read(page).all("a.chip-on")
    assert rows_of(page) == [wanted.pk]
    assert [chip.text.partition(":")[0] for chip in chips] == [
        "Status",
        "Priority",
        "Category",
        "Organization",
        "Assignee",
    ]
    assert all(name not in chips[0]["href"] for name in ["status", "in_progress"])


@pytest.mark.parametrize("who", ["me", "nobody", "other"])
def test_the_assignee_filter_knows_me_nobody_and_an_agent(queue, agent, second_agent, reza, who):
    tickets = {"nobody": make_ticket(reza), "me": make_ticket(reza), "other": make_ticket(reza)}
    services.accept(tickets["me"], actor=agent, now=NOW)
    services.accept(tickets["other"], actor=second_agent, now=NOW)
    value = second_agent.pk if who == "other" else who

    assert rows_of(queue(assignee=value)) == [tickets[who].pk]


def test_search_reads_titles_messages_and_notes_in_folded_text(queue, agent, reza):
    title = make_ticket(reza, title="کیك و یاء ۱۲۳")
    in_message = make_ticket(reza, description="خطای OOMKilled در گره")
    noted = make_ticket(reza)
    services.add_note(noted, actor=agent, content=make_content("گره ذخیره‌ساز st-07"), now=NOW)
    closed = make_closed(reza, agent, title="کیک بسته")

    assert rows_of(queue(q="کيک و ياء 123")) == [title.pk]
    assert rows_of(queue(q="oomkilled")) == [in_message.pk]
    assert rows_of(queue(q="ذخیره ساز")) == [noted.pk]
    assert rows_of(queue(q="ذخیرهساز")) == [noted.pk]
    assert set(rows_of(queue(q="کیک", status="any"))) == {title.pk, closed.pk}


def test_a_whole_number_leads_to_its_ticket(client_of, agent, reza):
    ticket = make_closed(reza, agent)
    client = client_of(agent)

    for typed in (ticket.number, ticket.number.lower(), f"kt {ticket.pk}"):
        response = client.get("/queue/", {"q": typed, "status": "any"})
        assert response.url == f"/queue/{ticket.number}/"


def test_digits_alone_find_the_number_among_the_texts(queue, reza):
    ticket = make_ticket(reza)

    assert rows_of(queue(q=str(ticket.pk), status="any")) == [ticket.pk]


HOSTILE = [
    "status=open__in",
    "status__in=closed",
    "priority=critical%00",
    "q=%00",
    "q=%FF%FE",
    "q=" + "9" * 5000,
    "q=KT-99999999999999999",
    "q=KT-0",
    "q=%25%27%22%5C_",
    "organization=%00",
    "organization=pars%20OR%201",
    "organization=" + "a" * 3000,
    "organization__plan__key=developer",
    "assignee=-1",
    "assignee=99999999999999999999999",
    "assignee=1e9",
    "assignee=%DB%B1",
    "assignee__password__startswith=a",
    "due=%00",
    "after=",
    "after=1_0_1_1_1",
    "after=1_0_abc_1",
    "after=-1_-1_-1_-1",
    "after=1_0_99999999999999999999_1",
    "after=9223372036854775807_0_9223372036854775807_9223372036854775807",
    "before=1_0_-9223372036854775807_1",
    "before=%00",
    "after=1_1&status=closed",
    "after=9999999999999999999_1&status=any",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_unknown_and_hostile_parameters_are_passed_over(client_of, agent, reza, query):
    make_ticket(reza)

    response = client_of(agent).get(f"/queue/?{query}")

    assert response.status_code == 200


@pytest.mark.parametrize("query", ["status=odd", "priority=p1", "category=x", "assignee=bob"])
def test_a_value_that_is_none_filters_nothing(client_of, agent, reza, query):
    ticket = make_ticket(reza)

    page = client_of(agent).get(f"/queue/?{query}")

    assert rows_of(page) == [ticket.pk]
    assert read(page).all("a.chip-on") == []


# --- Pages and cost ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["", "closed", "any"])
def test_pages_by_key_show_each_ticket_once_in_both_directions(
    client_of, agent, reza, monkeypatch, status
):
    monkeypatch.setattr("tickets.workspace.list.PAGE_SIZE", 3)
    for index in range(8):
        make = make_closed if status == "closed" else make_awaiting_customer
        make(reza, agent, now=NOW - index * MINUTE)
    client = client_of(agent)

    pages = [client.get("/queue/", {"status": status})]
    while query := read(pages[-1]).neighbour("next"):
        pages.append(client.get(f"/queue/{query}"))
    back = client.get(f"/queue/{read(pages[-1]).neighbour('prev')}")

    seen = [pk for page in pages for pk in rows_of(page)]
    assert len(seen) == len(set(seen)) == 8
    assert rows_of(back) == rows_of(pages[-2])


def test_one_row_costs_as_many_queries_as_thirty(client_of, agent, second_agent, reza):
    client = client_of(agent)

    def accepted(priority, by):
        return services.accept(make_ticket(reza, priority=priority), actor=by, now=NOW)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/queue/").status_code == 200
        return len(queries)

    accepted("low", agent)
    cost()  # what is read once a process
    of_one = cost()
    for priority, by in product(["low", "high", "critical"], [agent, second_agent]):
        copies_of(accepted(priority, by), 4)
    cost()  # what is kept while nothing changes

    assert cost() == of_one
    assert of_one <= 12


def test_a_row_shows_what_an_agent_looks_for(queue, agent, reza):
    ticket = make_ticket(reza, title="Volume lost <b>", category="sales", priority="critical")
    services.accept(ticket, actor=agent, now=NOW)
    services.reply_as_customer(
        ticket, actor=reza, content=make_content("still <script>down"), now=NOW + MINUTE
    )

    page = queue().content.decode()

    for shown in [
        "Volume lost &lt;b&gt;",
        "still &lt;script&gt;down",
        "Reza Karimi",
        "Arya Group",
        "Enterprise",
        "Critical",
        "Sales",
        "In progress",
        str(agent),
        "30 min",
        "aim 10 min",
    ]:
        assert shown in page
    assert "<script>down" not in page


def test_a_head_request_is_answered_and_a_post_is_not(client_of, agent):
    client = client_of(agent)

    assert client.head("/queue/").status_code == 200
    assert client.post("/queue/").status_code == 405
    assert Ticket.objects.count() == 0
