"""The place of a title in the alphabet."""

import pytest

from tickets.search.folding import LONGEST_PLACE, alphabetical, fold


def place(text):
    return alphabetical(fold(text))


def test_titles_stand_in_the_order_of_the_persian_alphabet():
    titles = ["آب", "بار", "پول", "تیر", "جام", "چای", "زر", "ژاله", "قند", "کار", "گاو", "لب"]
    titles += ["ماه", "نان", "وام", "هوا", "یخ"]

    assert sorted(set(titles), key=place) == titles


@pytest.mark.parametrize(
    ("typed", "alike"), [("كار", "کار"), ("ABC", "abc"), ("۱۲", "12"), ("می‌شود", "میشود")]
)
def test_titles_that_look_alike_sort_alike(typed, alike):
    assert place(typed) == place(alike)


def test_a_place_is_short_whatever_the_title():
    assert len(place("ک" * 200)) == LONGEST_PLACE
