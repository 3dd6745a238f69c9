"""The member's list: order, pages, filters, numbers, what is remembered and what is new."""

from datetime import timedelta
from itertools import product
from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.models import Priority
from tests.copies import copies_of
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_ticket,
)
from tests.pages import read, tickets_on
from tickets import services
from tickets.choices import Category
from tickets.lists.pages import page_by_key
from tickets.models import ListPreference, Sighting, Ticket, Watcher
from tickets.portal.columns import HIDEABLE
from tickets.portal.query import PortalQuery
from tickets.querysets.list_order import COLUMNS
from tickets.search.folding import alphabetical

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]
MINUTE = timedelta(minutes=1)
LIST = "/tickets/"


@pytest.fixture(autouse=True)
def _in_english(requester, colleague, outsider):
    for person in (requester, colleague, outsider):
        person.language = "en"
        person.save()


def text_of(response):
    return response.content.decode()


def listed(response):
    return tickets_on(response, ".ticket-table")


def unread(response):
    return tickets_on(response, ".ticket-table tr.unread")


def place(response):
    """Where in the list a page says that it is."""
    return read(response).all(".pager span")[0].text


def kept_view(response):
    """The view that a page would keep, the rows of a page, and the columns that are hidden."""
    form = read(response).one("form[data-keep-form]")
    boxes = form.all("input[name=column]")
    hidden = {each["value"] for each in boxes if each.value is None}
    return form.field("view"), int(form.field("rows")), hidden


def rows_by_hand(organization, requester, count, draw=lambda n: {}):
    """Open tickets as rows, without their stories: enough for orders and pages."""
    made = []
    for n in range(count):
        fields = {"title": f"Ticket {n}", "category": "technical"} | draw(n)
        fields |= {"title_place": alphabetical(fields["title"].casefold())}
        moment = fields.pop("moment", NOW)
        fields.setdefault("due_soon_at", fields.get("due_at"))
        made.append(
            Ticket(
                organization=organization,
                requester=requester,
                opened_by=requester,
                title_folded=fields["title"].casefold(),
                created_at=moment,
                updated_at=moment,
                public_updated_at=moment,
                last_public_message_at=moment,
                waiting_since=moment,
                queue_band=1,
                queue_at=moment,
                **fields,
            )
        )
    return Ticket.objects.bulk_create(made)


# --- Order and pages --------------------------------------------------------------------------

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(["آب", "پول", "چای", "گاو", "disk", "Disk", ""]),
            "priority": st.sampled_from(Priority.values),
            "category": st.sampled_from(Category.values),
            "support_spoke_last": st.booleans(),
            "due_at": st.sampled_from([None, NOW, NOW + MINUTE, NOW + 2 * MINUTE]),
            "moment": st.sampled_from([NOW, NOW + MINUTE]),
        }
    ),
    max_size=14,
)


@pytest.mark.parametrize("column", COLUMNS)
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, size=st.integers(1, 5))
def test_all_pages_give_each_ticket_once_in_every_order_and_back(
    organization, requester, column, rows, size
):
    Ticket.objects.all().delete()
    made = rows_by_hand(organization, requester, len(rows), rows.__getitem__)

    rising = walk(PortalQuery(sort=column), size)
    falling = walk(PortalQuery(sort=f"-{column}"), size)

    # Those without a due stand last in both directions, in themselves turned round as well.
    last = {each.pk for each in made if column == "due" and each.due_at is None}
    assert sorted(rising) == sorted(ticket.pk for ticket in made)
    assert set(rising[len(rising) - len(last) :]) == last
    turned = rising[::-1]
    assert falling == turned[len(last) :] + turned[: len(last)]


