"""E-mails about tickets can be answered: their Reply-To is the person's own address."""

from email import message_from_bytes

import pytest
from django.core import mail

from intake import services as intake_services
from notifications import services as notification_services
from notifications.models import Notification
from tests.factories import NOW, make_awaiting_customer, make_closed, make_member, make_ticket
from tickets import services
from tickets.models import Message
from tickets.reply_addresses import address_for

pytestmark = pytest.mark.django_db


def letter_to(person, ticket):
    """The latest e-mail to a person about a ticket, as sent."""
    rows = Notification.objects.filter(recipient=person, ticket=ticket, channel="email")
    notification_services.deliver(rows.latest("pk").pk, now=NOW)
    return mail.outbox[-1]


def test_an_answer_to_the_mail_becomes_the_persons_message(intake, requester, agent):
    ticket = make_awaiting_customer(requester, agent)
    sent = letter_to(requester, ticket)
    assert sent.reply_to == [address_for(ticket, requester)]
    assert "Answers to this e-mail are not read" not in sent.body

    quote = "".join(f"> {line}\n" for line in sent.body.split("\n"))
    answer = (
        f"From: {requester.email}\nTo: {sent.reply_to[0].upper()}\nSubject: Re: {ticket.number}\n"
        f"Content-Type: text/plain; charset=utf-8\n\nهنوز نه.\n\nOn 1 May, Helpdesk wrote:\n{quote}"
    )
    row = intake_services.receive(answer.encode(), now=NOW)
    intake_services.process(row.pk, now=NOW)

    assert Message.objects.get(channel="email").body == "هنوز نه."


def test_an_answer_about_a_merged_ticket_reaches_the_one_it_was_merged_into(
    intake, requester, agent
):
    ticket, target = make_ticket(requester), make_ticket(requester)
    services.merge_tickets(ticket, actor=agent, into=target, now=NOW)
    sent = letter_to(requester, ticket)
    assert target.number in sent.body
    answer = (
        f"From: {requester.email}\nTo: {sent.reply_to[0]}\nSubject: Re: {ticket.number}\n"
        "Content-Type: text/plain; charset=utf-8\n\nهنوز نه.\n"
    )

    row = intake_services.receive(answer.encode(), now=NOW)
    row = intake_services.process(row.pk, now=NOW)

    assert (row.ticket, row.message.ticket) == (target, target)


def test_an_answer_about_a_merged_ticket_reaches_no_ticket_that_its_author_does_not_see(
    intake, requester, agent, organization
):
    organization.is_restricted = True
    organization.save()
    nima = make_member(organization, "plain@pars.example")
    ticket, target = make_ticket(nima), make_ticket(requester)
    address = address_for(ticket, nima)
    merged = services.merge_tickets(
        ticket, actor=agent, into=target, shown_to=[nima.pk, requester.pk], now=NOW
    )
    services.remove_watcher(merged, actor=agent, person=nima.pk, now=NOW)
    answer = (
        f"From: {nima.email}\nTo: {address}\nSubject: Re: {ticket.number}\n"
        "Content-Type: text/plain; charset=utf-8\n\nهنوز نه.\n"
    )

    row = intake_services.receive(answer.encode(), now=NOW)
    row = intake_services.process(row.pk, now=NOW)

    assert (row.state, row.reason) == ("quarantined", "forbidden")
    assert not Message.objects.filter(channel="email").exists()


def test_our_own_mail_that_comes_back_is_ignored(intake, requester, agent):
    ticket = make_awaiting_customer(requester, agent)
    content = letter_to(requester, ticket).message().as_bytes()
    assert message_from_bytes(content)["Auto-Submitted"] == "auto-generated"

    row = intake_services.receive(content, now=NOW)

    assert intake_services.process(row.pk, now=NOW).state == "ignored"


def test_the_mail_about_a_close_has_an_address_for_just_thanks(intake, requester, agent):
    ticket = make_closed(requester, agent)

    sent = letter_to(requester, ticket)

    html = sent.alternatives[0][0]
    assert sent.reply_to[0] not in html
    assert html.count("mailto:support+") == 1


def test_without_intake_mails_say_where_to_answer(requester, agent, settings):
    ticket = make_awaiting_customer(requester, agent)

    sent = letter_to(requester, ticket)

    assert sent.reply_to == [settings.MAIL_REPLY_TO]
    assert "mailto:" not in sent.alternatives[0][0]
