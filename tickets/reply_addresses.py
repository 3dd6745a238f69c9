"""The addresses that people answer e-mails at, each signed for one ticket and one person.

`support+KT-103.<token>@…`: whoever writes there writes as that person on that ticket, so a token
cannot be guessed and is worth nothing once the membership, or the staff role, has ended. Mail
programs change the case of addresses: only small letters and digits are used, and read in any case.
"""

import base64
import re
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from organizations.models import User
from tickets.models import Ticket

_SALT = "tickets.reply_addresses"
# Of base 32: 100 bits.
_SIGNATURE_LENGTH = 20
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TOKEN = re.compile(r"([a-z]+)-([1-9][0-9]{0,17})\.([a-z2-7]{20})([rt])([0-9a-z]{1,12})")


class Purpose(StrEnum):
    """What a mail to the address is: an answer, or on a closed ticket just thanks."""

    REPLY = "r"
    THANKS = "t"


@dataclass(frozen=True)
class Signed:
    """What an address was signed for."""

    ticket: Ticket
    person: User
    purpose: Purpose


def is_on():
    """Whether answers by e-mail are taken: there is an address for them."""
    return bool(settings.INTAKE_ADDRESS)


def address_for(ticket, person, purpose=Purpose.REPLY):
    """The person's own address for answers on the ticket; "" where they may not write there."""
    standing = _standing(ticket, person)
    if not is_on() or not standing:
        return ""
    signature = sign(_SALT, f"{ticket.pk} {person.pk} {standing} {purpose}")
    return with_tag(f"{ticket.number}.{signature}{purpose}{base_36(person.pk)}")


def with_tag(tag):
    """The address for answers with a tag between "+" and "@"."""
    local, _at, domain = settings.INTAKE_ADDRESS.partition("@")
    return f"{local}+{tag}@{domain}"


def tag_of(address):
    """What is between "+" and "@" of an address of ours; "" of the plain one; None of others."""
    local, _at, domain = address.lower().rpartition("@")
    own_local, _at, own_domain = settings.INTAKE_ADDRESS.lower().partition("@")
    base, plus, tag = local.partition("+")
    if not is_on() or domain != own_domain or base != own_local:
        return None
    return tag if plus else ""


def resolve(address):
    """What an address was signed for, or None where it is forged, damaged or not valid any more."""
    found = _TOKEN.fullmatch(tag_of(address) or "")
    if found is None or found[1].upper() != settings.TICKET_PREFIX:
        return None
    person = User.objects.filter(pk=int(found[5], 36), is_active=True).first()
    ticket = Ticket.objects.numbered(int(found[2]))
    if person is None or ticket is None or not (standing := _standing(ticket, person)):
        return None
    if not is_signed(found[3], _SALT, f"{ticket.pk} {person.pk} {standing} {found[4]}"):
        return None
    if not person.is_agent and not Ticket.objects.visible_to(person).numbered(ticket.pk):
        return None
    return Signed(ticket, person, Purpose(found[4]))


def without_tokens(text):
    """The text with each signed address in it made the plain one: others will read the text."""
    if not is_on():
        return text
    local, _at, domain = settings.INTAKE_ADDRESS.partition("@")
    signed = rf"{re.escape(local)}(?:\+|%2B)[\w.\-]{{1,64}}@{re.escape(domain)}"
    return re.sub(signed, settings.INTAKE_ADDRESS, text, flags=re.IGNORECASE)


def _standing(ticket, person):
    """By what the person writes on the ticket: their very membership, or being staff."""
    if person.staff_role:
        return "staff" if person.is_active else ""
    membership = person.membership_by_organization.get(ticket.organization_id)
    return f"member {membership.pk}" if membership else ""


def sign(salt, value, *, key=None):
    """The signature of a value for use in an address: 20 small letters and digits."""
    key = key or settings.SECRET_KEY
    digest = salted_hmac(salt, value, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:_SIGNATURE_LENGTH]


def is_signed(signature, salt, value):
    """Whether it is the value's signature by the present key or one that is still accepted."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signatures = [sign(salt, value, key=key) for key in keys]
    return any(constant_time_compare(signature, each) for each in signatures)


def base_36(number):
    """A positive number in small letters and digits, which an address has in any case."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits
