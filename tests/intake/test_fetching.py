"""Fetching from a real IMAP server (Dovecot): nothing is lost, nothing is posted twice.

Where Dovecot is not installed or this is not root, the tests are skipped and the run says so.
"""

import pytest
from imap_tools import MailBoxUnencrypted

from intake import fetching, mailbox, tasks
from intake.models import ReceivedMail
from tests.factories import make_ticket
from tickets.models import Message

from . import imap_server

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not imap_server.can_run(), reason="needs Dovecot and root"),
]


class Killed(BaseException):
    """As if the process ended here."""


def killed(*args, **options):
    raise Killed


def test_a_mail_in_the_mailbox_becomes_a_message_and_leaves_the_mailbox(server, requester, mail_to):
    ticket = make_ticket(requester)
    server.deliver(mail_to(ticket, requester, "از صندوق"), "1.a")

    outcome = tasks.receive_mail()

    assert outcome == "kept 1, failed 0; posted 1"
    assert Message.objects.get(channel="email").body == "از صندوق"
    assert server.waiting() == []
    assert len(server.processed()) == 1


def test_killed_between_commit_and_move_nothing_is_lost_or_posted_twice(
    server, requester, mail_to, monkeypatch
):
    ticket = make_ticket(requester)
    server.deliver(mail_to(ticket, requester, "یک"), "1.a")
    server.deliver(mail_to(ticket, requester, "دو"), "2.a")

    with monkeypatch.context() as broken:
        broken.setattr(MailBoxUnencrypted, "move", killed)
        with pytest.raises(Killed):
            fetching.fetch()
    assert ReceivedMail.objects.count() == 1
    assert len(server.waiting()) == 2

    tasks.receive_mail()
    tasks.receive_mail()

    bodies = Message.objects.filter(channel="email").values_list("body", flat=True)
    assert sorted(bodies) == ["دو", "یک"]
    assert server.waiting() == []


def test_killed_before_the_commit_the_mail_stays_in_the_mailbox(
    server, requester, mail_to, monkeypatch
):
    server.deliver(mail_to(make_ticket(requester), requester), "1.a")

    with monkeypatch.context() as broken:
        broken.setattr(MailBoxUnencrypted, "uids", killed)
        with pytest.raises(Killed):
            fetching.fetch()

    assert len(server.waiting()) == 1


def test_broken_mails_do_not_stop_the_others(server, requester, mail_to):
    ticket = make_ticket(requester)
    server.deliver(bytes(range(256)) * 9, "1.a")
    server.deliver(b"", "2.a")
    server.deliver(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 9000, "3.a")
    server.deliver(mail_to(ticket, requester, "سالم"), "4.a")

    tasks.receive_mail()

    assert Message.objects.get(channel="email").body == "سالم"
    assert not ReceivedMail.objects.filter(state="received").exists()
    assert server.waiting() == []


def test_a_server_that_is_away_is_asked_again_later(server, settings):
    settings.IMAP_URL = "imap://support:x@127.0.0.1:1/INBOX"

    assert fetching.fetch().error == "ConnectionRefusedError"


def test_a_certificate_of_nobody_is_refused(server, settings):
    settings.IMAP_URL = server.tls_address

    assert fetching.fetch().error == "SSLCertVerificationError"


def test_a_trusted_certificate_opens_the_mailbox_with_tls(server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(server.folder / "server.pem"))
    server.deliver(b"Subject: x\n\nhi\n", "1.a")

    with mailbox.opened(server.tls_address) as box:
        assert b"Subject: x" in mailbox.content_of(box, mailbox.waiting(box, 9)[0])


def test_without_an_address_for_answers_nothing_is_fetched(server, settings):
    settings.INTAKE_ADDRESS = ""

    assert tasks.receive_mail() == "off"
