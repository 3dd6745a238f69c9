"""With a real mail server: what we send is taken, and what comes is piped to `receive_mail`.

Needs PostgreSQL, Postfix and root; the server that takes our mail elsewhere in the tests is one in
the process (tests/post_office.py).
"""

import os
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from intake import services
from intake.models import ReceivedMail
from notifications import return_paths
from notifications import services as notification_services
from notifications.models import Notification
from tests.factories import make_content, make_member, make_ticket
from tests.workers.conftest import eventually
from tickets import services as tickets
from tickets.models import Message

from . import mta

pytestmark = [
    pytest.mark.full,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(mta.why_not()), reason=mta.why_not() or "it can run"),
]
AWAY = "postgresql://postgres@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def postfix():
    with mta.running() as server:
        yield server


@pytest.fixture
def server(postfix, intake, settings, processes_share_the_database):
    """The mail server, which this process sends by and which pipes to the test's database."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = mta.HOST, postfix.port
    postfix.use_database(os.environ["DATABASE_URL"])
    yield postfix
    assert eventually(lambda: not postfix.waiting()), postfix.log()


def answer_by_agent(ticket, agent):
    """Send the mail about an agent's answer to the requester; returns its notification."""
    tickets.reply_as_agent(ticket, actor=agent, content=make_content("بررسی شد."))
    rows = Notification.objects.filter(recipient=ticket.requester, ticket=ticket, channel="email")
    row = rows.latest("pk")
    notification_services.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == "sent", row.error
    return row


def kept(server, number):
    return eventually(lambda: ReceivedMail.objects.count() == number)


def bodies():
    return list(Message.objects.filter(channel="email").values_list("body", flat=True))


def test_an_answer_to_a_delivered_mail_becomes_a_message(server, requester, agent):
    ticket = make_ticket(requester, now=timezone.now())
    before = len(server.mailbox())
    row = answer_by_agent(ticket, agent)
    assert eventually(lambda: len(server.mailbox()) > before), server.log()
    mail = message_from_bytes(server.mailbox()[-1], policy=policy.default)
    assert mail["Return-Path"] == f"<{return_paths.address_for(row)}>"

    text = f"From: {requester.email}\nTo: {mail['Reply-To']}\nSubject: Re: x\n\nYes, it works."
    server.send(text.encode(), sender=requester.email, recipient=str(mail["Reply-To"]))

    assert kept(server, 1), server.log()
    assert services.process_waiting()
    assert bodies() == ["Yes, it works."]
    assert eventually(lambda: server.codes()[-1:] == [os.EX_OK])


def test_while_the_database_is_away_mail_waits_and_is_posted_once(server, requester, mail_to):
    ticket = make_ticket(requester, now=timezone.now())
    server.use_database(AWAY)
    before = len(server.codes())
    for number in range(3):
        content = mail_to(ticket, requester, f"پیام {number}", id=f"{number}@pars.example")
        recipient = message_from_bytes(content)["To"]
        server.send(content, sender=requester.email, recipient=recipient)
    assert eventually(lambda: len(server.codes()) >= before + 3), server.log()
    assert set(server.codes()[before:]) == {os.EX_TEMPFAIL}
    assert ReceivedMail.objects.count() == 0

    server.use_database(os.environ["DATABASE_URL"])

    assert kept(server, 3), server.log()
    assert eventually(lambda: not server.waiting()), server.log()
    services.process_waiting()
    assert sorted(bodies()) == ["پیام 0", "پیام 1", "پیام 2"]


def test_a_mail_to_a_mailbox_that_does_not_exist_comes_back_and_has_failed(
    server, organization, agent
):
    person = make_member(organization, f"nobody.here@{mta.ABSENT}")
    ticket = make_ticket(person, now=timezone.now())
    row = answer_by_agent(ticket, agent)

    assert kept(server, 1), server.log()
    services.process_waiting()

    row.refresh_from_db()
    assert row.state == "failed"
    assert "5.1.1" in row.error
    report = ReceivedMail.objects.get()
    assert (report.state, report.reason, report.envelope_sender) == ("ignored", "bounce", "")
    assert report.envelope_recipients == [return_paths.address_for(row)]
    assert bodies() == []
