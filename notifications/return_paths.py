"""The address that delivery reports of an e-mail come back to, signed for that very e-mail.

It is the sender of the envelope, `support+return.<token>@…`, which people do not see. The token
cannot be guessed, so that nobody but who has had the mail in hand can report about it.
"""

import re
from datetime import timedelta

from tickets import reply_addresses

from .models import AccountMail, Notification

# A server that cannot deliver a mail gives up after some days; what comes later is no report.
VALID = timedelta(days=30)
_SALT = "notifications.return_paths"
_MODELS = {"n": Notification, "a": AccountMail}
_TOKEN = re.compile(r"return\.([a-z2-7]{20})([na])([0-9a-z]{1,12})")


def address_for(mail):
    """The return path of a notification or an account mail; "" where no e-mail is received."""
    if not reply_addresses.is_on():
        return ""
    kind = next(kind for kind, model in _MODELS.items() if isinstance(mail, model))
    signature = reply_addresses.sign(_SALT, mail.message_id)
    return reply_addresses.with_tag(f"return.{signature}{kind}{reply_addresses.base_36(mail.pk)}")


def is_return_path(address):
    """Whether an address looks like one of these, valid or not."""
    return (reply_addresses.tag_of(address) or "").startswith("return.")


def resolve(address, *, now):
    """The mail that a return path was signed for; None where it is forged, damaged or too old."""
    found = _TOKEN.fullmatch(reply_addresses.tag_of(address) or "")
    if found is None:
        return None
    key = int(found[3], 36)
    mail = _MODELS[found[2]].objects.filter(pk=key).first() if key < 2**63 else None
    if mail is None or mail.created_at < now - VALID:
        return None
    return mail if reply_addresses.is_signed(found[1], _SALT, mail.message_id) else None
