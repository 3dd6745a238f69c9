"""What files for spreadsheet programs share: the mark of UTF-8, which texts they would change."""

import re
import unicodedata

from .wording import latin_digits

BOM = "\ufeff"
BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # and their full-width forms
_TIME = r"[0-9]{1,2}:[0-9]{2}[0-9:.]*\s*(?:[ap]m)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# A spreadsheet reads these as a number, a date, a truth value or an error: 0012, 1-2, 1E+05, .5,
# 5 €, 12/5, MAR 1, 2026-11-23T10:00, TRUE, #N/A. What is longer than the largest number is text.
LONGEST = 400
_CONVERTED = re.compile(
    r"[\s$€£¥(%]*\.?[0-9][0-9.,:/\-\s%)]*(?:e[+-]?[0-9]+)?[\s)$€£¥%]*(?:[ap]m?)?"
    rf"|(?=\D*[0-9])(?:[0-9]{{1,4}}[\s\-/.]{{0,3}})?{_MONTH}"
    rf"[\s\-/.,]{{0,3}}[0-9]{{0,4}}[\s,\-/]{{0,3}}[0-9]{{0,4}}(?:\s{_TIME})?"
    rf"|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}t{_TIME}(?:z|[+-][0-9:]+)?"
    r"|true|false|#(?:n/a|ref!|value!|div/0!|num!|name\?|null!)",
    re.IGNORECASE,
)


def begins_a_formula(text):
    """Whether a spreadsheet would run the text; what is not seen before a sign does not hide it."""
    first = next((char for char in text if unicodedata.category(char) not in {"Cf", "Zs"}), "")
    return bool(BEGINS_A_FORMULA & {first, text[:1]})


def is_reread(text):
    """Whether a spreadsheet that opens a CSV file shows anything but the text: what it would run,
    or turn into a number, a date or an error."""
    # However many spaces there are, they are one: the pattern would try each way to part them.
    typed = " ".join(latin_digits(text).split())
    is_converted = len(typed) <= LONGEST and bool(_CONVERTED.fullmatch(typed))
    return is_converted or begins_a_formula(text)
