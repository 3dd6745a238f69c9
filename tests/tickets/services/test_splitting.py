"""A message becomes a ticket of its own, with the time that it has waited."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import NOW, again, make_content, make_pending_file, make_ticket
from tickets import services
from tickets.choices import Relation, Status
from tickets.errors import StaleTicket, TicketError
from tickets.models import Clock

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = NOW + 3 * HOUR


def write(ticket, member, *, now=NOW + HOUR, **more):
    services.reply_as_customer(ticket, actor=member, content=make_content(**more), now=now)
    return ticket.messages.latest("pk")


def split(ticket, agent, message, **more):
    more = {"title": "صورت‌حساب", "now": LATER} | more
    return services.split_message(ticket, actor=agent, message=message.pk, **more)


def test_a_waiting_message_opens_a_ticket_whose_clock_starts_at_its_own_time(
    ticket, colleague, agent
):
    file = make_pending_file(colleague)
    message = write(ticket, colleague, files=[file])
    due = ticket.due_at

    new = again(split(ticket, agent, message))

    assert (new.requester, new.opened_by, new.title) == (colleague, agent, "صورت‌حساب")
    assert (new.waiting_since, new.last_public_message) == (NOW + HOUR, message)
    assert new.clocks.get().started_at == NOW + HOUR
    assert new.due_at == new.clocks.get().due_at
    assert again(file).message.ticket == new
    old = again(ticket)
    assert (old.waiting_since, old.due_at) == (NOW, due)
    assert old.last_public_message == old.messages.get()
    assert old.links.get().relation == Relation.SPLIT_OFF
    assert old.events.last().changes == {"other": new.pk, "moved": message.pk}


def test_where_nothing_else_waits_the_clock_goes_along(ticket, requester, agent):
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)
    message = write(ticket, requester)
    clock = ticket.clocks.running().get()

    new = again(split(ticket, agent, message))

    assert again(clock).ticket == new
    assert (new.due_at, new.waiting_since) == (clock.due_at, NOW + HOUR)
    old = again(ticket)
    assert (old.status, old.waiting_since, old.due_at) == (Status.AWAITING_RESPONSE, None, None)


def test_an_answered_message_opens_a_ticket_without_a_clock(ticket, requester, agent):
    message = write(ticket, requester)
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW + 2 * HOUR)

    new = again(split(ticket, agent, message))

    assert (new.waiting_since, new.due_at) == (None, None)
    assert not Clock.objects.filter(ticket=new).exists()
    assert again(ticket).status == Status.AWAITING_CUSTOMER


@pytest.mark.parametrize("what", ["note", "support", "first", "elsewhere", "unknown"])
def test_what_cannot_be_split_off_is_refused(what, ticket, requester, agent):
    first = ticket.messages.get()
    services.add_note(ticket, actor=agent, content=make_content(), now=NOW)
    note = ticket.messages.latest("pk")
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)
    support = ticket.messages.latest("pk")
    elsewhere = write(make_ticket(requester), requester)
    unknown = type(first)(pk=first.pk + 10_000)
    messages = {"note": note, "support": support, "first": first, "elsewhere": elsewhere}

    with pytest.raises(TicketError) as refused:
        split(ticket, agent, messages.get(what, unknown))

    assert refused.value.code == "message"


def test_pressed_twice_one_ticket_is_split_off(ticket, requester, agent):
    message = write(ticket, requester)
    version = again(ticket).version

    new = split(ticket, agent, message, seen_version=version)

    assert split(ticket, agent, message, seen_version=version) == new
    assert ticket.links.count() == 1


def test_a_form_from_before_an_answer_is_refused(ticket, requester, agent):
    message = write(ticket, requester)
    version = again(ticket).version
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=LATER)

    with pytest.raises(StaleTicket):
        split(ticket, agent, message, seen_version=version)


def test_the_page_asks_for_a_title_and_leads_to_the_new_ticket(client_of, ticket, requester, agent):
    message = write(ticket, requester)
    url, client = reverse("queue:split", args=[ticket]), client_of(agent)
    link = f"{url}?message={message.pk}"
    assert link in client.get(ticket.get_queue_url()).content.decode()
    assert message.body in client.get(link).content.decode()
    sent = {"message": message.pk, "title": "", "version": again(ticket).version}
    assert client.post(url, sent).status_code == 422

    response = client.post(url, sent | {"title": "صورت‌حساب"})

    new = again(message).ticket
    assert (response.status_code, response.url) == (302, new.get_queue_url())
    assert new != ticket