def walk(wanted, size):
    """The numbers of all pages from first to last; on the way back each page is the same."""
    tickets = Ticket.objects.sorted_by(wanted.column, falling=wanted.is_falling)

    def turn(query):
        return page_by_key(tickets, dict(parse_qsl(query or "")), order=wanted.order, size=size)

    pages = [turn(None)]
    while pages[-1].next_query:
        pages.append(turn(pages[-1].next_query))
    page = pages[-1]
    for earlier in reversed(pages[:-1]):
        page = turn(page.previous_query)
        assert page.rows == earlier.rows
    assert page.previous_query is None
    return [ticket.pk for page in pages for ticket in page.rows]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("number", ["low", "critical", "urgent"]),
        ("-number", ["urgent", "critical", "low"]),
        ("priority", ["low", "urgent", "critical"]),
        ("-priority", ["critical", "urgent", "low"]),
        ("title", ["critical", "low", "urgent"]),
        ("due", ["low", "critical", "urgent"]),
        ("-due", ["critical", "low", "urgent"]),
        ("category", ["urgent", "low", "critical"]),
    ],
)
def test_each_column_sorts_by_its_meaning(client_of, organization, requester, sort, expected):
    fields = [
        {"priority": "low", "title": "پول", "due_at": NOW, "category": "technical"},
        {"priority": "critical", "title": "بار", "due_at": NOW + MINUTE, "category": "sales"},
        {"priority": "urgent", "title": "تیر", "due_at": None, "category": "activation"},
    ]
    rows_by_hand(organization, requester, 3, fields.__getitem__)

    page = client_of(requester).get(f"{LIST}?sort={sort}")

    assert [Ticket.objects.get(pk=pk).priority for pk in listed(page)] == expected


def test_a_head_says_how_the_list_is_sorted_and_turns_it_round(client_of, requester):
    make_ticket(requester)

    page = client_of(requester).get(f"{LIST}?sort=-priority")

    assert text_of(page).count("aria-sort") == 1
    assert 'aria-sort="descending"' in text_of(page)
    assert 'href="?sort=priority"' in text_of(page)


def test_numbers_say_where_one_is(client_of, organization, requester):
    rows_by_hand(organization, requester, 147)
    client = client_of(requester)

    first = client.get(f"{LIST}?rows=10")
    second = client.get(LIST + read(first).neighbour("next"))
    back = client.get(LIST + read(second).neighbour("prev"))

    assert [place(page) for page in (first, second, back)] == [
        "1–10 of 147",
        "11–20 of 147",
        "1–10 of 147",
    ]
    assert len(listed(second)) == 10


def test_a_thousand_are_counted_no_farther(client_of, organization, requester):
    rows_by_hand(organization, requester, 1003)
    client = client_of(requester)
    last = Ticket.objects.order_by("pk")[1]

    first = client.get(f"{LIST}?sort=-number")
    far = client.get(f"{LIST}?sort=-number&after={last.pk}")

    assert place(first) == "1–25 of more than 999"
    assert place(far) == "Beyond the first 1,000"
    assert len(listed(far)) == 1


def test_behind_the_last_row_there_is_the_first_page(client_of, requester):
    ticket = make_ticket(requester)

    page = client_of(requester).get(f"{LIST}?sort=number&after={ticket.pk + 5}")

    assert listed(page) == [ticket.pk]


KEYS = ["", "x", "1", "1_1", "-1_5", "00ff_3", "0g_1", "9" * 19 + "_1", "1_1_1", "%00_1", "²_1"]


@pytest.mark.parametrize("sort", [*COLUMNS, "password", "-", "--number", "organization__plan"])
def test_no_key_and_no_order_breaks_the_list(client_of, requester, sort):
    ticket = make_ticket(requester)
    wanted = PortalQuery.from_address(urlencode({"sort": sort}))
    tickets = Ticket.objects.sorted_by(wanted.column, falling=wanted.is_falling)

    for name, key in product(["after", "before"], KEYS):
        page = page_by_key(tickets, {name: key}, order=wanted.order, size=25)

        assert page.rows == [ticket], key
    assert listed(client_of(requester).get(f"{LIST}?sort={sort}&after=x")) == [ticket.pk]


@pytest.mark.parametrize("key", KEYS)
def test_no_key_of_the_address_breaks_the_list(client_of, requester, key):
    ticket = make_ticket(requester)

    page = client_of(requester).get(f"{LIST}?sort=number&after={key}&before={key}")

    assert listed(page) == [ticket.pk]


# --- Filters ----------------------------------------------------------------------------------


