"""The feed of events: complete, in one order, and enough to know every ticket by."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from api.v1 import feed
from moving.services import apply_retention
from tests.factories import NOW, make_agent, make_closed, make_content, make_ticket
from tickets import rows, services
from tickets.models import Event, Message, Ticket

HOUR = timedelta(hours=1)


def everything(client, limit=3, after=0):
    """(all events, {number: ticket as the last page that names it has it}, where it ended)."""
    events, tickets = [], {}
    for _page in range(500):
        response = client.get(f"/events?after={after}&limit={limit}")
        assert response.status_code == 200, response.content
        page = response.json()
        feed.Feed.model_validate(page)
        events += page["items"]
        tickets |= {each["number"]: each for each in page["tickets"]}
        after = page["next"]
        if page["is_caught_up"]:
            return events, tickets, after
    raise AssertionError("it has no end")


@pytest.fixture
def lived(requester, agent, second_agent, supervisor):
    """Tickets to which all sorts of things happened."""
    one, two, three, four = (make_ticket(requester, now=NOW) for _each in range(4))
    by, later = {"actor": agent}, {"now": NOW + HOUR}
    services.accept(one, **by, **later)
    services.add_note(one, content=make_content("Only among us"), **by, **later)
    services.reply_as_agent(one, content=make_content(), **by, **later)
    services.change_priority(one, priority="low", reason="less", **by, **later)
    services.change_category(one, category="sales", **by, **later)
    tag = services.create_tag("disk", colour="red", actor=supervisor)
    services.change_tags(one, add=[tag.pk], **by, **later)
    services.assign(one, to=second_agent, **by, **later)
    services.reply_as_customer(one, actor=requester, content=make_content(), **later)
    last = one.messages.order_by("pk").last().pk
    services.split_message(one, message=last, title="Another", **by, **later)
    services.merge_tickets(two, into=three, **by, **later)
    services.undo_merge(two, **by, **later)
    services.merge_tickets(four, into=three, **by, **later)
    services.close_by_customer(two, actor=requester, **later)
    services.reopen(two, actor=requester, **later)
    services.close_by_customer(three, actor=requester, **later)
    return one, two, three, four


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["agent", "requester"])
def test_the_state_of_every_ticket_is_rebuilt_from_it(api, lived, agent, requester, reader):
    client = api({"agent": agent, "requester": requester}[reader])

    events, tickets, _end = everything(client)

    shown = {
        each["number"]: each for each in client.get("/tickets?limit=100&status=").json()["items"]
    }
    shown |= {each.number: client.get(f"/tickets/{each.number}").json() for each in lived}
    messages = {number: each.pop("messages") for number, each in tickets.items()}
    assert tickets == shown
    assert len(tickets) == Ticket.objects.count()
    for ticket in Ticket.objects.all():
        readable = Message.objects.of_ticket(ticket).visible_to(client.key.acts_as)
        assert messages[ticket.number] == sorted(readable.values_list("pk", flat=True))
        for field in ("status", "priority", "category"):
            values = [
                change["after"]
                for each in events
                if each["ticket"] == ticket.number
                for change in each["changes"]
                if change["field"] == field
            ]
            assert values[-1:] in ([], [str(getattr(ticket, field))])
    assert [each["id"] for each in events] == sorted(
        Event.objects.all().values_list("pk", flat=True)
        if reader == "agent"
        else Event.objects.public().values_list("pk", flat=True)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["agent", "requester"])
def test_a_ticket_whose_contents_were_removed_by_age_is_announced(
    api, requester, agent, settings, reader
):
    settings.RETENTION_DAYS, settings.REOPEN_WITHIN_DAYS = 400, 30
    closed_at = NOW - 401 * 24 * HOUR
    ticket = make_closed(requester, agent, now=closed_at, title="Secret title")
    client = api({"agent": agent, "requester": requester}[reader])
    _events, _tickets, end = everything(client)
    apply_retention(now=NOW)

    events, tickets, _end = everything(client, after=end)

    assert [(each["kind"], each["ticket"]) for each in events] == [
        ("contents_removed", ticket.number)
    ]
    for shown in (tickets[ticket.number], client.get(f"/tickets/{ticket.number}").json()):
        assert datetime.fromisoformat(shown["contents_removed_at"]) == NOW
        assert shown["title"] == "[…]"


@pytest.mark.django_db
def test_what_is_internal_stays_so(api, lived, agent, requester, outsider):
    note = Message.objects.get(kind="note")
    member, _tickets, _end = everything(api(requester))
    without, states, _end = everything(api(agent, ["tickets:read"]))
    with_notes, _tickets, _end = everything(api(agent, ["tickets:read", "notes"]))

    assert "noted" not in {each["kind"] for each in [*member, *without]}
    assert note.pk in {each["message"] for each in with_notes}
    assert note.pk not in {key for each in states.values() for key in each["messages"]}
    assert all(each["actor"] is None for each in member if each["is_by_staff"])
    assert not {change["field"] for each in member for change in each["changes"]} - {
        *("status", "priority", "category")
    }
    text = api(requester).get("/events?limit=2000").content.decode()
    assert "assignee" not in text
    assert str(agent) not in text
    assert api(outsider).get("/events").json() == {
        "items": [],
        "tickets": [],
        "next": 0,
        "is_caught_up": True,
    }


@pytest.mark.django_db
def test_a_member_looks_through_a_part_at_a_time(api, lived, requester, outsider, monkeypatch):
    # Numbers go on from test to test: from 0 there would be too many parts.
    before = Event.objects.order_by("pk").values_list("pk", flat=True)[0] - 1
    whole, _tickets, _end = everything(api(requester), after=before)
    monkeypatch.setattr(feed, "WINDOW", 2)

    parts, _tickets, _end = everything(api(requester), after=before)
    nothing, _tickets, _end = everything(api(outsider), after=before)

    assert parts == whole
    assert nothing == []


@pytest.mark.django_db
def test_a_page_costs_the_same_for_one_ticket_and_for_many(api, requester, agent):
    for person in (requester, agent):
        client, costs = api(person), []
        for _round in range(2):
            make_ticket(requester, now=NOW)
            client.get("/events")
            with CaptureQueriesContext(connection) as captured:
                client.get("/events?limit=2000")
            costs.append(len(captured))
            for _each in range(4):
                make_ticket(requester, now=NOW)
        assert costs[0] == costs[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=9223372036854775808", "limit=0", "limit=2001", "to=1"]
)
def test_an_address_that_is_wrong_is_refused(api, agent, query):
    assert api(agent).get(f"/events?{query}").status_code == 422


@pytest.mark.django_db
def test_a_page_that_is_the_same_is_not_sent_again(api, agent, requester, ticket):
    client = api(agent)
    first = client.get("/events?limit=2000")
    same = client.get("/events?limit=2000", If_None_Match=first.headers["ETag"])
    services.close_by_customer(ticket, actor=requester)
    other = client.get("/events?limit=2000", If_None_Match=first.headers["ETag"])

    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["RateLimit"]
    assert other.status_code == 200
    assert other.headers["ETag"] != first.headers["ETag"]


@pytest.mark.django_db
def test_what_is_after_the_end_is_nothing_yet(api, agent, ticket):
    page = api(agent).get("/events?after=9223372036854775807").json()

    assert (page["items"], page["is_caught_up"]) == ([], True)


# --- What is committed in another order -----------------------------------------------------------


def add_note(ticket, agent):
    services.add_note(ticket, actor=agent, content=make_content())


def in_thread(act):
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["insert", "copy"])
def test_no_event_is_passed_whose_transaction_takes_longer(api, requester, agent, way, monkeypatch):
    monkeypatch.setattr(rows, "MANY", 1 if way == "copy" else 50)
    slow, quick = make_ticket(requester, now=NOW), make_ticket(requester, now=NOW)
    client = api(agent)
    known, _tickets, end = everything(client)
    written, go_on = threading.Event(), threading.Event()

    def write_slowly():
        with transaction.atomic():
            add_note(slow, agent)
            written.set()
            assert go_on.wait(20)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(in_thread, write_slowly)
        assert written.wait(20)
        services.close_by_customer(quick, actor=requester)
        early = client.get(f"/events?after={end}").json()
        go_on.set()
        waiting.result(20)
    late = client.get(f"/events?after={early['next']}").json()

    assert early["items"] == []
    assert [each["ticket"] for each in late["items"]] == [slow.number, quick.number]
    assert len(known) == 2


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_a_reader_misses_nothing_while_many_write(api, requester, agent, settings):
    settings.API_REQUESTS_PER_MINUTE = 100_000
    agents = [make_agent(f"a{number}@helpdesk.example") for number in range(8)]
    tickets = [make_ticket(requester, now=NOW) for _each in range(8)]
    client, found, done = api(agent), [], threading.Event()

    def write(number):
        chance = random.Random(number)  # noqa: S311 which of them fail is no secret
        for _round in range(20):
            try:
                with transaction.atomic():
                    add_note(tickets[number], agents[number])
                    if chance.random() < 0.3:
                        raise KeyError
            except KeyError:
                pass

    def read():
        after = 0
        while True:
            was_done = done.is_set()
            page = client.get(f"/events?after={after}&limit=7").json()
            found.extend(each["id"] for each in page["items"])
            after = page["next"]
            if was_done and page["is_caught_up"]:
                return

    with ThreadPoolExecutor(9) as pool:
        reading = pool.submit(in_thread, read)
        writing = [pool.submit(in_thread, lambda n=n: write(n)) for n in range(8)]
        for each in writing:
            each.result(60)
        done.set()
        reading.result(60)

    assert found == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert len(found) > 80
