"""The list of the queue made one's own: filters of several values, orders, columns and rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_closed, make_member, make_organization, make_ticket
from tests.pages import read, tickets_on
from tickets import services
from tickets.models import ListPreference, Ticket
from tickets.querysets.list_order import OPEN_COLUMNS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock", "english_staff")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USUAL = ["Due", "Number", "Title and last message", "Organization, plan", "Priority", "Status"]
USUAL += ["Assignee, team", "Waiting"]


@pytest.fixture
def reza():
    arya = make_organization("Arya Group", key="arya-group", plan="enterprise")
    return make_member(arya, "reza@group.example", name="Reza Karimi")


def link_of(page):
    """The address by which the head of the numbers sorts."""
    return next(each["href"] for each in read(page).all("th a") if "number" in each["href"])


def heads_of(page):
    heads = [each.text for each in read(page).all(".queue-table thead th")]
    return [text for text in heads if text]  # one column selects


# --- Filters --------------------------------------------------------------------------------------


def test_each_filter_takes_several_values(desk, agent, second_agent, requester, reza):
    old = make_ticket(requester, priority="low", category="sales", now=NOW - 3 * DAY)
    new = make_ticket(reza, priority="urgent", category="financial")
    taken = make_ticket(reza, priority="normal", category="technical", now=NOW - 2 * HOUR)
    services.accept(taken, actor=second_agent, now=NOW - 2 * HOUR)
    all_of = {old.pk, new.pk, taken.pk}

    def found(**query):
        return set(tickets_on(desk.get("/queue/", query)))

    assert found(priority="low,urgent") == {old.pk, new.pk}
    assert found(priority=["low", "normal"]) == {old.pk, taken.pk}
    assert found(category="sales,technical") == {old.pk, taken.pk}
    assert found(status="in_progress") == {taken.pk}
    assert found(status="in_progress,awaiting_response") == all_of
    assert found(organization="arya-group,pars") == all_of
    assert found(plan="enterprise") == {new.pk, taken.pk}
    assert found(plan="enterprise,developer") == all_of
    assert found(requester=str(requester.pk)) == {old.pk}
    assert found(requester="REZA@group.example") == {new.pk, taken.pk}
    assert found(assignee=f"nobody,{second_agent.pk}") == all_of
    assert found(assignee=f"me,{second_agent.pk}") == {taken.pk}
    assert found(waiting="24") == {old.pk}
    assert found(waiting="1") == {old.pk, taken.pk}
    assert found(to=f"{NOW - 2 * DAY:%Y-%m-%d}") == {old.pk}
    assert found(**{"from": f"{NOW - DAY:%Y-%m-%d}"}) == {new.pk, taken.pk}


def test_tickets_are_filtered_by_their_rating(desk, agent, requester):
    good, bad, unrated = (make_closed(requester, agent, now=NOW - HOUR) for _each in range(3))
    for ticket, score in ((good, 5), (bad, 1)):
        services.rate(
            ticket, actor=requester, verdict=services.Verdict(is_solved=True, score=score), now=NOW
        )

    def found(rating):
        return set(tickets_on(desk.get("/queue/", {"status": "closed", "rating": rating})))

    assert found("5") == {good.pk}
    assert found("1,5") == {good.pk, bad.pk}
    assert found("0,1") == {bad.pk, unrated.pk}


def test_the_page_of_filters_leads_to_the_list(desk, requester):
    page = read(desk.get("/queue/filter/?priority=low&sort=number"))
    assert page.fields()["priority"] == "low"
    assert page.one("#filter-sort option[selected]")["value"] == "number"
    orders = [each["value"] for each in page.all("#filter-sort option")]
    assert {each.removeprefix("-") for each in orders} == set(OPEN_COLUMNS)
    assert len(orders) == 2 * len(OPEN_COLUMNS)

    response = desk.get(
        "/queue/filter/",
        {"show": 1, "priority": ["low", "urgent"], "requester": requester.email, "sort": "number"},
    )

    assert response.url == f"/queue/?priority=urgent%2Clow&requester={requester.pk}&sort=number"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"requester": "nobody@nowhere.example"}, "requester"),
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-02-31"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
    ],
)
def test_what_means_nothing_is_refused_beside_its_field_and_stays_typed(desk, query, name):
    page = desk.get("/queue/filter/", {"show": 1, **query})

    assert page.status_code == 422
    field = read(page).one(f"#filter-{name}")
    assert field["aria-invalid"] == "true"
    assert field["value"] in {query[name], "01/03/2026", "2026-03-01"}
    assert read(page).texts(".invalid-feedback") != [""]


def test_the_page_of_filters_costs_the_same_for_any_number_of_rows(desk):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/queue/filter/").status_code == 200
        return len(queries)

    desk.get("/queue/filter/")
    of_few = cost()
    for number in range(12):
        make_organization(f"Company {number}")

    assert cost() == of_few


# --- Orders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", OPEN_COLUMNS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_of_every_order_show_each_ticket_once(desk, agent, reza, monkeypatch, column, sign):
    monkeypatch.setattr("tickets.workspace.list.PAGE_SIZE", 3)
    for number, priority in enumerate(["low", "urgent", "critical", "normal"] * 2):
        ticket = make_ticket(
            reza, priority=priority, title=f"T{number % 3}", now=NOW - number * HOUR
        )
        if number % 3 == 0:
            services.accept(ticket, actor=agent, now=NOW)

    pages = [desk.get("/queue/", {"sort": f"{sign}{column}"})]
    while query := read(pages[-1]).neighbour("next"):
        pages.append(desk.get(f"/queue/{query}"))
    back = desk.get(f"/queue/{read(pages[-1]).neighbour('prev')}")

    seen = [pk for page in pages for pk in tickets_on(page)]
    assert len(seen) == len(set(seen)) == 8
    assert tickets_on(back) == tickets_on(pages[-2])


def test_overdue_tickets_are_ordered_by_priority_first(desk, reza):
    low = make_ticket(reza, priority="low", now=NOW - 30 * HOUR)
    critical = make_ticket(reza, priority="critical", now=NOW - 2 * HOUR)
    make_ticket(reza, priority="critical")
    queue = desk.get("/queue/")
    assert tickets_on(queue)[:2] == [low.pk, critical.pk]

    page = desk.get(f"/queue/{read(queue).one('.group-sort')['href']}")

    assert tickets_on(page) == [critical.pk, low.pk]


def test_a_head_sorts_and_turns_the_order_round(desk, reza):
    old, new = make_ticket(reza, now=NOW - HOUR), make_ticket(reza)
    first = desk.get("/queue/")

    newest = desk.get(f"/queue/{link_of(first)}")
    oldest = desk.get(f"/queue/{link_of(newest)}")

    assert tickets_on(newest) == [new.pk, old.pk]
    assert tickets_on(oldest) == [old.pk, new.pk]
    assert read(newest).one("th[aria-sort]").text == "Number"


def test_closed_tickets_are_sorted_only_by_what_has_an_index(desk, agent, reza):
    make_closed(reza, agent)

    page = read(desk.get("/queue/?status=closed&sort=title"))

    links = [each["href"] for each in page.all("th a")]
    assert links == ["?status=closed&sort=-number"]


def test_a_walk_goes_along_in_the_order_of_the_list(desk, reza):
    tickets = [make_ticket(reza, title=title, priority="low") for title in ("B", "C", "A")]

    page = desk.get(f"{tickets[0].get_queue_url()}?list=sort%3Dtitle").content.decode()

    assert f"{tickets[1].get_queue_url()}?list=sort%3Dtitle" in page
    assert f"{tickets[2].get_queue_url()}?list=sort%3Dtitle" in page


# --- Columns and rows -----------------------------------------------------------------------------


def sent(*columns, order=None, **more):
    return {"order": list(order or columns), "column": list(columns), "rows": "", **more}


def test_columns_are_chosen_ordered_and_kept(desk, reza):
    make_ticket(reza)
    assert heads_of(desk.get("/queue/")) == USUAL

    response = desk.post("/queue/columns/", sent("updated", "title", "status", rows="compact"))

    assert response.url == "/queue/"
    page = desk.get("/queue/")
    assert heads_of(page) == ["Last update", "Title and last message", "Status"]
    assert "compact" in read(page).one(".queue-table")["class"]
    desk.post("/queue/columns/", {"reset": "1"})
    assert heads_of(desk.get("/queue/")) == USUAL


def test_without_script_a_button_moves_one_column(desk):
    everything = ["due", "number", "title", "organization", "priority", "status", "assignee"]

    response = desk.post("/queue/columns/", sent(*everything, move="up-number"))

    assert response.url == "/queue/columns/?list=#column-number"
    assert ListPreference.objects.get().query.startswith("columns=number%2Cdue%2Ctitle")


def test_the_columns_of_one_list_stand_in_its_address(desk, reza):
    make_ticket(reza)

    response = desk.post(
        "/queue/columns/", sent("status", "title", list="priority=low,normal", **{"for": "list"})
    )

    assert response.url == "/queue/?priority=normal%2Clow&columns=status%2Ctitle"
    assert heads_of(desk.get(response.url)) == ["Status", "Title and last message"]
    assert heads_of(desk.get("/queue/")) == USUAL


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"order": ["x", "\0", "title", "title"], "column": ["due"]},
        {"order": ["due"], "column": []},
        {"order": ["due"], "column": ["due"], "move": "up-"},
        {"order": ["due"], "column": ["due"], "move": "sideways-due"},
        {"list": "\0&&=" + "x" * 3000, "rows": "huge", "for": "nobody"},
    ],
)
def test_no_form_of_columns_breaks_the_queue(desk, reza, data):
    make_ticket(reza)

    assert desk.post("/queue/columns/", data).status_code == 302

    assert "Title and last message" in heads_of(desk.get("/queue/"))


@pytest.mark.parametrize(
    "kept", ["columns=gone,old", "columns=", "rows=x", "%00", "columns=due,gone"]
)
def test_a_kept_layout_of_another_release_is_read_as_far_as_it_goes(desk, agent, reza, kept):
    make_ticket(reza)
    ListPreference.objects.create(user=agent, query=kept)

    assert heads_of(desk.get("/queue/"))[0] == "Due"


def test_everybody_has_a_layout_of_their_own(desk, client_of, second_agent, reza):
    make_ticket(reza)

    desk.post("/queue/columns/", sent("title"))

    assert heads_of(client_of(second_agent).get("/queue/")) == USUAL
    assert Ticket.objects.count() == 1


def test_a_whole_list_in_any_order_is_selected_for_one_action(desk, agent, reza):
    make_ticket(reza)
    for sort in OPEN_COLUMNS:
        sent = {"list": f"sort={sort}", "whole": "1"}
        page = desk.post("/queue/bulk/", sent)
        assert page.status_code < 500