@pytest.fixture
def few(requester, colleague, agent):
    """Tickets of all sorts by a name each."""
    long_ago = NOW - timedelta(days=40)
    return {
        "mine": make_ticket(requester, priority="low", category="financial"),
        "theirs": make_ticket(colleague, now=NOW - timedelta(days=3), priority="high"),
        "answered": make_awaiting_customer(colleague, agent, now=NOW - timedelta(days=1)),
        "old": make_closed(requester, agent, now=long_ago),
        "late": make_ticket(requester, now=NOW - timedelta(days=20)),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=open", {"mine", "theirs", "answered", "late"}),
        ("status=awaiting_customer", {"answered"}),
        ("priority=low", {"mine"}),
        ("category=financial", {"mine"}),
        ("updated=today", {"mine"}),
        ("updated=week", {"mine", "theirs", "answered"}),
        ("updated=month", {"mine", "theirs", "answered", "late"}),
        ("updated=older", {"old"}),
        ("speaker=support", {"answered", "old"}),
        ("speaker=us", {"mine", "theirs", "late"}),
        ("due=over", {"late"}),
        ("due=promised", {"mine", "late"}),
        ("due=none", {"theirs", "answered", "old"}),
        ("of=mine", {"mine", "old", "late"}),
        ("of=mine&status=open&due=over", {"late"}),
    ],
)
def test_each_column_filters(client_of, requester, few, query, expected):
    page = client_of(requester).get(f"{LIST}?{query}")

    assert set(listed(page)) == {few[name].pk for name in expected}
    assert query.rpartition("=")[2] in text_of(page)


def test_filters_and_order_go_along_through_search_and_pages(client_of, organization, requester):
    rows_by_hand(organization, requester, 30, lambda n: {"due_at": NOW, "title": f"disk {n}"})
    client = client_of(requester)

    page = client.get(f"{LIST}?q=DISK&due=promised&sort=title&rows=10&hide=category")

    for query in (read(page).neighbour("next").removeprefix("?"), kept_view(page)[0]):
        asked = dict(parse_qsl(query))
        assert (
            asked.items()
            >= {
                "q": "DISK",
                "due": "promised",
                "sort": "title",
                "rows": "10",
                "hide": "category",
            }.items()
        )
    assert '<input type="hidden" name="due" value="promised">' in text_of(page)


STRANGE = ["", "x" * 3000, "-1", "%00", "%ff", "open__in", "'--", "[]"]


NAMES = [each.parameter for each in PortalQuery.filters.values()] + ["view"]


@pytest.mark.parametrize("value", STRANGE)
def test_what_is_not_known_is_passed_over(value, client_of, requester):
    make_ticket(requester)
    query = "&".join(f"{name}={value}" for name in NAMES if name != "q")

    assert client_of(requester).get(f"{LIST}?q={value}").status_code == 200
    assert client_of(requester).get(f"{LIST}?{query}").status_code == 200


@pytest.mark.full
@pytest.mark.parametrize("value", STRANGE)
def test_what_is_not_known_is_passed_over_alone_too(value, client_of, requester):
    make_ticket(requester)
    client = client_of(requester)

    for name in NAMES:
        assert client.get(f"{LIST}?{name}={value}").status_code == 200, name


def test_filters_ask_for_nothing_outside_the_organization(client_of, requester, outsider):
    make_ticket(outsider, title="Secret of Arya")

    for query in ("?q=secret", "?status=open", "?sort=title", "?organization=arya"):
        assert "Secret" not in text_of(client_of(requester).get(LIST + query))


def test_where_nothing_fits_there_is_a_way_out(client_of, requester, colleague):
    make_ticket(requester)

    narrowed = text_of(client_of(requester).get(f"{LIST}?status=closed&q=nothing"))
    mine = text_of(client_of(colleague).get(f"{LIST}?of=mine"))

    assert "No matching tickets" in narrowed
    assert "You have not opened any tickets yet" in mine
    assert 'href="?view=all"' in narrowed
    assert 'href="?view=all"' in mine


# --- Columns, rows, and what is remembered ------------------------------------------------------


@pytest.mark.parametrize("column", HIDEABLE)
def test_each_column_but_the_title_can_be_hidden(client_of, requester, column):
    make_ticket(requester)
    client = client_of(requester)
    cell = {"speaker": "Last message:", "number": 'class="k-id"'}.get(column, f'class="k-{column}')

    shown, hidden = client.get(LIST), client.get(f"{LIST}?hide={column}")

    assert cell in text_of(shown)
    assert cell not in text_of(hidden)


def test_what_is_chosen_is_remembered_for_the_next_time(client_of, requester):
    client = client_of(requester)
    shown = [name for name in HIDEABLE if name != "category"]

    sent = client.post(
        reverse("tickets:keep"),
        {
            "view": "q=x&status=open&sort=-priority",
            "columns": "1",
            "column": shown,
            "rows": "10",
        },
    )
    bare = client.get(LIST)

    kept = "status=open&sort=-priority&rows=10&hide=category"
    assert sent.url == f"{LIST}?q=x&{kept}"
    assert bare.url == f"{LIST}?{kept}"


