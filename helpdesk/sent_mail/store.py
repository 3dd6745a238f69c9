"""The mails that were sent on this machine: files, of which the newest are kept."""

import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings

MOST_KEPT = 200
# The only link of a mail that begins another mail.
_MAILTO = re.compile(r'href="mailto:([^"?]+)')
# Links of the mail are followed in the whole window, not in the frame that shows it.
_HEAD, _HEAD_WITH_TARGET = "<head>", '<head><base target="_top">'


@dataclass(frozen=True)
class SentMail:
    """A mail as it was sent, read back from its bytes."""

    key: str
    to: str
    subject: str
    date: str
    # The same instant; None where the header is missing or no date.
    sent_at: datetime | None
    headers: list
    text: str
    html: str
    message: EmailMessage = field(repr=False)

    @property
    def reply_to(self):
        """Where an answer goes, as a mail program chooses it; "" for nowhere."""
        found = getaddresses([str(self.message.get("Reply-To") or self.message.get("From", ""))])
        return found[0][1]

    @property
    def thanks_to(self):
        """Where the link for just thanks of the mail leads; "" in a mail without one."""
        found = _MAILTO.search(self.html)
        return unquote(unescape(found[1])) if found else ""


def newest():
    """The mails that are kept, newest first."""
    return [_read(path) for path in reversed(_files())]


def mail_of(key):
    """The mail of a key, or None."""
    return next((_read(path) for path in _files() if path.stem == key), None)


def keep(content):
    """Keep the bytes of a mail, and forget the oldest of too many."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _folder() / f"{time.time_ns():020}-{secrets.token_hex(4)}.part"
    path.write_bytes(content)
    path.rename(path.with_suffix(".eml"))
    for old in _files()[:-MOST_KEPT]:
        old.unlink(missing_ok=True)


def text_of(message):
    """The plain text of a mail, "" without one."""
    return _content(message, "plain")


def _folder():
    return Path(settings.RUN_DIR) / "sent-mail"


def _files():
    return sorted(_folder().glob("*.eml"))


def _read(path):
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    html = _content(message, "html").replace(_HEAD, _HEAD_WITH_TARGET, 1)
    headers = [(name, str(value)) for name, value in message.items()]
    return SentMail(
        key=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        date=str(message["Date"]),
        sent_at=_instant_of(message["Date"]),
        headers=headers,
        text=text_of(message),
        html=html,
        message=message,
    )


def _instant_of(header):
    """The moment of a Date header, in UTC; a date without a zone is one in UTC already."""
    found = header.datetime if header else None
    if found is None:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _content(message, kind):
    part = message.get_body((kind,))
    return part.get_content() if part else ""
