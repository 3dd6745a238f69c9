"""A page that comes back with a refused form leads to what was refused: the browser gives it the
focus, with and without JavaScript, and does not leave its reader at the top of the page."""

import pytest

from tests.pages import read
from tickets import services

pytestmark = pytest.mark.django_db

REFUSED_TO_AGENTS = {
    "reply": {"body": "", "then": "wait"},
    "note": {"body": ""},
    "merge": {"number": "KT-99999"},
    "link": {"number": "KT-99999", "kind": "related"},
    "priority": {"priority": "", "reason": ""},
    "category": {"category": ""},
    "transfer": {"to": "", "body": ""},
    "watch": {},
}
REFUSED_TO_MEMBERS = {
    "reply": {"body": ""},
    "priority": {"priority": "critical", "reason": ""},
    "watch": {},
}


def leads_to_what_was_refused(response):
    assert response.status_code == 422, response.status_code
    # The safe button of a dialog that is not open has one too.
    return any(each.get("type") != "button" for each in read(response).all("[autofocus]"))


@pytest.mark.parametrize("name", REFUSED_TO_AGENTS)
def test_a_refused_form_of_an_agent_is_not_left_below_the_page(
    client_of, agent, colleague, ticket, name
):
    services.accept(ticket, actor=agent)
    address = f"{ticket.get_queue_url()}{name}/"

    assert leads_to_what_was_refused(client_of(agent).post(address, REFUSED_TO_AGENTS[name]))


@pytest.mark.parametrize("name", REFUSED_TO_MEMBERS)
def test_a_refused_form_of_a_member_is_not_left_below_the_page(
    client_of, requester, colleague, ticket, name
):
    address = f"{ticket.get_absolute_url()}{name}/"

    assert leads_to_what_was_refused(client_of(requester).post(address, REFUSED_TO_MEMBERS[name]))
