"""The drawing tags: icons, initials, tints."""

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils.html import escape
from django.utils.translation import gettext, gettext_lazy, override, pgettext

from ui.templatetags.ui import MOST_DRAWN, DrawnOnce, icon, initials, options, tint


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


def test_words_of_a_template_follow_the_language_and_stay_as_they_stand():
    page = engines["django"].from_string(
        "{% load ui %}{% translate 'Save' %}|{% translate 'Closed' context 'ticket' %}|"
        "{% translate word %}|{% translate 'Save' as kept %}{{ kept }}"
    )
    languages = ["fa", "en", "fa"]

    drawn = []
    for language in languages:
        with override(language):
            word = gettext("Save")
            said = [word, pgettext("ticket", "Closed"), word, word]
            drawn.append((page.render({"word": "Save"}), "|".join(said)))

    assert [text for text, _expected in drawn] == [expected for _text, expected in drawn]
    assert drawn[0][0] != drawn[1][0]


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


def test_a_part_drawn_once_follows_its_language_and_its_values():
    page = engines["django"].from_string(
        "{% load ui %}{% drawn_once place=at.name %}{% translate 'Save' %} {{ place }}"
        "{% enddrawn_once %}"
    )

    for language, place in [("en", "a<b"), ("fa", "a<b"), ("en", "c"), ("en", "a<b"), ("en", "")]:
        with override(language):
            drawn = page.render({"at": {"name": place}})
            assert drawn == f"{gettext('Save')} {escape(place)}"


def test_a_part_drawn_once_sees_nothing_of_its_reader():
    page = engines["django"].from_string(
        "{% load ui %}{% drawn_once place=place %}{{ place }}|{{ person }}|{{ request }}"
        "{% csrf_token %}{% enddrawn_once %}|{{ person }}"
    )
    values = {"place": "list", "request": "asked", "csrf_token": "secret"}

    assert page.render(values | {"person": "Sara"}) == "list|||Sara"
    assert page.render(values | {"person": "Reza"}) == "list|||Reza"


def test_a_part_drawn_once_keeps_a_bounded_number_of_variants():
    page = engines["django"].from_string(
        "{% load ui %}{% drawn_once place=place %}{{ place }}{% enddrawn_once %}"
    )

    drawn = [page.render({"place": f"p{number}"}) for number in range(2 * MOST_DRAWN)]

    assert drawn == [f"p{number}" for number in range(2 * MOST_DRAWN)]
    (node,) = page.template.nodelist.get_nodes_by_type(DrawnOnce)
    assert len(node.drawn) == MOST_DRAWN


def test_a_part_drawn_once_takes_named_values_only():
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% load ui %}{% drawn_once place %}{% enddrawn_once %}")
