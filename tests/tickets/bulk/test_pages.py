"""Bulk actions from the queue: selecting, asking, doing, and what is shown of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from organizations.models import User
from tests.factories import NOW, again, make_awaiting_customer, make_ticket
from tests.pages import read
from tickets import services
from tickets.models import BulkItem, BulkRun, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _english_staff(agent, second_agent, supervisor):
    User.objects.exclude(staff_role="").update(language="en")
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def _many_tickets(settings):
    """The requester of these tests opens dozens of tickets at one instant."""
    settings.TICKETS_PER_HOUR = 1000


@pytest.fixture
def tickets(requester):
    return [make_ticket(requester) for _n in range(3)]


@pytest.fixture
def client(client_of, agent):
    return client_of(agent)


def form_for(tickets, action, **more):
    numbers = [ticket.number for ticket in tickets]
    return {"action": action, "ticket": numbers, "list": "category=technical"} | more


def send(client, tickets, action, **more):
    return client.post("/queue/bulk/", form_for(tickets, action, confirmed="1", **more))


def outcomes():
    return list(BulkItem.objects.order_by("place").values_list("outcome", "code"))


def test_the_rows_of_the_queue_are_selected_with_what_the_page_showed(client, tickets):
    page = read(client.get("/queue/"))

    boxes = page.all("form[data-bulk] [name=ticket]")
    assert {each["value"] for each in boxes} == {each.number for each in tickets}
    assert all(each["aria-label"] == f"Select {each['value']}" for each in boxes)
    seen = set(page.one("[name=seen]")["value"].split())
    assert seen == {f"{each.pk}-{again(each).version}" for each in tickets}


def test_an_action_asks_first_and_names_the_tickets(client, tickets):
    page = read(client.post("/queue/bulk/", form_for(tickets[:2], "close")))

    assert page.one("h1").text == "Close 2 tickets"
    assert [each.text for each in page.all(".bulk-tickets a bdi[dir=ltr]")] == [
        each.number for each in tickets[:2]
    ]
    assert page.one("button[name=confirmed]").text == "Close 2 tickets"
    assert not BulkRun.objects.exists()


def test_few_tickets_are_changed_at_once_and_the_list_is_shown_again(client, tickets):
    response = send(client, tickets, "category", category="sales")

    assert (response.status_code, response.url) == (302, "/queue/?category=technical")
    assert {again(each).category for each in tickets} == {"sales"}
    shown = read(client.get(response.url))
    assert shown.one("[data-toast]").text.startswith("Change the category of 3 tickets: 3 done")


def test_skipped_tickets_are_counted_with_a_link_to_the_reasons(client, requester, agent, ticket):
    answered = make_awaiting_customer(requester, agent)

    response = send(client, [ticket, answered], "close")

    alert = read(client.get(response.url)).one(".alert-warning")
    assert "1 done, 1 skipped" in alert.text
    reasons = read(client.get(alert.one("a")["href"]))
    [line] = reasons.all(".bulk-lines li")
    assert ticket.number in line.text
    assert "The customer waits for an answer." in line.text


def test_reasons_are_shown_in_the_language_of_the_reader(client, agent, ticket):
    send(client, [ticket], "close")
    User.objects.filter(pk=agent.pk).update(language="fa")

    page = client.get(f"/queue/bulk/{BulkRun.objects.get().pk}/")

    assert "مشتری منتظر پاسخ است." in page.content.decode()


def test_more_are_left_to_a_worker_and_the_page_shows_how_far_it_is(client, requester):
    tickets = [make_ticket(requester) for _n in range(21)]
    response = send(client, tickets, "category", category="sales")
    run = BulkRun.objects.get()

    assert response.url == f"/queue/bulk/{run.pk}/"
    page = read(client.get(response.url))
    assert page.one("[data-progress]")["data-progress"] == "running"
    assert "0 of 21" in page.one(".bulk-progress").text
    services.run_bulk(now=NOW + HOUR)
    page = read(client.get(response.url))
    assert page.one("[data-progress]")["data-progress"] == "finished"
    assert "21 done" in page.one(".bulk-outcome").text
    assert not page.all("[data-progress] form")


def test_a_whole_view_is_what_its_filter_finds_on_every_page(client, requester, tickets):
    other = make_ticket(requester, category="sales")
    more = [make_ticket(requester) for _n in range(30)]

    response = client.post(
        "/queue/bulk/", {"action": "priority", "whole": "1", "list": "category=technical"}
    )
    assert read(response).one("h1").text == "Change the priority of 33 tickets"
    sent = {"priority": "high", "reason": "Outage", "confirmed": "1"}
    client.post(
        "/queue/bulk/",
        {"action": "priority", "whole": "1", "list": "category=technical"} | sent,
    )
    services.run_bulk(now=NOW + HOUR)

    assert {again(each).priority for each in (*tickets, *more)} == {"high"}
    assert again(other).priority == "normal"


def test_a_view_with_too_many_tickets_is_refused_in_plain_words(client, tickets, monkeypatch):
    monkeypatch.setattr("tickets.services.MOST_IN_RUN", 2)

    page = read(client.post("/queue/bulk/", {"action": "close", "whole": "1", "list": ""}))

    assert "Too many tickets" in page.text
    assert not page.all("button[name=confirmed]")


def test_a_ticket_that_changed_since_the_page_was_shown_is_skipped(client, tickets, second_agent):
    seen = " ".join(f"{each.pk}-{again(each).version}" for each in tickets)
    services.change_priority(tickets[1], actor=second_agent, priority="high", now=NOW + HOUR)

    send(client, tickets, "category", category="sales", seen=seen)

    assert outcomes() == [("done", ""), ("skipped", "stale"), ("done", "")]


def test_the_same_form_sent_twice_starts_one_run(client, tickets):
    page = read(client.post("/queue/bulk/", form_for(tickets, "category")))
    key = {"form_key": page.one("[name=form_key]")["value"], "category": "sales"}

    first, second = (send(client, tickets, "category", **key) for _n in range(2))

    assert first.url == second.url
    assert BulkRun.objects.count() == 1
    refused = send(client, tickets[:1], "category", **key)
    assert refused.status_code == 409
    assert "already started something else" in refused.content.decode()


@pytest.mark.parametrize(
    ("action", "fields", "words"),
    [
        ("priority", {"priority": "high", "reason": ""}, "required"),
        ("priority", {"priority": "huge", "reason": "x"}, "not one of the available choices"),
        ("priority", {"priority": "high", "reason": "x" * 501}, "at most 500"),
        ("priority", {"priority": "high", "reason": "a\0b"}, "Null characters"),
        ("category", {"category": ""}, "required"),
        ("assign", {"assignee": "9" * 30}, "not one of the available choices"),
        ("tags", {}, "Choose tags to add"),
        ("tags", {"add": ["9" * 30]}, "not one of the available choices"),
        ("macro", {"macro": "5"}, "not one of the available choices"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_what_was_typed_is_kept(
    client, tickets, action, fields, words
):
    response = send(client, tickets, action, **fields)

    assert response.status_code in {409, 422}
    page = read(response)
    assert any(words in each.text for each in page.all(".invalid-feedback")), page.text
    assert page.one("[name=ticket]")["value"] == ",".join(str(each.pk) for each in tickets)
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"action": "close"},
        {"action": "explode", "ticket": "KT-1"},
        {"action": "close", "ticket": ["x", "\0", "9" * 400, "KT-"]},
        {"ticket": "KT-1"},
    ],
)
def test_nothing_selected_or_no_action_leads_back_with_a_sentence(client, tickets, sent):
    response = client.post("/queue/bulk/", sent | {"list": "category=technical"})

    assert response.url == "/queue/?category=technical"
    assert "Select tickets" in read(client.get(response.url)).one(".alert-error").text


def test_numbers_of_no_ticket_are_named_on_the_page(client, ticket):
    send(client, [ticket], "category", category="sales", ticket=[ticket.number, f"KT-{10**17}"])

    run = BulkRun.objects.get()
    assert (
        "1 of the selected numbers belongs to no ticket."
        in read(client.get(run.get_absolute_url())).text
    )
    gone = client.post("/queue/bulk/", {"action": "close", "ticket": f"KT-{10**17}"})
    assert "None of these tickets is there any more" in gone.content.decode()


def test_a_run_is_shown_to_its_starter_and_to_supervisors(
    client_of, agent, second_agent, supervisor, requester
):
    many = [make_ticket(requester) for _n in range(21)]
    send(client_of(agent), many, "category", category="sales")
    url = BulkRun.objects.get().get_absolute_url()

    assert [client_of(each).get(url).status_code for each in (agent, second_agent, supervisor)] == [
        *(200, 404, 200)
    ]
    assert client_of(second_agent).post(f"{url}stop/").status_code == 404
    listed = [
        len(read(client_of(each).get("/queue/bulk/")).all(".bulk-lines li"))
        for each in (agent, second_agent, supervisor)
    ]
    assert listed == [1, 0, 1]


def test_a_run_is_stopped_by_its_button(client, requester):
    many = [make_ticket(requester) for _n in range(21)]
    send(client, many, "category", category="sales")
    url = BulkRun.objects.get().get_absolute_url()

    response = client.post(f"{url}stop/")
    services.run_bulk(now=NOW + HOUR)

    page = read(client.get(response.url))
    assert "Stopped:" in page.one(".bulk-outcome").text
    assert "21 not started" in page.text
    assert not Ticket.objects.in_category("sales").exists()


def test_what_was_skipped_is_tried_again_with_what_was_chosen(client, agent, tickets):
    services.change_priority(tickets[0], actor=agent, priority="high", now=NOW)
    seen = f"{tickets[0].pk}-1"
    send(client, tickets, "category", category="sales", seen=seen)
    run = BulkRun.objects.get()

    url = f"{run.get_absolute_url()}again/"
    assert url in [each["href"] for each in read(client.get(run.get_absolute_url())).all("a.btn")]
    form = read(client.get(url))
    assert form.one("option[selected]")["value"] == "sales"
    assert form.one("[name=ticket]")["value"] == str(tickets[0].pk)
    posted = {each["name"]: each["value"] for each in form.all("form.bulk-start input")}
    client.post("/queue/bulk/", posted | {"category": "sales", "confirmed": "1"})

    assert {again(each).category for each in tickets} == {"sales"}
    assert BulkRun.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"action": "priority", "priority": "low", "reason": "Quiet"}, ["low", "Quiet"]),
        ({"action": "assign", "assignee_id": "the agent"}, ["the agent"]),
        ({"action": "tags", "add": "the tags"}, ["the tag"]),
        ({"action": "macro", "macro_id": "the macro"}, ["the macro"]),
        ({"action": "close"}, []),
    ],
)
def test_each_action_is_asked_for_again_as_it_was(client, agent, supervisor, ticket, change, shown):
    tag = services.create_tag("vpn", colour="blue", actor=supervisor, now=NOW)
    draft = services.CannedDraft("Thanks", body_fa="متن", then="wait")
    macro = services.create_canned(draft, actor=agent, now=NOW)
    keys = {"the agent": agent.pk, "the tag": tag.pk, "the tags": (tag.pk,)}
    keys["the macro"] = macro.pk
    change = services.BulkChange(**{name: keys.get(word, word) for name, word in change.items()})
    selection = services.Selection((ticket.pk,))
    run = services.start_bulk(Ticket.objects.all(), change, selection, actor=agent, now=NOW)
    services.stop_bulk(run, actor=agent, now=NOW)
    services.run_bulk(now=NOW)

    form = read(client.get(f"{run.get_absolute_url()}again/")).one("form.bulk-start")

    shown_as = ("option[selected]", "input[checked]", "input[name=reason]")
    found = [each["value"] for selector in shown_as for each in form.all(selector)]
    assert found == [str(keys.get(each, each)) for each in shown]


def test_a_run_that_was_stopped_goes_on_with_the_rest(client, requester):
    many = [make_ticket(requester) for _n in range(21)]
    send(client, many, "category", category="sales")
    run = BulkRun.objects.get()
    url = run.get_absolute_url()
    assert client.get(f"{url}again/").url == url
    assert "Waiting its turn:" in read(client.get(url)).one(".bulk-outcome").text
    client.post(f"{url}stop/")
    services.run_bulk(now=NOW + HOUR)

    assert read(client.get(f"{url}again/")).one("h1").text == "Change the category of 21 tickets"


def test_agents_may_assign_only_what_is_theirs(client, tickets, agent, second_agent):
    services.accept(tickets[0], actor=agent, now=NOW)

    send(client, tickets[:2], "assign", assignee=str(second_agent.pk))

    assert outcomes() == [("done", ""), ("skipped", "forbidden")]


def test_pages_cost_the_same_with_few_and_with_many_lines(client, requester, agent):
    def cost(count):
        chosen = services.Selection(tuple(make_ticket(requester).pk for _n in range(count)))
        change = services.BulkChange("category", category="sales")
        visible = Ticket.objects.order_by("pk")
        run = services.start_bulk(visible, change, chosen, actor=agent, now=NOW)
        counts = []
        for url in (run.get_absolute_url(), "/queue/bulk/"):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(url).status_code == 200
            counts.append(len(captured))
        return counts

    cost(1)
    assert cost(1) == cost(40)


def test_lines_of_a_run_are_paged_by_key(client, requester, agent):
    chosen = services.Selection(tuple(make_ticket(requester).pk for _n in range(60)))
    change = services.BulkChange("category", category="sales")
    run = services.start_bulk(Ticket.objects.order_by("pk"), change, chosen, actor=agent, now=NOW)

    first = read(client.get(run.get_absolute_url()))
    second = read(client.get(run.get_absolute_url() + first.one("a[rel=next]")["href"]))

    numbers = [
        [each.text for each in page.all(".bulk-ticket bdi[dir=ltr]")] for page in (first, second)
    ]
    assert [len(each) for each in numbers] == [50, 10]
    assert not set(numbers[0]) & set(numbers[1])
