"""The template tags of the lowest layer: icons, initials, tints, options."""

import pytest
from django.utils.translation import gettext_lazy, override

from ui.avatars import initials, tint
from ui.templatetags.ui import icon, options


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


def test_options_follow_the_language_the_choice_and_a_changed_name():
    choices = [("", gettext_lazy("Any")), (7, "<Pars & Co>")]

    with override("en"):
        english = options(choices, 7)
    with override("fa"):
        persian, unchosen = options(choices, 7), options(choices, None)
    renamed = options([choices[0], (7, "Pars")], 7)

    chosen = '<option value="7" selected>&lt;Pars &amp; Co&gt;</option>'
    assert english == f'<option value="">Any</option>{chosen}'
    assert persian != english
    assert persian.endswith(chosen)
    assert '<option value="" selected>' in unchosen
    assert renamed.endswith('<option value="7" selected>Pars</option>')
