"""Bytes of a mail into an IncomingMail: pure, bounded, and without an error for any input."""

from dataclasses import dataclass

from ui.names import clean_name

from . import headers, quotes, structure
from .bounces import bounce_of
from .classifying import kind_of
from .incoming import LONGEST_SUBJECT, Envelope, IncomingMail, Kind, Problem

__all__ = ["Envelope", "IncomingMail", "Kind", "Problem", "Us", "parse"]


@dataclass(frozen=True)
class Us:
    """How our own mail is recognised: the address of the product, and its domain in identifiers."""

    address: str
    domain: str

    def wrote(self, message_id, sender):
        """Whether a mail is one of ours that came back."""
        local, _at, domain = self.address.rpartition("@")
        base, _plus, _token = sender.rpartition("@")[0].partition("+")
        is_sender = sender.rpartition("@")[2] == domain and base == local
        is_numbered = message_id.startswith(("notification-", "account-mail-"))
        return is_sender or (is_numbered and message_id.lower().endswith(f"@{self.domain}"))


def parse(content, *, us, now, envelope=Envelope()):  # noqa: B008 - it is immutable
    """The mail that `content` holds, as far as it can be read."""
    message, problem = structure.read(content)
    sender_name, sender = headers.sender_of(message)
    subject = headers.text(message, "subject")[:LONGEST_SUBJECT]
    message_id = headers.message_id_of(message)
    found = structure.Contents()
    if not problem:
        found, problem = structure.contents_of(message)
    bounce = bounce_of(message, sender, subject, found.texts)
    kind, mark = kind_of(
        message,
        is_own=us.wrote(message_id, sender),
        bounce=bounce,
        subject=subject,
        envelope=envelope,
    )
    parts = _split(found, subject)
    if not problem and not parts.text:
        problem = Problem.UNREADABLE if found.has_unreadable else problem
        if not problem and not found.files:
            problem = Problem.EMPTY
    return IncomingMail(
        kind=kind,
        problem=problem,
        message_id=message_id,
        sender=sender,
        sender_name=clean_name(sender_name)[:80],
        recipients=headers.recipients_of(message, envelope),
        subject=subject,
        sent_at=headers.sent_at(message, now),
        text=parts.text,
        quoted=parts.quoted,
        signature=parts.signature,
        files=tuple(found.files),
        bounce=bounce,
        mark=mark,
    )


def _split(found, subject):
    """The text in its parts. What a mail passes on is its text where it says nothing itself."""
    text = "\n\n".join(each.strip("\n") for each in found.texts if each.strip())
    parts = quotes.split(text, forwards=quotes.is_forward(subject))
    inner = "\n\n".join(found.forwarded)
    if not inner:
        return parts
    if not parts.text:
        return quotes.Split(inner, parts.quoted, parts.signature)
    quoted = "\n\n".join(filter(None, (parts.quoted, inner)))
    return quotes.Split(parts.text, quoted, parts.signature)
