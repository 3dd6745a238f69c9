"""The forms in the menus of a ticket's page, which a process keeps while nobody filled them in."""

import re

import pytest

from organizations.models import User
from tests.factories import NOW, make_ticket
from tickets import services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]


def chosen_in(page, name):
    """What a select of the page says by itself."""
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)[0]
    found = re.search(r'value="([^"]*)" selected', select)
    return found and found[1]


@pytest.fixture
def page_of(client_of, agent):
    return lambda ticket: client_of(agent).get(ticket.get_queue_url()).content.decode()


def test_each_ticket_has_its_own_values_chosen(page_of, requester):
    pages = [
        page_of(make_ticket(requester, priority=priority, category=category))
        for priority, category in [("normal", "technical"), ("high", "sales"), ("normal", "sales")]
    ]
    chosen = [(chosen_in(page, "priority"), chosen_in(page, "category")) for page in pages]
    assert chosen == [("normal", "technical"), ("high", "sales"), ("normal", "sales")]


def test_what_was_refused_is_not_shown_to_the_next_reader(page_of, client_of, agent, requester):
    ticket = make_ticket(requester, priority="high")
    address = f"{ticket.get_queue_url()}priority/"
    sent = {"priority": "critical", "reason": "x" * 501, "version": ticket.version}
    refused = client_of(agent).post(address, sent).content.decode()
    assert chosen_in(refused, "priority") == "critical"
    assert "x" * 501 in refused
    fresh = page_of(ticket)
    assert chosen_in(fresh, "priority") == "high"
    assert "x" * 501 not in fresh


def test_each_reader_gets_the_words_of_their_language(page_of, agent, requester):
    ticket = make_ticket(requester)
    labels = {}
    for language in ("fa", "en", "fa"):
        User.objects.filter(pk=agent.pk).update(language=language)
        labels.setdefault(language, set()).add(
            re.search(r'for="priority-reason">([^<]*)<', page_of(ticket))[1]
        )
    assert labels == {"fa": {"دلیل"}, "en": {"Reason"}}


def test_an_agent_who_is_renamed_or_new_is_offered_by_their_name(
    page_of, agent, second_agent, supervisor, client_of, requester
):
    ticket = make_ticket(requester)
    services.accept(ticket, actor=agent, now=NOW)
    assert second_agent.name in page_of(ticket)
    User.objects.filter(pk=second_agent.pk).update(name="Renamed since")
    assert "Renamed since</option>" in page_of(ticket)
