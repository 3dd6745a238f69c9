"""Fields of any form, of packages and of the admin too, say their limits in the reader's digits."""

import re

import pytest
from django import forms
from django.utils.translation import override

FIELDS = {
    "long": (forms.EmailField(max_length=12), "somebody@example.com"),
    "short": (forms.CharField(min_length=3), "x"),
    "large": (forms.IntegerField(max_value=500), "501"),
    "small": (forms.IntegerField(min_value=1), "0"),
}


def sentence_of(name, language):
    field, value = FIELDS[name]
    with override(language), pytest.raises(forms.ValidationError) as refused:
        field.clean(value)
    with override(language):
        return " ".join(refused.value.messages)


@pytest.mark.parametrize("name", FIELDS)
def test_a_persian_reader_does_not_read_a_limit_in_latin_digits(name):
    sentence = sentence_of(name, "fa")

    assert re.search("[۰-۹]", sentence)
    assert not re.search("[0-9%]", sentence)


def test_english_limits_are_as_before():
    assert sentence_of("long", "en") == ("Ensure this value has at most 12 characters (it has 20).")
    assert sentence_of("small", "en") == "Ensure this value is greater than or equal to 1."
