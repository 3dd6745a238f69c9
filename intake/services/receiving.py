"""Keeping a mail: once, as it came, before anything is made of it."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from intake.models import ReceivedMail
from intake.parsing import Envelope, Us, headers, structure
from tickets import reply_addresses


def us():
    """How our own mail is recognised."""
    return Us(settings.INTAKE_ADDRESS, urlsplit(settings.SITE_URL).hostname or "")


@transaction.atomic
def receive(content, *, envelope=Envelope(), now=None):  # noqa: B008 - it is immutable
    """Keep a mail, and return its row; the same row for another copy of the same mail.

    What is returned is committed when the outermost transaction is: only then may the mail leave
    the place that it came from.
    """
    now = now or timezone.now()
    message, _problem = structure.read(content)
    recipients = headers.recipients_of(message, envelope)
    key = _key_of(content, message, recipients)
    _name, sender = headers.sender_of(message)
    row = ReceivedMail(
        key=key,
        content=content,
        size=len(content),
        envelope_sender=None if envelope.sender is None else envelope.sender[:254],
        envelope_recipients=[headers.usable_address(each) for each in envelope.recipients[:50]],
        sender=sender,
        subject=headers.text(message, "subject")[:300],
        received_at=now,
    )
    ReceivedMail.objects.bulk_create([row], ignore_conflicts=True)
    return ReceivedMail.objects.defer("content").get(key=key)


def _key_of(content, message, recipients):
    """A digest of what the sender wrote and to which ticket: not of the lines that servers add.

    Two mails with one Message-ID and different texts have different keys.
    """
    tags = sorted(tag for each in recipients if (tag := reply_addresses.tag_of(each)))
    header_end = min(
        (place for mark in (b"\n\n", b"\r\n\r\n") if (place := content.find(mark)) >= 0),
        default=len(content),
    )
    body = content[header_end:].replace(b"\r\n", b"\n").strip()
    facts = [next(iter(headers.raw(message, name)), "") for name in ("message-id", "from", "date")]
    subject = next(iter(headers.raw(message, "subject")), "")
    written = "\x00".join([*facts, subject, *tags]).encode("utf-8", "surrogateescape")
    return hashlib.sha256(hashlib.sha256(written).digest() + body).hexdigest()
