"""The drawing tags: icons, initials, tints."""

import pytest

from plans.templatetags.ui import icon, initials, tint


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
