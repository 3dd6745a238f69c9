"""The member's home, list and ticket page: what is on them, for whom, at what cost."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations.models import Membership, Organization
from organizations.services import work_in
from plans.models import Priority
from tests.copies import copies_of
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_member,
    make_organization,
    make_pending_file,
    make_ticket,
)
from tests.pages import read, tickets_on
from tickets import services
from tickets.choices import Status
from tickets.models import Watcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]


@pytest.fixture(autouse=True)
def _in_english(requester, colleague, outsider):
    for person in (requester, colleague, outsider):
        person.language = "en"
        person.save()


def text_of(response):
    return response.content.decode()


rows_of = tickets_on


# --- Who comes to which page ------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/new/", "/tickets/KT-1/"])
def test_strangers_are_led_to_sign_in_and_back(client, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/new/"])
def test_staff_find_nothing_on_the_members_pages(client_of, agent, settings, path):
    settings.STAFF_SECOND_FACTOR = "optional"

    assert client_of(agent).get(path).status_code == 404


def test_a_colleague_reads_and_writes_on_the_requesters_ticket(client_of, requester, colleague):
    ticket = make_ticket(requester)

    page = client_of(colleague).get(ticket.get_absolute_url())

    assert page.status_code == 200
    assert read(page).one("#composer textarea[name=body]")


@pytest.mark.parametrize("action", ["", "reply/", "close/", "reopen/", "priority/"])
def test_a_ticket_of_others_is_as_missing_as_one_that_never_was(
    client_of, requester, outsider, action
):
    ticket = make_ticket(requester)
    client = client_of(outsider)
    send = client.post if action else client.get

    theirs = send(f"{ticket.get_absolute_url()}{action}", {"body": "hello"})
    nobodys = send(f"/tickets/KT-999999/{action}", {"body": "hello"})

    assert theirs.status_code == nobodys.status_code == 404
    assert len(theirs.content) == len(nobodys.content)
    assert ticket.messages.count() == 1


@pytest.mark.parametrize(
    "number", ["KT-0", "KT-01", "kt-1", "XX-1", "KT-1x", "KT-99999999999999999999", "KT--1"]
)
def test_what_is_no_number_is_not_found(client_of, requester, number):
    assert client_of(requester).get(f"/tickets/{number}/").status_code == 404


def test_a_plain_member_of_a_restricted_organization_sees_own_and_watched_only(
    client_of, organization, requester, colleague
):
    organization.is_restricted = True
    organization.save()
    hidden, own = make_ticket(requester), make_ticket(colleague)
    watched = make_ticket(requester)
    Watcher.objects.create(ticket=watched, user=colleague, added_by=requester, added_at=NOW)
    client = client_of(colleague)

    listed = client.get("/tickets/")

    assert rows_of(listed) == [watched.pk, own.pk]
    assert "of=mine" not in text_of(listed)
    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.get(watched.get_absolute_url()).status_code == 200


def test_somebody_without_an_organization_gets_an_explanation(client_of, colleague):
    Membership.objects.filter(user=colleague).delete()
    client = client_of(colleague)

    pages = [client.get(path) for path in ("/", "/tickets/", "/tickets/new/")]

    assert {page.status_code for page in pages} == {200}
    assert all("You are not a member of any organization" in text_of(page) for page in pages)


# --- Home -------------------------------------------------------------------------------------


def test_home_shows_first_what_waits_for_the_reader(client_of, requester, colleague, agent):
    waiting = make_awaiting_customer(requester, agent, title="Waits for me")
    make_awaiting_customer(colleague, agent, title="Waits for a colleague")

    page = client_of(requester).get("/")

    assert tickets_on(page, ".turn") == [waiting.pk]
    assert "closes automatically in 48 h" in text_of(page)
    assert "Developer" in text_of(page)


def test_an_empty_home_links_to_the_first_ticket(client_of, requester):
    page = client_of(requester).get("/")

    assert "No tickets yet" in text_of(page)
    assert reverse("tickets:new") in text_of(page)


# --- The list ---------------------------------------------------------------------------------


def test_the_list_is_of_the_organization_one_works_in(client_of, requester, other_organization):
    here = make_ticket(requester)
    Membership.objects.create(user=requester, organization=other_organization, joined_at=NOW)
    work_in(requester, here.organization)
    there = make_ticket(again(requester), organization=other_organization)
    client = client_of(requester)

    first = client.get("/tickets/")
    client.post(reverse("work_in"), {"organization": other_organization.pk, "next": "/tickets/"})
    second = client.get("/tickets/")

    assert rows_of(first) == [here.pk]
    assert rows_of(second) == [there.pk]


def test_the_latest_public_change_comes_first(client_of, requester, agent):
    older, newer = make_ticket(requester), make_ticket(requester)
    services.reply_as_agent(
        older, actor=agent, content=make_content(), now=NOW + timedelta(minutes=1)
    )

    page = client_of(requester).get("/tickets/")

    assert rows_of(page) == [older.pk, newer.pk]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=گواهي", ["certificate"]),
        ("?q=KT-{certificate}", ["certificate"]),
        ("?q=only+in+the+text", ["disk"]),
        ("?status=closed", ["closed"]),
        ("?status=open", ["disk", "certificate"]),
        ("?of=mine", ["closed", "certificate"]),
        ("?q=no+such+words", []),
        ("?status=nonsense&of=yours&status__in=closed", ["closed", "disk", "certificate"]),
        ("?q=%00&after=x&before=-9_9", ["closed", "disk", "certificate"]),
        ("?q=%FF%FE", []),
        ("?after=99999999999999999999_1", ["closed", "disk", "certificate"]),
        ("?before=9223372036854775807_1", ["closed", "disk", "certificate"]),
        ("?q=" + "ک" * 5000, []),
    ],
)
def test_the_list_narrows_by_words_it_knows_and_passes_over_others(
    client_of, requester, colleague, agent, query, expected
):
    tickets = {
        "certificate": make_ticket(requester, title="گواهی منقضی شد"),
        "disk": make_ticket(colleague, description="It is only in the text."),
        "closed": make_closed(requester, agent, title="Domain"),
    }

    page = client_of(requester).get(
        "/tickets/" + query.format(certificate=tickets["certificate"].pk)
    )

    assert page.status_code == 200
    assert rows_of(page) == [tickets[name].pk for name in expected]


def at(moment):
    """The columns by which a list of tickets is ordered."""
    return {
        "created_at": moment,
        "updated_at": moment,
        "public_updated_at": moment,
        "last_public_message_at": moment,
    }


def test_pages_follow_each_other_and_lead_back(client_of, organization, requester):
    newest = make_ticket(requester)
    older = copies_of(
        newest, 29, vary=lambda number: at(NOW - timedelta(minutes=(number + 1) // 2))
    )
    client = client_of(requester)

    first = client.get("/tickets/?status=open")
    second = client.get("/tickets/" + read(first).neighbour("next"))
    back = client.get("/tickets/" + read(second).neighbour("prev"))

    in_order = sorted([newest, *older], key=lambda each: (each.created_at, each.pk), reverse=True)
    assert rows_of(first) + rows_of(second) == [each.pk for each in in_order]
    assert len(rows_of(first)) == 25
    assert rows_of(back) == rows_of(first)
    assert read(first).neighbour("prev") is None
    assert read(second).neighbour("next") is None
    assert "status=open" in read(first).neighbour("next")


@pytest.mark.parametrize("path", ["/", "/tickets/"])
def test_a_list_costs_the_same_with_one_row_and_with_thirty(
    client_of, requester, colleague, agent, path
):
    make_ticket(requester)
    make_awaiting_customer(requester, agent)
    client = client_of(requester)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for maker in (requester, colleague):
        for each in (make_ticket(maker), make_awaiting_customer(maker, agent)):
            copies_of(each, 14, vary=lambda number: {"priority": list(Priority)[number % 5]})

    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(many) == len(few)
    # Among them the count of the bell and the mark by which the page learns of news.
    assert len(many) <= 10


def test_a_filter_that_finds_nothing_costs_what_one_that_finds_something_does(client_of, requester):
    make_ticket(requester)
    client, costs = client_of(requester), []
    for status in ("awaiting_response", "awaiting_response", "in_progress"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/tickets/?status={status}")
        costs.append(len(asked))

    assert costs[1] == costs[2]


# --- The page of a ticket ---------------------------------------------------------------------


def test_the_page_costs_the_same_however_long_the_conversation(client_of, requester, agent):
    ticket = make_ticket(requester)
    client = client_of(requester)
    client.get(ticket.get_absolute_url())
    with CaptureQueriesContext(connection) as short:
        client.get(ticket.get_absolute_url())
    for _turn in range(5):
        file = make_pending_file(requester)
        services.reply_as_customer(
            ticket, actor=requester, content=make_content(files=[file]), now=NOW
        )
        services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)

    with CaptureQueriesContext(connection) as long:
        client.get(ticket.get_absolute_url())

    assert len(long) == len(short)


def test_a_new_ticket_says_until_when_it_is_answered(client_of, requester):
    ticket = make_ticket(requester, now=NOW)

    page = text_of(client_of(requester).get(ticket.get_absolute_url()))

    # Saturday 10:00 and 24 working hours of 9 a day: Monday 16:00.
    assert "You get an answer before Mon 4 May 16:00" in page


def test_the_customers_turn_shows_what_is_left_and_both_actions(client_of, requester, agent):
    ticket = make_awaiting_customer(requester, agent)

    with time_machine.travel(NOW + timedelta(hours=4, minutes=45), tick=False):
        page = text_of(client_of(requester).get(ticket.get_absolute_url()))

    assert "Your turn: 43 h 15 min left" in page
    assert "I still have a problem" in page
    assert reverse("tickets:close", args=[ticket]) in page


def test_a_ticket_filed_by_support_says_so_without_naming_the_agent(client_of, requester, agent):
    ticket = make_ticket(requester, opened_by=agent)

    page = text_of(client_of(requester).get(ticket.get_absolute_url()))

    assert "Filed by support for" in page
    assert agent.name not in page


@pytest.mark.parametrize("status", list(Status))
def test_only_moves_that_are_open_are_shown(client_of, requester, agent, status):
    ticket = {
        Status.AWAITING_RESPONSE: lambda: make_ticket(requester),
        Status.IN_PROGRESS: lambda: services.accept(make_ticket(requester), actor=agent, now=NOW),
        Status.AWAITING_CUSTOMER: lambda: make_awaiting_customer(requester, agent),
        Status.CLOSED: lambda: make_closed(requester, agent),
    }[status]()

    page = text_of(client_of(requester).get(ticket.get_absolute_url()))

    is_open = status != Status.CLOSED
    assert (reverse("tickets:close", args=[ticket]) in page) is is_open
    assert (reverse("tickets:priority", args=[ticket]) in page) is is_open
    assert (reverse("tickets:reopen", args=[ticket]) in page) is not is_open
    assert ('value="thanks"' in page) is not is_open


def test_a_suspended_organization_reads_and_sees_why_it_cannot_write(
    client_of, organization, requester, admin
):
    ticket = make_ticket(requester)
    Organization.objects.filter(pk=organization.pk).update(suspended_at=NOW)
    client = client_of(requester)

    pages = [client.get(path) for path in ("/", "/tickets/", "/tickets/new/")]
    page = client.get(ticket.get_absolute_url())

    for each in [*pages, page]:
        assert each.status_code == 200
        assert "is suspended" in text_of(each)
        for action in ("reply", "close", "reopen", "priority"):
            assert f'action="{ticket.get_absolute_url()}{action}' not in text_of(each)
        assert 'name="description"' not in text_of(each)


def test_what_people_write_is_shown_as_text(client_of, organization, requester):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    named = make_member(organization, "hostile@pars.example", name=hostile[:80])
    ticket = make_ticket(named, title=hostile, description=hostile)
    client = client_of(requester)

    pages = [text_of(client.get(path)) for path in ("/", "/tickets/", ticket.get_absolute_url())]

    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_pages_are_kept_by_nobody_between(client_of, requester):
    response = client_of(requester).get("/tickets/")

    assert "no-store" in response.headers["Cache-Control"]
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]


def test_a_foreign_organization_is_not_shown_in_the_switch(client_of, requester):
    make_organization("Somebody Else")

    assert "Somebody Else" not in text_of(client_of(requester).get("/tickets/"))
