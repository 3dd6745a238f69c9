"""Presence: whom an agent's page of a ticket names, and that customers learn nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_agent
from tickets import services
from tickets.models import Viewing

pytestmark = pytest.mark.django_db
GONE = timedelta(seconds=40)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


class Page:
    """An agent's open page of a ticket, which says what its reader does."""

    def __init__(self, client, ticket):
        self.client, self.path, self.tag = client, f"/live/{ticket.number}/", ""

    def say(self, activity, page=""):
        return self.client.post(f"{self.path}viewing/", {"activity": activity, "page": page})

    def ask(self, activity="view", page=""):
        assert self.say(activity, page).status_code in {204, 404}
        return self.poll()

    def poll(self):
        response = self.client.get(self.path, headers={"If-None-Match": self.tag})
        self.tag = response.headers["ETag"]
        return response

    def colleagues(self, activity="view"):
        return self.ask(activity).json()["presence"]


@pytest.fixture
def pages(client_of, agent, second_agent, ticket):
    for person, name, language in ((agent, "امیر", "en"), (second_agent, "Sara", "fa")):
        person.name, person.language = name, language
        person.save()
    return Page(client_of(agent), ticket), Page(client_of(second_agent), ticket)


def test_an_agent_is_shown_who_reads_and_who_writes(pages):
    amir, sara = pages
    assert amir.colleagues() == {"writing": "", "viewing": ""}

    assert sara.colleagues() == {"writing": "", "viewing": "امیر در حال دیدن این تیکت است"}
    amir.ask("reply")
    assert sara.colleagues("note")["writing"] == "امیر در حال نوشتن پاسخ است"
    assert amir.colleagues() == {"writing": "Sara is writing a note", "viewing": ""}


def test_a_second_window_of_one_agent_does_not_overwrite_the_first(pages):
    amir, sara = pages
    amir.ask("reply", "one1")
    amir.ask("view", "two2")
    assert sara.colleagues() == {"writing": "امیر در حال نوشتن پاسخ است", "viewing": ""}

    amir.ask("left", "one1")

    assert sara.colleagues() == {"writing": "", "viewing": "امیر در حال دیدن این تیکت است"}


@pytest.mark.parametrize("mark", ["A B", "x" * 5000, "'--", "\u202e"])
def test_a_mark_that_is_none_leaves_one_sign(pages, mark):
    amir, _sara = pages
    amir.ask("view", mark)

    assert Viewing.objects.get().page == ""


def test_several_are_counted(pages, client_of, ticket):
    amir, sara = pages
    sara.ask("reply")
    for name in ("Ali", "Nima"):
        Page(client_of(make_agent(f"{name}@helpdesk.example", name=name)), ticket).ask()
    assert amir.colleagues()["viewing"] == "Ali and Nima are viewing this ticket"

    Page(client_of(make_agent("zoe@helpdesk.example", name="Zoe")), ticket).ask("reply")
    Page(client_of(make_agent("eli@helpdesk.example", name="Eli")), ticket).ask()
    assert amir.colleagues() == {
        "writing": "Sara and Zoe are writing a reply",
        "viewing": "Ali and 2 others are viewing this ticket",
    }


def test_a_colleague_who_comes_goes_or_begins_to_write_is_news(pages):
    amir, sara = pages
    amir.ask()
    for activity, code in (("view", 200), ("view", 304), ("reply", 200), ("left", 200)):
        sara.ask(activity)

        assert amir.ask().status_code == code, activity


def test_who_gives_no_sign_is_gone_within_40_seconds(pages, settings):
    amir, sara = pages
    sara.ask("reply")
    # The page of a colleague learns it at its next poll.
    last = GONE - timedelta(seconds=settings.LIVE_SECONDS)
    with time_machine.travel(NOW + last - timedelta(seconds=1), tick=False):
        assert amir.colleagues()["writing"]
    with time_machine.travel(NOW + last, tick=False):
        answer = amir.ask()

    assert answer.status_code == 200
    assert answer.json()["presence"] == {"writing": "", "viewing": ""}


def test_one_missed_poll_of_slow_pages_makes_nobody_go(pages, settings):
    settings.LIVE_SECONDS = 60
    amir, sara = pages
    sara.ask()

    with time_machine.travel(NOW + timedelta(seconds=2 * 66), tick=False):
        assert amir.colleagues()["viewing"]


@pytest.mark.parametrize("activity", ["", "sleep", "view'--", "\x00", "x" * 5000])
def test_a_page_that_says_nothing_known_leaves_no_sign(pages, activity):
    pages[0].ask(activity)

    assert not Viewing.objects.exists()


def test_a_page_that_is_asked_for_again_leaves_no_sign(pages):
    amir, _sara = pages
    amir.poll()
    with CaptureQueriesContext(connection) as queries:
        assert amir.poll().status_code == 304

    assert len(queries) == 1
    assert not Viewing.objects.exists()
    assert amir.client.get(f"{amir.path}viewing/").status_code == 405


def test_a_sign_changes_no_ticket_and_costs_few_statements(pages, ticket):
    amir, sara = pages
    amir.ask()
    before = ticket.events.count(), type(ticket).objects.filter(pk=ticket.pk).values().get()

    with CaptureQueriesContext(connection) as queries:
        assert amir.say("view").status_code == 204

    assert [each["sql"].split()[0] for each in queries] == ["SELECT"] * 3 + ["INSERT"]
    sara.ask("reply")
    assert before == (
        ticket.events.count(),
        type(ticket).objects.filter(pk=ticket.pk).values().get(),
    )


def test_customers_neither_learn_of_presence_nor_leave_any(client_of, pages, requester, ticket):
    amir, _sara = pages
    customer = Page(client_of(requester), ticket)
    first = customer.ask("view").json()

    amir.ask("reply")

    assert "presence" not in first
    assert customer.ask("reply").status_code == 304
    assert not Viewing.objects.filter(user=requester).exists()


def test_old_signs_are_swept(pages):
    pages[0].ask()

    assert services.sweep_viewings(NOW) == 0
    assert services.sweep_viewings(NOW + GONE) == 1
