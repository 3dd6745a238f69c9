"""What files for spreadsheet programs share: the mark of UTF-8, and which texts they would run."""

import unicodedata

BOM = "\ufeff"
BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # and their full-width forms


def begins_a_formula(text):
    """Whether a spreadsheet would run the text; what is not seen before a sign does not hide it."""
    first = next((char for char in text if unicodedata.category(char) not in {"Cf", "Zs"}), "")
    return bool(BEGINS_A_FORMULA & {first, text[:1]})