def test_a_list_that_somebody_links_to_has_the_readers_columns(client_of, requester):
    make_ticket(requester)
    client = client_of(requester)
    client.post(reverse("tickets:keep"), {"view": "?rows=10&hide=due&status=closed"})

    page = client.get(f"{LIST}?status=open")
    explicit = client.get(f"{LIST}?status=open&rows=25&hide=")

    view, rows, hidden = kept_view(page)
    assert (rows, hidden, dict(parse_qsl(view))["status"]) == (10, {"due"}, "open")
    assert kept_view(explicit)[:2] == ("status=open&rows=25&hide=", 25)


def test_what_was_remembered_is_of_one_person_and_can_be_taken_back(
    client_of, requester, colleague
):
    client = client_of(requester)
    client.post(reverse("tickets:keep"), {"view": "status=closed"})

    theirs = client_of(colleague).get(LIST)
    client.post(reverse("tickets:keep"), {"view": "?view=all"})

    assert theirs.status_code == 200
    assert client.get(LIST).status_code == 200
    assert ListPreference.objects.get().query == ""


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"view": "\0" * 9},
        {"view": "%ff=%ff&&&="},
        {"view": "status=" + "x" * 5000},
        {"view": "//evil.example/"},
        {"rows": "11"},
        {"rows": "²"},
        {"columns": "1"},
    ],
)
def test_nothing_that_is_sent_breaks_what_is_remembered(client_of, requester, data):
    client = client_of(requester)

    sent = client.post(reverse("tickets:keep"), data)

    assert sent.url.startswith(f"{LIST}?")
    assert client.get(sent.url).status_code == 200
    assert client.get(LIST, follow=True).status_code == 200


def test_looking_remembers_nothing(client_of, requester):
    client_of(requester).get(f"{LIST}?status=closed&rows=50")

    assert not ListPreference.objects.exists()


# --- The menu of a row --------------------------------------------------------------------------


def test_the_menu_has_what_may_be_done(client_of, requester, agent):
    make_ticket(requester, title="Open one")
    closed = make_closed(requester, agent, title="Closed one")

    page = text_of(client_of(requester).get(LIST))

    assert page.count('data-dialog="close-dialog"') == 1
    assert f'formaction="{closed.get_absolute_url()}reopen/"' in page


def test_closing_from_the_list_asks_and_leads_back_to_the_same_place(client_of, requester):
    tickets = [make_ticket(requester) for _ in range(12)]
    client = client_of(requester)
    first = client.get(f"{LIST}?status=open&rows=10")
    at = LIST + read(first).neighbour("next")
    page = client.get(at)
    closing = f"{tickets[0].get_absolute_url()}close/"
    (link,) = (each["href"] for each in read(page).all("td a") if closing in each["href"])

    asked = client.get(link)
    sent = client.post(closing, dict(parse_qsl(link.partition("?")[2])), follow=False)

    assert escape(link) in text_of(page)
    assert tickets[0].title in text_of(asked)
    assert sent.url == at
    assert again(tickets[0]).is_closed


@pytest.mark.parametrize("view", ["//evil.example", "https://evil.example", "\r\nX: y", "a=b"])
def test_the_way_back_leads_to_the_list_only(client_of, requester, view):
    ticket = make_ticket(requester)

    sent = client_of(requester).post(
        f"{ticket.get_absolute_url()}close/", {"next": "list", "view": view}
    )

    assert sent.url == LIST


# --- What is new --------------------------------------------------------------------------------


def see(client, ticket, until=None):
    until = until or again(ticket).public_updated_at
    return client.post(reverse("tickets:seen", args=[ticket]), {"until": until.isoformat()})


def test_what_support_did_is_new_until_it_was_seen(client_of, requester, agent):
    ticket = make_ticket(requester)
    client = client_of(requester)
    before = unread(client.get(LIST))

    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW + MINUTE)
    answered, home = client.get(LIST), client.get("/")
    sent = see(client, ticket)

    assert before == []
    assert unread(answered) == unread(home) == [ticket.pk]
    assert "New</b>" in text_of(answered)
    assert sent.url == ticket.get_absolute_url()
    assert unread(client.get(LIST)) == []


