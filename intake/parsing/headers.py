"""Headers of a mail: decoded, bounded, and never a reason to fail."""

import binascii
from datetime import UTC, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from organizations.emails import normal_email
from ui.charsets import decoded
from ui.names import clean_name

from .incoming import LONGEST_HEADER

# How far the time that a mail claims may be from the time at which it came.
OLDEST, NEWEST = timedelta(days=30), timedelta(hours=1)
LONGEST_ADDRESS = 254
# What the standard library is known to raise for headers that are not as they should be.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")


def raw(message, name):
    """Every value of a header as it came; bytes above ASCII are escaped as surrogates."""
    return [
        str(value)[:LONGEST_HEADER] for key, value in message.raw_items() if key.lower() == name
    ]


def plain(message, name):
    """The first value of a header in small letters, for comparing; "" without one."""
    return " ".join(next(iter(raw(message, name)), "").split()).lower()


def text(message, name):
    """The first value of a header for people: decoded, on one line; "" without one."""
    return clean_name(words(next(iter(raw(message, name)), "")))


def words(value):
    """A header's value with its encoded words, or its bare bytes, as text."""
    value = " ".join(value.split())
    try:
        pieces = decode_header(value)
    except (HeaderParseError, binascii.Error, *BROKEN):
        pieces = [(value, None)]
    return "".join(_piece(content, charset) for content, charset in pieces)


def _piece(content, charset):
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogateescape")
    return decoded(content, charset or "")


def addresses(message, name):
    """(name, address in its normal form) for each address of a header."""
    try:
        found = getaddresses(raw(message, name))
    except BROKEN:
        return []
    return [
        (clean_name(words(shown)), address)
        for shown, given in found
        if (address := usable_address(given))
    ]


def usable_address(given):
    """The normal form of an address, or "" for what is none."""
    given = given.strip().strip("<>")
    if len(given) > LONGEST_ADDRESS or "@" not in given.strip("@"):
        return ""
    if any(each.isspace() or not each.isprintable() for each in given):
        return ""
    return normal_email(given)


def sender_of(message):
    """(name, address) of the one who claims to have written the mail; ("", "") if nobody does."""
    return next(iter(addresses(message, "from") or addresses(message, "sender")), ("", ""))


def return_path_of(message):
    """The address for bounces; "" where the mail says that it has none, None if it says nothing."""
    values = raw(message, "return-path")
    return values[0].strip().strip("<>").strip() if values else None


def recipients_of(message, envelope):
    """Every address that the mail came to, each once, the most trusted first."""
    given = [usable_address(each) for each in envelope.recipients]
    for name in _RECIPIENTS:
        given += [address for _name, address in addresses(message, name)]
    return tuple(dict.fromkeys(filter(None, given)))


def message_id_of(message):
    return identifier(next(iter(raw(message, "message-id")), ""))


def identifier(value):
    """A Message-ID without brackets, bounded and printable; "" for none."""
    value = value.strip().partition(" ")[0].strip("<>")
    return "".join(each for each in value if " " < each < "\x7f")[:250]


def sent_at(message, now):
    """When the mail claims to have been sent, or None for no time or one far from `now`."""
    try:
        moment = parsedate_to_datetime(next(iter(raw(message, "date")), ""))
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except BROKEN:
        return None
    return moment if now - OLDEST <= moment <= now + NEWEST else None
