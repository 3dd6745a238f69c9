"""An act without a text that is sent twice is done once, and its second answer is no refusal."""

import pytest
from django.urls import reverse

from tests.factories import NOW, again, make_awaiting_customer, make_closed, make_ticket
from tests.pages import read
from tickets import services
from tickets.choices import Status
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
# By name: the side, the address, the state that it starts from, and what the form holds.
ACTS = {
    "a member closes": ("tickets", "close", "open", {}),
    "a member reopens": ("tickets", "reopen", "closed", {}),
    "a member raises": ("tickets", "priority", "open", {"priority": "high", "reason": "همه"}),
    "a member rates": ("tickets", "rate", "closed", {"solved": "yes", "score": "4", "seen": 0}),
    "an agent accepts": ("queue", "accept", "open", {}),
    "an agent releases": ("queue", "release", "accepted", {}),
    "an agent resumes": ("queue", "resume", "awaiting", {}),
    "an agent closes": ("queue", "close", "awaiting", {}),
    "an agent reopens": ("queue", "reopen", "closed", {}),
    "an agent holds": ("queue", "hold", "awaiting", {"reason": "در سفر است."}),
    "an agent raises": ("queue", "priority", "open", {"priority": "high"}),
    "an agent moves": ("queue", "category", "open", {"category": "sales"}),
    "an agent assigns": ("queue", "assign", "accepted", {"assignee": "second"}),
    "an agent transfers": ("queue", "transfer", "accepted", {"to": "second"}),
}


def make_in_state(state, requester, agent):
    if state == "awaiting":
        return make_awaiting_customer(requester, agent)
    if state == "closed":
        return make_closed(requester, agent)
    ticket = make_ticket(requester)
    return services.accept(ticket, actor=agent, now=NOW) if state == "accepted" else ticket


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_is_sent_twice_is_done_once_and_not_refused(
    act, client_of, requester, agent, second_agent
):
    side, action, state, form = ACTS[act]
    ticket = make_in_state(state, requester, agent)
    client = client_of(agent if side == "queue" else requester)
    form = {**form, "version": again(ticket).version}
    form |= {"assignee": second_agent.pk} if "assignee" in form else {}
    form |= {"to": f"agent-{second_agent.pk}"} if "to" in form else {}
    address = reverse(f"{side}:{action}", args=[ticket])

    answers = [client.post(address, form)]
    events = ticket.events.count()
    answers.append(client.post(address, form))

    assert [each.status_code for each in answers] == [302, 302]
    page = client.get(ticket.get_queue_url() if side == "queue" else ticket.get_absolute_url())
    assert read(page).all(".toast-note")
    assert not read(page).all(".alert-error")
    assert ticket.events.count() == events


def test_what_somebody_else_did_in_the_meantime_is_still_refused(
    client_of, requester, colleague, agent
):
    ticket = make_ticket(requester)
    services.close_by_customer(ticket, actor=colleague)

    page = client_of(requester).post(reverse("tickets:close", args=[ticket]), follow=True)

    assert read(page).all(".alert-error")
    assert not read(page).all(".toast-note")


def test_an_act_after_something_else_is_refused_as_before(client_of, requester, agent):
    ticket = make_closed(requester, agent)
    client, address = client_of(requester), reverse("tickets:reopen", args=[ticket])
    client.post(address)
    services.accept(Ticket.objects.get(pk=ticket.pk), actor=agent)

    page = client.post(address, follow=True)

    assert read(page).all(".alert-error")
    assert again(ticket).status == Status.IN_PROGRESS
