"""The drawing tags: initials, tints, and typed text made into safe paragraphs."""

import pytest

from plans.templatetags.ui import icon, initials, prose, tint


def test_an_icon_points_into_the_sprite_and_is_hidden_from_readers():
    html = icon("reply", 16, mirror=True)

    assert 'class="icon icon-16 mirror"' in html
    assert 'aria-hidden="true"' in html
    assert "icons.svg#reply" in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("مریم احمدی", "م\u200cا"),
        ("Ali reza Karimi", "AR"),
        ("نگار", "ن"),
        ("sara@pars.example", "S"),
        ("", ""),
    ],
)
def test_initials_are_those_of_the_first_two_words(name, expected):
    assert initials(name) == expected


def test_one_id_has_one_of_six_tints():
    tints = [tint(number) for number in (None, 0, 1, 6, 7)]

    assert tints == [1, 1, 2, 1, 2]


def test_typed_markup_is_shown_and_not_obeyed():
    html = prose('<script>alert(1)</script> & "x"')

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;" in html


def test_each_paragraph_has_its_own_direction():
    html = prose("سلام\n\nhello\nagain")

    assert html == '<p dir="auto">سلام</p><p dir="auto">hello\nagain</p>'


def test_code_is_fenced_by_three_backticks_and_escaped():
    html = prose("پیش\n```\n<a>  b\n```\nپس")

    assert '<pre tabindex="0">&lt;a&gt;  b</pre>' in html
    assert html.count("<p ") == 2


@pytest.mark.parametrize("text", ["one ` alone", "``` never closed", "it`s\nnot`code"])
def test_a_backtick_without_its_pair_stays_as_typed(text):
    assert text in prose(text)


def test_an_address_is_a_link_without_the_full_stop_after_it():
    html = prose("ببینید https://a.example/x?y=1&z=2.")

    assert 'href="https://a.example/x?y=1&amp;z=2"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "</a>." in html


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example"])
def test_only_web_addresses_become_links(text):
    assert "<a " not in prose(text)


def test_an_address_cannot_close_its_own_attribute():
    html = prose('https://a.example/"onmouseover="x')

    assert 'onmouseover="' not in html


@pytest.mark.parametrize("piece", ["```", "`a", "https://", "http://a.!!!!", "\n \n", "<"])
def test_long_hostile_text_is_read_in_one_pass(piece):
    html = prose(piece * 20_000)

    assert "<script" not in html
