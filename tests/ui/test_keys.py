"""Keys as they come in addresses: a whole number that a column holds, or none."""

import pytest

from ui.keys import LARGEST_KEY, key_in


@pytest.mark.parametrize("text", ["0", "7", "007", str(LARGEST_KEY)])
def test_a_key_is_read(text):
    assert key_in(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [None, "", " 7", "-1", "+1", "1_0", "1.0", "۷", "²", "\0", str(LARGEST_KEY + 1), "9" * 5000],
)
def test_what_is_no_key_is_none_and_no_error(text):
    assert key_in(text) is None
