"""The one form in which phone numbers are stored, E.164, and the form in which they are shown."""

import re
import unicodedata

from django.utils.translation import gettext as _

# What people put between the digits of a number.
_BETWEEN = set("-.()/‐‑–—·_")
_IRANIAN_MOBILE = re.compile(r"(?:0|0098|98|\+980?)?(9\d{9})", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)


def normal_phone(text):
    """A number as typed, in digits of any script, as +989121234567; "" for nothing.

    Iranian mobile numbers may lack their country's code; all others have theirs. Raises ValueError
    with a sentence for the reader.
    """
    bare = _bare(text)
    if not bare:
        return ""
    if found := _IRANIAN_MOBILE.fullmatch(bare):
        return f"+98{found[1]}"
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.startswith("+98") or re.fullmatch(r"0\d{9,10}", bare):
        raise ValueError(
            _("This is not an Iranian mobile number: it must have 11 digits and begin with 09.")
        )
    if not bare.startswith("+"):
        raise ValueError(
            _("Include the country code, such as +49; Iranian mobile numbers begin with 09.")
        )
    if not _E164.fullmatch(bare):
        raise ValueError(_("A number with a country code has 8 to 15 digits after the +."))
    return bare


def shown_phone(number):
    """+98 912 123 4567; other countries group their digits each in their own way."""
    if _IRANIAN_MOBILE.fullmatch(number):
        return f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"
    return number


def _bare(text):
    kept = []
    for char in unicodedata.normalize("NFKC", text or ""):
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            kept.append(str(digit))
        elif char == "+" and not kept:
            kept.append(char)
        elif not (char.isspace() or char in _BETWEEN or unicodedata.category(char) == "Cf"):
            raise ValueError(_("Enter the number in digits, such as 0912 123 4567."))
    return "".join(kept)
