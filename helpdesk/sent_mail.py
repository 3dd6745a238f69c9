"""Keeps the mails of a machine that has no mail server, so that a newcomer can look at them.

With DEBUG and without EMAIL_URL every mail is printed and kept as a file; `sent_mail_views` shows
the newest. Neither exists otherwise.
"""

import secrets
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail.backends import console

MOST_KEPT = 200
# Links of the mail are followed in the whole window, not in the frame that shows it.
_HEAD, _HEAD_WITH_TARGET = "<head>", '<head><base target="_top">'


@dataclass(frozen=True)
class SentMail:
    """A mail as it was sent, read back from its bytes."""

    key: str
    to: str
    subject: str
    date: str
    headers: list
    text: str
    html: str


class EmailBackend(console.EmailBackend):
    """Prints each mail's text as before, and keeps the whole mail."""

    def write_message(self, message):
        _keep(message.message().as_bytes())
        head = f"To: {', '.join(message.recipients())}\nSubject: {message.subject}\n\n"
        self.stream.write(f"{head}{message.body}\n{'-' * 79}\n")


def newest():
    """The mails that are kept, newest first."""
    return [_read(path) for path in reversed(_files())]


def mail_of(key):
    """The mail of a key, or None."""
    return next((_read(path) for path in _files() if path.stem == key), None)


def _folder():
    return Path(settings.RUN_DIR) / "sent-mail"


def _files():
    return sorted(_folder().glob("*.eml"))


def _keep(content):
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _folder() / f"{time.time_ns():020}-{secrets.token_hex(4)}.part"
    path.write_bytes(content)
    path.rename(path.with_suffix(".eml"))
    for old in _files()[:-MOST_KEPT]:
        old.unlink(missing_ok=True)


def _read(path):
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    html = _content(message, "html").replace(_HEAD, _HEAD_WITH_TARGET, 1)
    headers = [(name, str(value)) for name, value in message.items()]
    return SentMail(
        key=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        date=str(message["Date"]),
        headers=headers,
        text=_content(message, "plain"),
        html=html,
    )


def _content(message, kind):
    part = message.get_body((kind,))
    return part.get_content() if part else ""
