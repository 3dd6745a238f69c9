"""The handler of `make run`'s SMTP server: mail for the product goes to its mailbox, all other mail
is kept for `/sent-mail/`. Nothing leaves the machine.

    python -m aiosmtpd --class helpdesk.sent_mail.catching.Catcher …
"""

import asyncio
import sys
from email import message_from_bytes, policy

from django.conf import settings

from intake import mailbox

from . import store

TAKEN = "250 OK"
TRY_AGAIN = "451 The mailbox does not answer; try again"


class Catcher:
    """Takes every mail, whoever it is addressed to."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the server's name
        """Answer with TAKEN once the mail is where it belongs."""
        return await asyncio.to_thread(_take, envelope)


def _take(envelope):
    own_domain = settings.INTAKE_ADDRESS.rpartition("@")[2]
    for recipient in envelope.rcpt_tos:
        if own_domain and recipient.rpartition("@")[2].lower() == own_domain:
            try:
                _put_into_mailbox(envelope, recipient)
            except mailbox.AWAY:
                return TRY_AGAIN
        else:
            _show(envelope, recipient)
            store.keep(envelope.content)
    return TAKEN


def _put_into_mailbox(envelope, recipient):
    """Deliver as a mail server does, with the envelope on top of the headers."""
    head = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {recipient}\r\n"
    with mailbox.opened(settings.IMAP_URL) as box:
        box.append(head.encode() + envelope.content, box.folder.get())


def _show(envelope, recipient):
    """Print what a newcomer looks for in the terminal."""
    message = message_from_bytes(envelope.content, policy=policy.default)
    text = store.text_of(message)
    sys.stdout.write(f"To: {recipient}\nSubject: {message['Subject']}\n\n{text}\n{'-' * 70}\n")
    sys.stdout.flush()
