"""The one normal form in which e-mail addresses are stored and compared."""

import unicodedata

import idna


def normal_email(value):
    """`value` trimmed, in NFKC, case-folded, its domain in IDNA ASCII form.

    An address that has no such form is returned trimmed and lower-cased; validation refuses it.
    """
    value = unicodedata.normalize("NFKC", value or "").strip().casefold()
    local, at, domain = value.rpartition("@")
    if not at:
        return value
    try:
        domain = idna.encode(domain, uts46=True).decode("ascii") if domain else domain
    except idna.IDNAError:
        return value
    return f"{local}@{domain}"
