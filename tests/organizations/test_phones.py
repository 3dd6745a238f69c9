"""Phone numbers have one form, whatever people type."""

import pytest
from django.utils import translation

from organizations.phones import normal_phone, shown_phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("  ", ""),
        ("09121234567", "+989121234567"),
        ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "+989121234567"),
        ("٠٩١٢١٢٣٤٥٦٧", "+989121234567"),
        ("0912-123-45.67", "+989121234567"),
        ("9121234567", "+989121234567"),
        ("989121234567", "+989121234567"),
        ("00989121234567", "+989121234567"),
        ("+98 (0)912 123 4567", "+989121234567"),
        ("\u200e+98\u200c912\u202c1234567", "+989121234567"),
        ("+49 151 23456789", "+4915123456789"),
        ("0049 151 23456789", "+4915123456789"),
        ("\uff0b1 202 555 0143", "+12025550143"),
        ("+12345678", "+12345678"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_a_number_is_stored_in_one_form(typed, stored):
    assert normal_phone(typed) == stored
    assert normal_phone(stored) == stored


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0912123456", "not an Iranian mobile"),
        ("091212345678", "country"),
        ("02112345678", "not an Iranian mobile"),
        ("+982112345678", "not an Iranian mobile"),
        ("+98912123456", "not an Iranian mobile"),
        ("15123456789", "country"),
        ("+0912123456", "8 to 15"),
        ("+1234567", "8 to 15"),
        ("+1234567890123456", "8 to 15"),
        ("9" * 10_000, "country"),
        ("0912 CALL ME", "digits"),
        ("+1+2025550143", "digits"),
        ("<script>", "digits"),
        ("0912\x001234567", "digits"),
        ("②", "country"),
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence(typed, sentence):
    with translation.override("en"), pytest.raises(ValueError, match=sentence):
        normal_phone(typed)


def test_an_iranian_number_is_shown_in_groups():
    assert shown_phone("+989121234567") == "+98 912 123 4567"
    assert shown_phone("+4915123456789") == "+4915123456789"
