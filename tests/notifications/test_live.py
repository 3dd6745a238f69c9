"""What open pages ask again and again: when they are answered 304, and what makes news for whom."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from organizations import services as people
from organizations.models import Organization, Role, User
from tests.factories import NOW, make_content, make_member, make_ticket
from tickets import services
from tickets.models import Event, Watcher

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
QUEUE, TICKETS = "/live/queue/", "/live/tickets/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def of(ticket):
    return f"/live/{ticket.number}/"


class Page:
    """An open page, which names in each request what it has."""

    def __init__(self, client, path):
        self.client, self.path = client, path
        self.first = client.get(path)
        self.tag = self.first.headers["ETag"]

    def ask(self):
        return self.client.get(self.path, headers={"If-None-Match": self.tag})

    @property
    def mark(self):
        return self.client.get(self.path).json()["page"]

    @property
    def has_news(self):
        response = self.ask()
        assert response.status_code in {200, 304}
        self.tag = response.headers["ETag"]
        return response.status_code == 200


@pytest.mark.parametrize("path", ["/live/", QUEUE, "ticket"])
def test_an_agents_page_without_news_is_answered_304_without_a_body(client_of, agent, ticket, path):
    page = Page(client_of(agent), of(ticket) if path == "ticket" else path)

    answer = page.ask()

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["ETag"] == page.tag


def test_a_tag_that_a_proxy_marked_as_weak_counts(client_of, agent, ticket):
    page = Page(client_of(agent), QUEUE)
    page.tag = f"W/{page.tag}"

    assert page.ask().status_code == 304


def test_a_poll_without_news_costs_one_statement(client_of, agent, requester, ticket):
    for person, paths in ((agent, [QUEUE, of(ticket)]), (requester, [TICKETS, of(ticket)])):
        for path in ["/live/", *paths]:
            page = Page(client_of(person), path)
            with CaptureQueriesContext(connection) as queries:
                answer = page.ask()

            assert answer.status_code == 304
            assert len(queries) == 1, path


# Read with every request for who asks and which rows of the bell are of tickets that they see.
NO_FACTS = {"plans_plan", "tickets_ticket"}


def test_a_fact_that_an_answer_has_is_in_the_statement_of_a_poll_too(
    client_of, agent, requester, ticket
):
    """Else open pages learn of it only once something else has changed, minutes later."""
    for person, paths in ((agent, [QUEUE, of(ticket)]), (requester, [TICKETS, of(ticket)])):
        for path in ["/live/", *paths]:
            client = client_of(person)
            page = Page(client, path)
            with CaptureQueriesContext(connection) as polled:
                assert page.ask().status_code == 304
            with CaptureQueriesContext(connection) as answered:
                answer = client.get(path).json()

            statement = "\n".join(each["sql"] for each in polled)
            read = "\n".join(each["sql"] for each in answered if each["sql"].startswith("SELECT"))
            tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', read))
            assert {table for table in tables if table not in statement} <= NO_FACTS, path
            assert set(answer) - {"presence"} == {"person", "page", "bell"}, "add it to polls.py"


def test_a_tag_is_of_one_session_one_person_and_one_page(
    client_of, agent, second_agent, requester, ticket
):
    page = Page(client_of(agent), QUEUE)
    for other in (
        Page(client_of(agent), QUEUE),
        Page(client_of(second_agent), QUEUE),
        Page(client_of(requester), TICKETS),
        Page(page.client, of(ticket)),
    ):
        other.tag = page.tag

        assert other.ask().status_code == 200


def test_a_mark_of_the_bell_that_no_number_can_be_breaks_no_poll(client_of, agent):
    assert client_of(agent).get("/live/", {"bell": "9" * 5000}).status_code == 200


@pytest.mark.parametrize("tag", ["x", '"1.s.0"', '"{0}.s.{1}"', '"{0}.o7.{1}"', '"{0}..{1}"'])
def test_a_tag_that_nobody_gave_is_answered_in_full(client_of, agent, tag):
    page = Page(client_of(agent), QUEUE)
    page.tag = tag.format(agent.pk, "0" * 20)

    answer = page.ask()

    assert answer.status_code == 200
    assert answer.headers["ETag"] == page.first.headers["ETag"]


def test_a_changed_password_ends_polls_of_other_sessions(client_of, agent):
    page = Page(client_of(agent), QUEUE)

    person = User.objects.get(pk=agent.pk)
    person.set_password("another long password")
    person.save()

    assert page.ask().status_code == 401


def test_a_session_that_ran_out_is_no_news_but_the_end(client_of, agent, settings):
    page = Page(client_of(agent), QUEUE)

    with time_machine.travel(NOW + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1), tick=False):
        assert page.ask().status_code == 401


def test_other_rights_and_another_language_are_news(client_of, agent, colleague, requester):
    mine = make_ticket(requester)
    queue = Page(client_of(agent), QUEUE)
    lists = [Page(client_of(colleague), path) for path in (TICKETS, of(mine))]

    User.objects.filter(pk=agent.pk).update(language="en")
    Organization.objects.filter(pk=mine.organization_id).update(is_restricted=True)

    assert queue.has_news
    assert lists[0].has_news
    assert lists[1].ask().status_code == 404


def test_a_watcher_who_is_one_no_more_is_answered_404(client_of, colleague, requester):
    mine = make_ticket(requester)
    Organization.objects.filter(pk=mine.organization_id).update(is_restricted=True)
    watching = Watcher.objects.create(ticket=mine, user=colleague, added_by=requester, added_at=NOW)
    page = Page(client_of(colleague), of(mine))

    watching.delete()

    assert page.ask().status_code == 404


def test_without_a_database_a_poll_is_answered_as_every_page_is(client_of, agent, monkeypatch):
    page = Page(client_of(agent), QUEUE)
    cursor, broken = connection.cursor, []

    def breaks_once():
        if broken:
            return cursor()
        broken.append(True)
        raise OperationalError("the connection was closed")

    monkeypatch.setattr(connection, "cursor", breaks_once)
    monkeypatch.setattr(connection, "close", lambda: None)

    assert page.ask().status_code == 304


def test_every_act_is_news_for_the_queue_and_the_agents_page(
    client_of, agent, second_agent, requester, ticket
):
    queue, detail = Page(client_of(agent), QUEUE), Page(client_of(agent), of(ticket))
    acts = [
        lambda: services.accept(ticket, actor=second_agent, now=LATER),
        lambda: services.add_note(ticket, actor=second_agent, content=make_content(), now=LATER),
        lambda: services.reply_as_customer(
            ticket, actor=requester, content=make_content("هنوز قطع است."), now=LATER
        ),
    ]
    for act in acts:
        act()

        assert queue.has_news
        assert detail.has_news
        assert not queue.has_news

    mark = detail.mark
    make_ticket(requester, now=LATER)
    assert queue.has_news
    assert detail.mark == mark


def test_an_event_that_is_written_after_a_later_one_is_news_too(client_of, agent, ticket):
    """Numbers are given before transactions end: the highest alone would hide the one before it."""
    first = Event.objects.latest("pk")
    fields = {"ticket": ticket, "kind": first.kind, "is_public": True, "created_at": NOW}
    Event.objects.bulk_create([Event(pk=first.pk + 20, **fields)])
    page = Page(client_of(agent), QUEUE)

    Event.objects.bulk_create([Event(pk=first.pk + 10, **fields)])

    assert page.has_news


def test_what_only_staff_learn_of_is_no_news_for_members(
    client_of, requester, agent, second_agent, ticket
):
    services.accept(ticket, actor=agent, now=NOW)
    pages = [Page(client_of(requester), path) for path in (TICKETS, of(ticket))]

    services.add_note(ticket, actor=agent, content=make_content("درونی"), now=LATER)
    services.assign(ticket, actor=agent, to=second_agent, now=LATER)

    assert [page.has_news for page in pages] == [False, False]


def test_public_acts_are_news_for_the_member_who_may_see_the_ticket(
    client_of, requester, colleague, outsider, agent, organization
):
    organization.is_restricted = True
    organization.save()
    mine = make_ticket(colleague)
    theirs = make_ticket(requester)
    page, stranger = Page(client_of(colleague), TICKETS), Page(client_of(outsider), TICKETS)

    services.reply_as_agent(theirs, actor=agent, content=make_content(), now=LATER)
    assert not page.has_news

    services.reply_as_agent(mine, actor=agent, content=make_content(), now=LATER)
    assert page.has_news
    assert not stranger.has_news


def test_the_bell_is_news_with_its_text_for_a_page_that_does_not_know_it(
    client_of, agent, requester
):
    client = client_of(agent)
    page = Page(client, "/live/")
    assert page.first.json()["bell"]["count"] == ""

    ticket = make_ticket(requester, title="دیسک پر است", now=LATER)

    assert page.has_news
    bell = client.get("/live/", {"bell": 0}).json()["bell"]
    assert bell["count"] == "۱"
    assert bell["alert"]["title"] == f"{ticket.number} · دیسک پر است"
    assert bell["alert"]["url"] == ticket.get_queue_url()
    for known in (bell["newest"], "", "x"):
        assert "alert" not in client.get("/live/", {"bell": known}).json()["bell"]


def test_after_signing_out_or_being_deactivated_the_answer_is_a_bare_401(
    client_of, agent, second_agent
):
    page, other = Page(client_of(agent), QUEUE), Page(client_of(second_agent), QUEUE)
    page.client.logout()
    User.objects.filter(pk=second_agent.pk).update(is_active=False)

    for each in (page, other):
        answer = each.ask()
        assert (answer.status_code, answer.content) == (401, b"")


def test_a_removed_member_is_answered_404(client_of, organization, admin, requester, ticket):
    leaver = make_member(organization, "omid@pars.example", role=Role.MANAGER)
    page = Page(client_of(leaver), of(ticket))

    people.remove_member(organization, leaver, actor=admin, now=LATER)

    assert page.ask().status_code == 404


def test_a_page_has_the_mark_that_the_first_poll_gives(client_of, agent, requester, ticket):
    asked = [
        (agent, "/queue/", QUEUE),
        (agent, ticket.get_queue_url(), of(ticket)),
        (requester, "/", TICKETS),
        (requester, "/tickets/", TICKETS),
        (requester, ticket.get_absolute_url(), of(ticket)),
    ]
    for person, path, live in asked:
        client = client_of(person)
        html = client.get(path).content.decode()

        mark = client.get(live).json()["page"]
        assert f'data-live="{live}"' in html
        attribute = "data-seen" if live == of(ticket) else "data-live-mark"
        assert f'{attribute}="{mark}"' in html, path


@pytest.mark.parametrize("path", ["/queue/", "/tickets/", "/"])
def test_rows_alone_come_without_the_frame_and_leave_sentences_for_the_next_page(
    client_of, agent, requester, ticket, path
):
    client = client_of(agent if path == "/queue/" else requester)
    if path != "/queue/":
        client.post(f"/tickets/{ticket.number}/close/")

    rows = client.get(path, headers={"X-Rows-Only": "1"}).content.decode()

    assert 'data-rows="tickets"' in rows
    assert ticket.title in rows
    assert "<body" not in rows
    assert "data-toast" not in rows
    assert ("data-toast" in client.get(path).content.decode()) == (path != "/queue/")


def test_an_open_queue_that_has_its_rows_gets_none(client_of, agent, requester, ticket):
    client = client_of(agent)
    *_others, last = [make_ticket(requester) for _number in range(26)]
    services.reply_as_agent(last, actor=agent, content=make_content(), now=NOW)

    def rows(mark):
        return client.get("/queue/", headers={"X-Rows-Only": mark})

    mark = re.search('data-rows-mark="([0-9a-f]+)"', rows("1").content.decode())[1]
    services.add_note(last, actor=agent, content=make_content(), now=LATER)

    assert rows(mark).status_code == 204
    services.accept(ticket, actor=agent, now=LATER)
    assert rows(mark).status_code == 200


def test_polls_are_logged_at_debug(client_of, agent, settings, caplog):
    settings.ACCESS_LOG = True
    client = client_of(agent)
    with caplog.at_level(logging.INFO, "helpdesk.access"):
        client.get(QUEUE)
        client.get("/queue/")

    assert [record.args[1] for record in caplog.records] == ["/queue/"]
