"""The one normal form in which e-mail addresses are stored and compared."""

import re
import unicodedata

import idna

# Words of a Persian domain may be joined by one; at the ends it is a slip of the finger.
_JOINERS = "\u200c\u200d"
_AROUND = re.compile(rf"^[\s{_JOINERS}]+|[\s{_JOINERS}]+$")


def normal_email(value):
    """`value` trimmed, in NFKC, case-folded, without the marks that a text from right to left puts
    around an address, its domain in IDNA ASCII form.

    An address that has no such form is returned trimmed and lower-cased; validation refuses it.
    """
    seen = (char for char in value or "" if char in _JOINERS or unicodedata.category(char) != "Cf")
    value = _AROUND.sub("", unicodedata.normalize("NFKC", "".join(seen))).casefold()
    local, at, domain = value.rpartition("@")
    if not at:
        return value
    try:
        domain = idna.encode(domain, uts46=True).decode("ascii") if domain else domain
    except idna.IDNAError:
        return value
    return f"{local}@{domain}"
