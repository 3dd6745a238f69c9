"""What an untouched composer shows, which a process keeps for all tickets and agents."""

import re

import pytest

from organizations.models import User
from tests.factories import NOW, make_ticket
from tickets import services
from tickets.choices import AfterReply, MessageKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

WRITTEN = "نوشته‌ای که هنوز فرستاده نشده"


@pytest.fixture
def page_of(client_of, agent):
    def page(ticket, who=agent):
        return client_of(who).get(ticket.get_queue_url()).content.decode()

    return page


def texts_in(page):
    return re.findall(r'<textarea name="body"[^>]*>\n([^<]*)</textarea>', page)


def options_in(page):
    return re.findall(r'name="then" value="(\w+)"', page)


@pytest.mark.parametrize("kind", [MessageKind.PUBLIC, MessageKind.NOTE])
def test_a_draft_is_not_shown_to_the_next_reader(page_of, agent, second_agent, requester, kind):
    ticket = make_ticket(requester)
    page_of(ticket)
    draft = services.DraftText(kind=kind, body=WRITTEN, form_key=None, seen_version=None)
    services.save_draft(ticket, draft, actor=agent)

    assert sorted(texts_in(page_of(ticket))) == ["", WRITTEN]
    assert texts_in(page_of(ticket, second_agent)) == ["", ""]
    assert texts_in(page_of(make_ticket(requester))) == ["", ""]


@pytest.mark.parametrize("form", ["reply", "note"])
def test_what_was_refused_is_not_shown_to_the_next_reader(page_of, client_of, agent, ticket, form):
    sent = {"body": "x" * (services.LONGEST_BODY + 1), "then": "wait"}
    refused = client_of(agent).post(f"{ticket.get_queue_url()}{form}/", sent).content.decode()

    assert sorted(map(len, texts_in(refused))) == [0, len(sent["body"])]
    assert refused.count('id="id_body_error"') + refused.count('id="note-body_error"') == 1
    fresh = page_of(ticket)
    assert texts_in(fresh) == ["", ""]
    assert "_error" not in fresh


def test_each_state_of_a_ticket_has_its_own_buttons(page_of, agent, requester):
    closed = make_ticket(requester)
    answer = services.NewMessage(body="انجام شد.")
    services.reply_as_agent(closed, actor=agent, content=answer, then=AfterReply.CLOSE, now=NOW)

    found = [options_in(page_of(ticket)) for ticket in (make_ticket(requester), closed)]

    # The usual way is the button itself.
    assert found == [["wait", "wait", "work", "close"], ["wait"]]


def test_each_agent_finds_their_own_choice_of_going_on(page_of, agent, second_agent, ticket):
    User.objects.filter(pk=second_agent.pk).update(goes_on_after_reply=True)
    pages = [page_of(ticket, who) for who in (agent, second_agent, agent)]
    assert [' name="go_on" checked' in page for page in pages] == [False, True, False]


def test_each_form_has_names_and_keys_of_its_own(page_of, ticket):
    pages = [page_of(ticket), page_of(ticket)]
    for page in pages:
        assert page.count('id="id_body"') == page.count('id="note-body"') == 1
        assert page.count('for="id_attachments"') == page.count('for="note-attachments"') == 1
    keys = {key for page in pages for key in re.findall(r'name="form_key" value="([^"]+)', page)}
    assert len(keys) >= 4
