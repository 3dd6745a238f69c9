"""Which texts a spreadsheet would show as something else."""

import time

import pytest

from ui.spreadsheets import is_reread


@pytest.mark.parametrize(
    "text",
    [
        *(
            "0012",
            "۱۲۳",
            "1,234.5",
            "1/2",
            "1404/12/30",
            "1E+05",
            "1e-5",
            ".5",
            "5 €",
            "100$",
            "%10",
        ),
        *("Mar 1, 2026 10:30", "1 Mar 2026 10:00 pm", "25-Dec", "2026-11-23T10:00:00Z", "12 am"),
        *("TRUE", " false ", "#N/A", "#DIV/0!", "#NAME?", "=1", "\u200f=1", "-x", "+98 21"),
    ],
)
def test_what_a_spreadsheet_would_turn_into_something_else_is_known(text):
    assert is_reread(text)


@pytest.mark.parametrize(
    "text",
    ["KT-5", "v1.2", "12d", "5 min", "Jan", "May I ask", "#5", "# N/A", "5t", "1 مهر", "$ ls"],
)
def test_a_plain_text_is_left_alone(text):
    assert not is_reread(text)


@pytest.mark.parametrize("filling", [" ", "-", " -", ", "])
def test_a_cell_of_many_separators_does_not_hold_up_an_export(filling):
    before = time.process_time()

    assert not is_reread("jan" + filling * (396 // len(filling)) + "1x")
    assert is_reread("1" + " " * 10_000 + "Jan 2026")

    assert time.process_time() - before < 0.1
