"""Names are found however they were typed or copied."""

import re

import pytest

from ui.lookalikes import patterns_of


def holds(name, text):
    return all(re.search(pattern, name, re.IGNORECASE) for pattern in patterns_of(text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("علی کریمی", "علي كريمي"),
        ("علي كريمي", "علی کریمی"),
        ("علی کریمی", "کریمی علی"),
        ("علی\u200cرضا آذر", "علیرضا"),
        ("علیرضا", "علی\u200cرضا"),
        ("محمّد", "محمد"),
        ("آرمان مؤمنی", "ارمان مومنی"),
        ("نامۀ نو", "نامه"),
        ("گروه ۲۴", "گروه 24"),
        ("Zoë Müller", "zoe muller"),
        ("sara@pars.example", "SARA@PARS"),
        ("شرکت ابر پارس", "«ابر پارس»"),
        ("شرکت ابر پارس", '"پارس'),
        ("Müller & Co", "Müller,"),
        ("سلام", "ﺳﻼم"),
        ("file", "ﬁle"),
        ("Tehran–Yazd", "tehran-yazd"),
        ("گروه ۱۸۴۳۰", "۱۸٬۴۳۰"),
        ("گروه ۱۸٬۴۳۰٬۰۰۰", "18430"),
        ("ﺷﺮﮐﺖ ﭘﺎﺭﺱ", "شرکت پارس"),
        ("ﺳﻼﻡ", "سلام"),
        ("ＡＢＣ ５００", "abc 500"),
        ("Straße", "STRASSE"),
        ("Strasse", "straße"),
        ("ılgaz", "ilgaz"),
        ("Ilgaz", "ılgaz"),
        ("İzmir", "izmir"),
        ("ﬁle", "file"),
        ("کل ٪۱۰", "10"),
    ],
)
def test_a_name_is_not_missed_for_the_keyboard_it_was_typed_on(name, text):
    assert holds(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("علی کریمی", "علی رضایی"),
        ("sara@pars", "sara.pars"),
        ("aab", "a+b"),
        ("ابر نو پارس", '"ابر پارس"'),
        ("گروه ۱٬۲۳", "123"),
    ],
)
def test_another_name_is_not_found(name, text):
    assert not holds(name, text)


def test_what_is_not_seen_is_no_word():
    assert patterns_of(" \u200c \u200f ") == []
