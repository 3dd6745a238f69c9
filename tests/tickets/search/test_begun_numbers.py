"""The numbers of tickets that begin with the digits that somebody has typed so far."""

import pytest

from tickets.search.ticket_numbers import MOST_BEGUN, numbers_from, typed_number


@pytest.mark.parametrize(
    ("typed", "last", "numbers"),
    [(5, 4, []), (5, 50, [50]), (5, 53, [53, 52, 51, 50]), (12, 119, []), (12, 120, [120])],
)
def test_numbers_begin_with_what_is_typed_and_end_with_the_last_ticket(typed, last, numbers):
    assert numbers_from(typed, last) == numbers


def test_of_many_numbers_the_highest_are_looked_for():
    numbers = numbers_from(5, 600_000)

    assert numbers == list(range(599_999, 599_999 - MOST_BEGUN, -1))


@pytest.mark.parametrize(
    "typed",
    [
        "تیکت ۵۴۹",
        "شماره: 549",
        "«KT-549»",
        "№549",
        "KT_549",
        "kt:0549",
        "https://x.example/queue/KT-549/?a=b#m",
    ],
)
def test_a_number_is_known_with_what_people_write_around_it(typed):
    assert typed_number(typed) == 549


@pytest.mark.parametrize("typed", ["گره ۵۴۹", "KT-549 چه شد", "نسخه 5.49", "0549", "AB-549"])
def test_other_texts_with_digits_are_no_number(typed):
    assert typed_number(typed) is None