def test_opening_the_page_alone_marks_nothing(client_of, requester, agent):
    ticket = make_awaiting_customer(requester, agent, now=NOW + MINUTE)
    services.resume(ticket, actor=agent, now=NOW + 2 * MINUTE)
    client = client_of(requester)

    page = client.get(ticket.get_absolute_url())

    assert "data-marks-seen" in text_of(page)
    assert unread(client.get(LIST)) == [ticket.pk]


def test_what_one_does_is_never_new_to_oneself_but_to_those_who_follow(
    client_of, requester, colleague
):
    ticket = make_ticket(requester)
    see(client_of(colleague), ticket)

    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW + MINUTE)

    assert unread(client_of(requester).get(LIST)) == []
    assert unread(client_of(colleague).get(LIST)) == [ticket.pk]


def test_a_ticket_filed_for_somebody_is_new_to_them_and_to_watchers_alone(
    client_of, requester, colleague, agent
):
    filed = make_ticket(requester, opened_by=agent)
    watched = make_ticket(requester)
    Watcher.objects.create(ticket=watched, user=colleague, added_by=requester, added_at=NOW)

    assert unread(client_of(requester).get(LIST)) == [filed.pk]
    assert unread(client_of(colleague).get(LIST)) == [watched.pk]


def test_nothing_internal_makes_a_mark(client_of, requester, agent, second_agent):
    ticket = make_ticket(requester)
    services.accept(ticket, actor=agent, now=NOW + MINUTE)
    client = client_of(requester)
    see(client, ticket)
    listed_before = text_of(client.get(LIST))

    services.add_note(
        ticket, actor=agent, content=make_content("only for us"), now=NOW + 2 * MINUTE
    )
    services.assign(ticket, actor=agent, to=second_agent, now=NOW + 3 * MINUTE)

    page = client.get(LIST)
    assert unread(page) == []
    assert without_tokens(text_of(page)) == without_tokens(listed_before)


def without_tokens(text):
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


def test_a_page_that_was_rendered_earlier_marks_only_what_it_showed(client_of, requester, agent):
    ticket = make_ticket(requester)
    rendered_at = again(ticket).public_updated_at
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW + MINUTE)
    client = client_of(requester)

    see(client, ticket, until=rendered_at)
    still_new = unread(client.get(LIST))
    see(client, ticket, until=NOW + timedelta(days=999))
    see(client, ticket, until=rendered_at)

    assert still_new == [ticket.pk]
    assert unread(client.get(LIST)) == []
    assert Sighting.objects.get(user=requester).seen_at == NOW + MINUTE


@pytest.mark.parametrize("until", ["", "yesterday", "0", "9" * 30, "2026-13-01T00:00:00"])
def test_a_moment_that_is_none_marks_nothing(client_of, requester, agent, until):
    ticket = make_ticket(requester, opened_by=agent)

    sent = client_of(requester).post(reverse("tickets:seen", args=[ticket]), {"until": until})

    assert sent.status_code == 400
    assert not Sighting.objects.exists()


# --- Home and cost ------------------------------------------------------------------------------


def test_home_shows_the_plan_with_its_response_times(client_of, requester):
    page = text_of(client_of(requester).get("/"))

    assert "Normal 24 working hours" in page
    assert "no commitment: Critical, Urgent, High" in page


def test_more_than_fits_of_what_waits_is_one_press_away(client_of, requester, agent):
    for _ in range(6):
        make_awaiting_customer(requester, agent)

    home, first = client_of(requester).get("/"), client_of(requester).get(LIST)

    assert len(read(home).all(".turn")) == 3
    assert len(read(first).all(".turn")) == 2
    assert f"{LIST}?status=awaiting_customer" in text_of(home)


@pytest.mark.parametrize("sort", ["-updated", "title", "due", "-priority"])
def test_an_order_costs_the_same_with_one_row_and_with_thirty(
    client_of, requester, colleague, agent, sort
):
    query = urlencode({"sort": sort, "status": "open", "q": "سرور"})
    make_ticket(requester)
    client = client_of(requester)
    client.get(f"{LIST}?{query}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{LIST}?{query}")
    for maker in (requester, colleague):
        copies_of(
            make_ticket(maker), 15, vary=lambda number: {"priority": list(Priority)[number % 5]}
        )

    with CaptureQueriesContext(connection) as many:
        client.get(f"{LIST}?{query}")

    assert len(many) == len(few)
    # One of them for the mark by which the open page knows of news. A search asks twice more: how
    # common the word is, and which tickets have it.
    assert len(many) <= 10 + 2
