"""One normal form of addresses, and names that cannot imitate others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.emails import normal_email
from ui.names import clean_name


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("sara@pars.example", "sara@pars.example"),
        ("  Sara@PARS.Example\n", "sara@pars.example"),
        ("ｓａｒａ@pars.example", "sara@pars.example"),
        ("sara@پارس.example", "sara@xn--mgbug11a.example"),
        ("STRASSE@bücher.example", "strasse@xn--bcher-kva.example"),
        ("straße@bücher.example", "strasse@xn--bcher-kva.example"),
        ("\u202asara@pars.example\u202c", "sara@pars.example"),
        ("\u200f sara@pars.example\u200c", "sara@pars.example"),
        ("\u2068sa\u00adra@pars.example\u2069", "sara@pars.example"),
        ("no address", "no address"),
        ("", ""),
        (None, ""),
        ("broken@-.example", "broken@-.example"),
    ],
)
def test_an_address_has_one_normal_form(written, normal):
    assert normal_email(written) == normal


@given(st.text(max_size=80))
def test_the_normal_form_of_a_normal_form_is_itself(text):
    once = normal_email(text)

    assert normal_email(once) == once


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  سارا   احمدی ", "سارا احمدی"),
        ("می\u200cشود", "می\u200cشود"),
        ("\u200cسارا\u200c", "سارا"),
        ("می\u200c\u200cشود", "می\u200cشود"),
        ("۲۴\u200cساعته", "۲۴\u200cساعته"),
        ("نامهٔ\u200cما حتماً\u200cها", "نامهٔ\u200cما حتماً\u200cها"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("_\u200c_", "__"),
        ("Ag\u200bent", "Agent"),
        ("Agent\u202eresU", "AgentresU"),
        ("a\u2066b\u2069c", "abc"),
        ("line\nbreak\ttab", "line break tab"),
        ("nul\x00", "nul"),
        ("tag\U000e0041", "tag"),
        ("a\u200c b", "a b"),
        ("\u3164\u2800\u115f", ""),
        ("\u0301", ""),
        ("Ma\u3164ra", "Mara"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_is_one_line_without_characters_that_deceive(written, shown):
    assert clean_name(written) == shown
