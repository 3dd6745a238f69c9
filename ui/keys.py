"""Keys of rows and other whole numbers, as they come in addresses and hidden fields."""

# What a BigAutoField holds.
LARGEST_KEY = 2**63 - 1
_LONGEST = len(str(LARGEST_KEY))


def key_in(text):
    """The whole number that a text is, in plain digits and no greater than a key; else None.

    For what nobody types: `int` takes other digits, spaces and underscores as well, fails at
    thousands of digits, and gives numbers that no database column holds.
    """
    if not (text and len(text) <= _LONGEST and text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= LARGEST_KEY else None
