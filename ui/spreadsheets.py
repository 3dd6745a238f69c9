"""What files for spreadsheet programs share: the mark of UTF-8, which texts they would change."""

import re
import unicodedata

from .wording import latin_digits

BOM = "\ufeff"
BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # and their full-width forms
# A spreadsheet reads these as a number, a date or a truth value: 0012, 1-2, 1e5, 12/5, MAR 1, TRUE.
_CONVERTED = re.compile(
    r"[\s$€£(]*[0-9][0-9.,:/\-\s%)]*(?:e[0-9]+)?[\s)]*(?:[ap]m?)?"
    r"|(?=\D*[0-9])(?:[0-9]{1,4}[\s\-/.]*)?"
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)[\s\-/.,]*[0-9]{0,4}[\s,\-/]*[0-9]{0,4}"
    r"|true|false",
    re.IGNORECASE,
)


def begins_a_formula(text):
    """Whether a spreadsheet would run the text; what is not seen before a sign does not hide it."""
    first = next((char for char in text if unicodedata.category(char) not in {"Cf", "Zs"}), "")
    return bool(BEGINS_A_FORMULA & {first, text[:1]})


def is_reread(text):
    """Whether a spreadsheet that opens a CSV file shows anything but the text: what it would run,
    or turn into a number or a date."""
    return bool(_CONVERTED.fullmatch(latin_digits(text))) or begins_a_formula(text)
