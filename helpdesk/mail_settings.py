"""Settings of e-mail: the server that sends, and answers, which are off without an address."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# Before "@" there must be room for what is signed: 64 characters in all.
_ADDRESS = re.compile(r"[a-z0-9._-]{1,20}@[a-z0-9.-]+")


def mail_server(env):
    """{setting: value} of the server that mails are sent by, as Django names them."""
    given = env.email_url("EMAIL_URL", default="consolemail://")
    return {
        "EMAIL_BACKEND": given["EMAIL_BACKEND"],
        "EMAIL_HOST": given.get("EMAIL_HOST") or "localhost",
        "EMAIL_PORT": given.get("EMAIL_PORT") or 25,
        "EMAIL_HOST_USER": given.get("EMAIL_HOST_USER") or "",
        "EMAIL_HOST_PASSWORD": given.get("EMAIL_HOST_PASSWORD") or "",
        "EMAIL_USE_TLS": given.get("EMAIL_USE_TLS", False),
        "EMAIL_USE_SSL": given.get("EMAIL_USE_SSL", False),
    }


def answers_by_mail(env, *, sender):
    """{setting: value}. Raises ImproperlyConfigured for an address that cannot be answered at."""
    # imaps://user:password@host:993/INBOX (or imap://…, with STARTTLS): the mailbox of answers.
    mailbox = env.str("IMAP_URL", default="")
    # With a part of its own for each ticket and person after "+".
    address = env.str("INTAKE_ADDRESS", default=sender if mailbox else "").lower()
    if address and not _ADDRESS.fullmatch(address):
        raise ImproperlyConfigured("INTAKE_ADDRESS must have at most 20 plain letters before @")
    if mailbox and urlsplit(mailbox).scheme not in {"imap", "imaps"}:
        raise ImproperlyConfigured("IMAP_URL must begin with imaps:// or imap://")
    days = env.int("MAIL_ORIGINALS_DAYS", default=90)
    if days < 1:
        raise ImproperlyConfigured("MAIL_ORIGINALS_DAYS must be at least 1")
    return {
        "IMAP_URL": mailbox,
        # So long after a mail is settled its original can be downloaded.
        "MAIL_ORIGINALS_DAYS": days,
        "INTAKE_ADDRESS": address,
        # Mails of one sender, and of all senders on one ticket: what is more is held back.
        "MAILS_PER_MINUTE": env.int("MAILS_PER_MINUTE", default=10),
        "MAILS_PER_TICKET_PER_HOUR": env.int("MAILS_PER_TICKET_PER_HOUR", default=60),
    }
